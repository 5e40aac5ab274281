"""`/healthz`: the process answers. `/readyz`: it can do its work. `/healthz/alarms`: nothing urgent is wrong."""

from dataclasses import asdict
from datetime import timedelta

from flask import Response, current_app, jsonify

from campaign.blueprints.health import bp
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.services.alarms.watching import is_well
from campaign.services.readiness import readiness

LOOKED_EVERY = timedelta(seconds=15)


@bp.get("/healthz")
@limiter.exempt
def alive() -> Response:
    return _uncached(jsonify(status="ok"))


@bp.get("/readyz")
@limiter.exempt
def ready() -> Response:
    """503 while the database does not answer or is not migrated; the rest is told, not judged."""
    found = readiness(clock=current_context().clock)
    answer = _uncached(jsonify(status="ok" if found.is_ready else "not ready", **asdict(found)))
    answer.status_code = 200 if found.is_ready else 503
    return answer


@bp.get("/healthz/alarms")
@limiter.exempt
def alarms() -> Response:
    """Whether nothing urgent rings, for monitors; what it is stands at the desk and is told by `flask doctor`."""
    well = _well()
    answer = _uncached(jsonify(status="ok" if well else "not ok"))
    answer.status_code = 200 if well else 503
    return answer


def _well() -> bool:
    """Looked at once in a while, however often anybody asks: this page is open to all."""
    context = current_context()
    now, kept = context.clock.now(), current_app.extensions.get("looked_well")
    if kept is None or not kept[0] <= now < kept[0] + LOOKED_EVERY:
        kept = (now, is_well(takes_cards=context.payments.mode != "none", clock=context.clock))
        current_app.extensions["looked_well"] = kept
    found: bool = kept[1]
    return found


def _uncached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
