"""The people who use the staff pages, and their roles; an administrator cannot change their own."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import done, refused
from campaign.blueprints.admin.guard import person as current_person
from campaign.blueprints.admin.staff.forms import GrantsForm
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.services.campaigns.cards import all_campaigns
from campaign.services.staff import accounts, grants
from campaign.services.staff.accounts import StaffRow


@bp.get("/people")
def people() -> ResponseReturnValue:
    """Everybody with their roles."""
    names = {card.slug: card.name for card in all_campaigns()}
    return render_template("admin/staff/people.html", rows=accounts.people(), names=names)


@bp.get("/people/<int(max=2147483647):staff_id>")
def person(staff_id: int) -> ResponseReturnValue:
    """One person's roles and account."""
    row = accounts.person(staff_id)
    return _page(row, GrantsForm(all_campaigns(), data={"roles": list(map(str, row.grants))}))


@bp.post("/people/<int(max=2147483647):staff_id>")
def set_roles(staff_id: int) -> ResponseReturnValue:
    """Set a person's roles; their sessions end at once."""
    form = GrantsForm(all_campaigns())
    if not form.validate():
        return _page(accounts.person(staff_id), form), form.status
    try:
        clock = current_context().clock
        grants.set_grants(staff_id, grants=form.grants, actor_id=current_person().id, clock=clock)
    except DomainError as error:
        return refused(error, "admin.people")
    return done(_("The roles have been changed."), "admin.people")


@bp.post("/people/<int(max=2147483647):staff_id>/deactivate")
def deactivate(staff_id: int) -> ResponseReturnValue:
    """Close an account; its sessions end at once."""
    try:
        grants.deactivate(staff_id, actor_id=current_person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.people")
    return done(_("The account is deactivated. Nobody can sign in with it."), "admin.people")


@bp.post("/people/<int(max=2147483647):staff_id>/reactivate")
def reactivate(staff_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    grants.reactivate(staff_id, actor_id=current_person().id, clock=current_context().clock)
    return done(_("The account is active again, with the roles that it had."), "admin.people")


def _page(row: StaffRow, form: GrantsForm) -> str:
    return render_template("admin/staff/person.html", row=row, form=form)
