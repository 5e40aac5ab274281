"""People at the desk and their roles; looked after by an administrator, who cannot change her own."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import done, refused
from campaign.blueprints.admin.guard import person as at_desk
from campaign.domain.errors import DomainError
from campaign.gateway_registry import gateways
from campaign.services.campaigns.cards import all_campaigns
from campaign.services.staff import accounts


@bp.get("/people")
def people() -> ResponseReturnValue:
    return render_template("admin/staff/people.html", rows=accounts.people())


@bp.get("/people/<int(max=2147483647):staff_id>")
def person(staff_id: int) -> ResponseReturnValue:
    return render_template(
        "admin/staff/person.html", row=accounts.person(staff_id), roles=accounts.ROLES, campaigns=all_campaigns()
    )


@bp.post("/people/<int(max=2147483647):staff_id>")
def set_roles(staff_id: int) -> ResponseReturnValue:
    """Give roles, or take the chair away; the person's sessions end at once."""
    try:
        accounts.set_roles(
            staff_id,
            roles=request.form.getlist("roles"),
            campaign=request.form.get("campaign") or None,
            is_active=request.form.get("active") == "yes",
            actor_id=at_desk().id,
            clock=gateways().clock,
        )
    except DomainError as error:
        return refused(error, "admin.people")
    return done(_("The roles have been changed."), "admin.people")
