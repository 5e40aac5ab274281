"""Invitations by email: a new one, one more time, and withdrawn."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import done, refused
from campaign.blueprints.admin.guard import draft_fields, person
from campaign.blueprints.admin.staff.forms import InvitationForm
from campaign.blueprints.admin.words import sentence_of
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.campaigns.cards import all_campaigns
from campaign.services.staff import invitations
from campaign.services.staff.accounts import StaffExists
from campaign.services.staff.invitations import NewPerson


@bp.get("/people/new")
def invitation_form() -> ResponseReturnValue:
    """The form for a new person."""
    draft = draft_fields()
    data = {**draft, "language": draft.get("language", person().language), "roles": [draft.get("roles", "")]}
    return _page(InvitationForm(all_campaigns(), formdata=None, data=data))


@bp.post("/people/new")
def invite() -> ResponseReturnValue:
    """Add people and send them their links."""
    form = InvitationForm(all_campaigns())
    if not form.validate():
        return _page(form), form.status
    try:
        invitations.invite_all(form.people, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        address = f"{error}: " if isinstance(error, StaffExists) and len(form.people) > 1 else ""
        form.refuse("email", address + sentence_of(error))
        return _page(form), form.status
    wake("outbox")
    return done(_sent_message(form.people), "admin.invitation_form" if form.invites_others else "admin.people")


@bp.post("/people/<int(max=2147483647):staff_id>/invite-again")
def invite_again(staff_id: int) -> ResponseReturnValue:
    """Send a new link in place of the old one."""
    try:
        invitations.send_again(staff_id, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.people")
    wake("outbox")
    return done(_("A new invitation is on its way. The old link is no longer valid."), "admin.people")


@bp.post("/people/<int(max=2147483647):staff_id>/withdraw")
def withdraw_invitation(staff_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    try:
        invitations.withdraw(staff_id, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.people")
    return done(_("The invitation is withdrawn. Its link is no longer valid."), "admin.people")


def _sent_message(people: list[NewPerson]) -> str:
    if len(people) == 1:
        return str(_("The invitation is on its way to %(email)s.", email=people[0].email))
    return str(ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", len(people)))


def _page(form: InvitationForm) -> str:
    return render_template("admin/staff/invite.html", form=form)
