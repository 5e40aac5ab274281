"""The people who use the staff pages, and their roles; an administrator cannot change their own."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import done, refused
from campaign.blueprints.admin.guard import person as current_person
from campaign.blueprints.admin.staff.forms import DetailsForm, GrantsForm, ResetForm
from campaign.blueprints.admin.words import sentence_of
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.form_version import ChangedMeanwhile, version_of
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.campaigns.cards import all_campaigns
from campaign.services.staff import account_ties, accounts, details, grants, resets, sessions
from campaign.services.staff.accounts import StaffRow
from campaign.services.staff.resets import ResetOrder


@bp.get("/people")
def people() -> ResponseReturnValue:
    """Everybody with their roles."""
    names = {card.slug: card.name for card in all_campaigns()}
    at = current_context().clock.now()
    return render_template("admin/staff/people.html", rows=accounts.people(), names=names, at=at)


@bp.get("/people/<int(max=2147483647):staff_id>")
def person(staff_id: int) -> ResponseReturnValue:
    """One person's name, roles and account."""
    return _page(accounts.person(staff_id))


@bp.post("/people/<int(max=2147483647):staff_id>")
def set_roles(staff_id: int) -> ResponseReturnValue:
    """Set a person's roles; their sessions end at once."""
    form = GrantsForm(all_campaigns())
    if not form.validate():
        return _page(accounts.person(staff_id), grants_form=form), form.status
    try:
        clock = current_context().clock
        by: Any = {"actor_id": current_person().id, "clock": clock, "version": form.version.data}
        grants.set_grants(staff_id, grants=form.grants, **by)
    except ChangedMeanwhile:
        row = accounts.person(staff_id)
        if form.conflicts_with(_stored_grants(row)):
            return _page(row, grants_form=form), form.status
    except DomainError as error:
        return refused(error, "admin.people")
    return done(_("The roles have been changed."), "admin.people")


@bp.post("/people/<int(max=2147483647):staff_id>/details")
def correct_person(staff_id: int) -> ResponseReturnValue:
    """Correct a person's name or address; they get an email."""
    form = DetailsForm()
    if not form.validate():
        return _page(accounts.person(staff_id), details_form=form), form.status
    try:
        details.correct(
            staff_id,
            name=form.name.data,
            email=form.email.data,
            actor_id=current_person().id,
            clock=current_context().clock,
        )
    except NotFound:
        raise
    except DomainError as error:
        form.refuse("email", sentence_of(error))
        return _page(accounts.person(staff_id), details_form=form), form.status
    wake("outbox")
    return done(_("Name and address have been saved."), "admin.people")


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


@bp.post("/people/<int(max=2147483647):staff_id>/confirm")
def confirm_person(staff_id: int) -> ResponseReturnValue:
    """Confirm that a person of its own uses an account that another administrator made."""
    try:
        account_ties.confirm(staff_id, actor_id=current_person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.person", staff_id=str(staff_id))
    return done(_("Confirmed. The account can decide together with whoever made it."), "admin.people")


@bp.post("/people/<int(max=2147483647):staff_id>/reset")
def reset_person(staff_id: int) -> ResponseReturnValue:
    """Reset the password or the second step of another person, with a reason."""
    form = ResetForm()
    if not form.validate():
        return _page(accounts.person(staff_id), reset_form=form), form.status
    order = ResetOrder(
        password=form.password.data,
        second_step=form.second_step.data,
        reason=form.reason.data,
        actor_id=current_person().id,
    )
    try:
        resets.reset(staff_id, order, clock=current_context().clock)
    except resets.NothingToReset as error:
        form.refuse("password", sentence_of(error))
        return _page(accounts.person(staff_id), reset_form=form), form.status
    except DomainError as error:
        return refused(error, "admin.people")
    wake("outbox")
    return done(_("The account has been reset. The person is signed out everywhere and gets an email."), "admin.people")


@bp.post("/people/<int(max=2147483647):staff_id>/sessions/<public_id>/end")
def end_person_session(staff_id: int, public_id: str) -> ResponseReturnValue:
    """End one session of a person."""
    sessions.end_for(staff_id, public_id, actor_id=current_person().id, clock=current_context().clock)
    return done(_("The session has ended."), "admin.people")


@bp.post("/people/<int(max=2147483647):staff_id>/sessions/end")
def end_person_sessions(staff_id: int) -> ResponseReturnValue:
    """End all sessions of a person."""
    sessions.end_for(staff_id, None, actor_id=current_person().id, clock=current_context().clock)
    return done(_("All sessions of this person have ended."), "admin.people")


def _stored_grants(row: StaffRow) -> GrantsForm:
    """Return the form with the roles that the person has now."""
    data = {"roles": [*map(str, row.grants)], "version": version_of(grants.grant_facts(row.grants))}
    return GrantsForm(all_campaigns(), formdata=None, data=data)


def _page(
    row: StaffRow,
    *,
    grants_form: GrantsForm | None = None,
    details_form: DetailsForm | None = None,
    reset_form: ResetForm | None = None,
) -> str:
    """The page of a person; a form that was sent is shown as it was filled in."""
    clock = current_context().clock
    return render_template(
        "admin/staff/person.html",
        row=row,
        at=clock.now(),
        unconfirmed=account_ties.unconfirmed(row.id),
        sessions=sessions.sessions_of(row.id, clock=clock),
        form=grants_form or _stored_grants(row),
        details_form=details_form or DetailsForm(formdata=None, data={"name": row.name, "email": row.email}),
        reset_form=reset_form or ResetForm(formdata=None),
    )
