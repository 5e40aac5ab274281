"""`/healthz`: the process answers. `/readyz`: it can do its work. `/healthz/alarms`: nothing urgent is wrong."""

from dataclasses import asdict
from datetime import timedelta

from flask import Response, current_app, jsonify

from campaign.blueprints.health import bp
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.services.alarms.watching import is_well
from campaign.services.readiness import readiness

CHECKED_EVERY = timedelta(seconds=15)


@bp.get("/healthz")
@limiter.exempt
def alive() -> Response:
    """Answer 200 while the process serves requests."""
    return _uncached(jsonify(status="ok"))


@bp.get("/readyz")
@limiter.exempt
def ready() -> Response:
    """503 while the database does not answer or is not migrated; the other values are for information."""
    state = readiness(clock=current_context().clock)
    body = {"status": "ok" if state.is_ready else "not ready", **asdict(state)}
    body["schema_wanted"] = body.pop("schema_expected")  # the key that monitors know
    answer = _uncached(jsonify(body))
    answer.status_code = 200 if state.is_ready else 503
    return answer


@bp.get("/healthz/alarms")
@limiter.exempt
def alarms() -> Response:
    """Whether no urgent alarm is active, for monitors; staff pages and `flask doctor` name the alarms."""
    well = _well()
    answer = _uncached(jsonify(status="ok" if well else "not ok"))
    answer.status_code = 200 if well else 503
    return answer


def _well() -> bool:
    """Return the cached result of the last check, since anybody may request this page."""
    context = current_context()
    at, last_check = context.clock.now(), current_app.extensions.get("last_alarm_check")
    if last_check is None or not last_check[0] <= at < last_check[0] + CHECKED_EVERY:
        last_check = (at, is_well(takes_cards=context.payments.mode != "none", clock=context.clock))
        current_app.extensions["last_alarm_check"] = last_check
    well: bool = last_check[1]
    return well


def _uncached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
