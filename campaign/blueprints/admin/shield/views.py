"""The shield against card testing at the desk: whether it is up and why, and putting it up or away by hand."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.form_values import Asked, asked_in_form
from campaign.blueprints.admin.frame import done, refused
from campaign.blueprints.admin.guard import person
from campaign.gateway_registry import gateways
from campaign.services.shield.state import ShieldIsSoAlready, put_away_by_hand, put_up_by_hand, shield_view


@bp.get("/shield")
def shield() -> ResponseReturnValue:
    """Now, the last hour, and the times before."""
    return _page(Asked({}))


@bp.post("/shield")
def turn_shield() -> ResponseReturnValue:
    """Put it up or away, for a reason that the audit trail keeps."""
    asked = asked_in_form()
    wanted = asked.choice("wanted", {"up", "away"})
    reason = asked.required("reason", _("Say why."))
    if asked.mistakes or not wanted:
        return _page(asked), 422
    try:
        if wanted == "up":
            put_up_by_hand(actor_id=person().id, reason=reason, clock=gateways().clock)
        else:
            put_away_by_hand(actor_id=person().id, reason=reason, clock=gateways().clock)
    except ShieldIsSoAlready as error:
        return refused(error, "admin.shield")
    return done(_("Protection is on.") if wanted == "up" else _("Protection is off."), "admin.shield")


def _page(asked: Asked) -> str:
    return render_template("admin/shield/shield.html", asked=asked, shield=shield_view(clock=gateways().clock))
