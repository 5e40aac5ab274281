"""The people who use the staff pages, and their roles; an administrator cannot change their own."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import done, refused
from campaign.blueprints.admin.guard import person as current_person
from campaign.blueprints.admin.staff.forms import PersonForm
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.services.campaigns.cards import all_campaigns
from campaign.services.staff import accounts
from campaign.services.staff.accounts import StaffRow


@bp.get("/people")
def people() -> ResponseReturnValue:
    """Everybody with their roles."""
    return render_template("admin/staff/people.html", rows=accounts.people())


@bp.get("/people/<int(max=2147483647):staff_id>")
def person(staff_id: int) -> ResponseReturnValue:
    """One person's roles and account."""
    row = accounts.person(staff_id)
    data = {"roles": row.roles, "campaign": row.campaign_slug or "", "active": row.is_active}
    return _page(row, PersonForm(all_campaigns(), data=data))


@bp.post("/people/<int(max=2147483647):staff_id>")
def set_roles(staff_id: int) -> ResponseReturnValue:
    """Set a person's roles and close or open the account; their sessions end at once."""
    form = PersonForm(all_campaigns())
    if not form.validate():
        return _page(accounts.person(staff_id), form), form.status
    try:
        accounts.set_roles(
            staff_id,
            roles=form.roles.data,
            campaign=form.campaign.data or None,
            is_active=form.active.data,
            actor_id=current_person().id,
            clock=current_context().clock,
        )
    except DomainError as error:
        return refused(error, "admin.people")
    return done(_("The roles have been changed."), "admin.people")


def _page(row: StaffRow, form: PersonForm) -> str:
    return render_template("admin/staff/person.html", row=row, form=form)
