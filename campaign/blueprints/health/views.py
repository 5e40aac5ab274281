"""`/healthz`: the process answers. `/readyz`: it can do its work."""

from dataclasses import asdict

from flask import Response, jsonify

from campaign.blueprints.health import bp
from campaign.extensions import limiter
from campaign.services.readiness import readiness
from campaign.wiring import gateways


@bp.get("/healthz")
@limiter.exempt
def alive() -> Response:
    return _uncached(jsonify(status="ok"))


@bp.get("/readyz")
@limiter.exempt
def ready() -> Response:
    """503 while the database does not answer or is not migrated; the rest is told, not judged."""
    found = readiness(clock=gateways().clock)
    answer = _uncached(jsonify(status="ok" if found.is_ready else "not ready", **asdict(found)))
    answer.status_code = 200 if found.is_ready else 503
    return answer


def _uncached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
