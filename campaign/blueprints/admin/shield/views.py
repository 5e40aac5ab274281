"""The shield against card testing: whether it is up and why, and turning it on or off."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.shield.forms import ShieldForm
from campaign.gateway_registry import current_context
from campaign.services.shield.state import ShieldIsSoAlready, activate_manually, deactivate_manually
from campaign.services.shield.view import shield_view


@bp.get("/shield")
def shield() -> ResponseReturnValue:
    """The present state, the figures of the last hour, and the history."""
    return _page(ShieldForm())


@bp.post("/shield")
def turn_shield() -> ResponseReturnValue:
    """Turn it on or off, for a reason that the audit trail holds."""
    form = ShieldForm()
    if not form.validate():
        if form.turn.errors:
            abort(400)
        return _page(form), form.status
    turn = activate_manually if form.is_on else deactivate_manually
    try:
        turn(actor_id=person().id, reason=form.reason.data, clock=current_context().clock)
    except ShieldIsSoAlready as error:
        return refused(error, "admin.shield")
    return done(_("Protection is on.") if form.is_on else _("Protection is off."), "admin.shield")


def _page(form: ShieldForm) -> str:
    return render_template("admin/shield/shield.html", form=form, shield=shield_view(clock=current_context().clock))
