"""Acts on sign-ups: add somebody, cancel, give a place, tick who came, print the sheet, download the list."""

from typing import Any, cast

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.events.forms import AttendanceForm, GuestForm
from campaign.blueprints.admin.events.words import ADDED, DONE, STATES
from campaign.blueprints.admin.frame import campaign, done, file_answer, refused
from campaign.blueprints.admin.guard import person
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.event_sign_up import ACTIVE, AlreadySignedUp, GroupTooLarge, SignUpEnded, SignUpState
from campaign.domain.target_state import ReportDoesNotAddUp
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services import audit
from campaign.services.events import attendance, desk, desk_acts
from campaign.services.events.desk import SignUpDesk, SignUpRow
from campaign.services.spreadsheets import FileFormat

EMPTY_ROWS = 10
"""Rows of the printed sheet for people who did not sign up."""
ACTS = {"cancel": desk_acts.cancel_guest, "place": desk_acts.move_up_guest, "erase": desk_acts.erase_guest}


@bp.get("/plan/<public_id>/sign-ups/add")
def guest_form(public_id: str) -> ResponseReturnValue:
    """The form for somebody who signed up by phone or in person."""
    form = GuestForm(campaign().languages)
    return _guest_page(desk.sign_up_desk(campaign().id, public_id), form)


@bp.post("/plan/<public_id>/sign-ups/add")
def add_guest(public_id: str) -> ResponseReturnValue:
    """Add them."""
    form = GuestForm(campaign().languages)
    if not form.validate():
        return _guest_page(desk.sign_up_desk(campaign().id, public_id), form), form.status
    try:
        state = desk_acts.add_guest(campaign().id, public_id, form.draft, **_by())
    except (AlreadySignedUp, GroupTooLarge) as error:
        form.refuse("email" if isinstance(error, AlreadySignedUp) else "places", words.sentence_of(error))
        return _guest_page(desk.sign_up_desk(campaign().id, public_id), form), form.status
    except DomainError as error:
        return refused(error, "admin.event_sign_ups", public_id=public_id)
    wake("outbox")
    return done(str(ADDED[state]), "admin.event_sign_ups", public_id=public_id)


@bp.get("/plan/<public_id>/sign-ups/<sign_up_id>/cancel")
def sign_up_cancellation(public_id: str, sign_up_id: str) -> ResponseReturnValue:
    """Say what a cancellation does."""
    shown, row = _desk_and_row(public_id, sign_up_id)
    if row.state not in ACTIVE:
        return refused(SignUpEnded(sign_up_id), "admin.event_sign_ups", public_id=public_id)
    return render_template("admin/events/cancel.html", shown=shown, row=row)


@bp.get("/plan/<public_id>/sign-ups/<sign_up_id>/erase")
def sign_up_erasure(public_id: str, sign_up_id: str) -> ResponseReturnValue:
    """Say what is deleted."""
    shown, row = _desk_and_row(public_id, sign_up_id)
    return render_template("admin/events/erase.html", shown=shown, row=row)


@bp.post("/plan/<public_id>/sign-ups/<sign_up_id>/<any(cancel,place,erase):guest_act>")
def act_on_sign_up(public_id: str, sign_up_id: str, guest_act: str) -> ResponseReturnValue:
    """Cancel a sign-up, give somebody who waits a free place, or delete what names somebody."""
    try:
        ACTS[guest_act](campaign().id, public_id, sign_up_id, **_by())
    except DomainError as error:
        return refused(error, "admin.event_sign_ups", public_id=public_id)
    wake("outbox")
    return done(str(DONE[guest_act]), "admin.event_sign_ups", public_id=public_id)


@bp.get("/plan/<public_id>/sign-ups/attendance")
def attendance_form(public_id: str) -> ResponseReturnValue:
    """Tick who came."""
    shown = desk.sign_up_desk(campaign().id, public_id)
    return _attendance_page(shown, AttendanceForm(shown, data=shown.head_count))


@bp.post("/plan/<public_id>/sign-ups/attendance")
def save_attendance(public_id: str) -> ResponseReturnValue:
    """Write down who came."""
    shown = desk.sign_up_desk(campaign().id, public_id)
    form = AttendanceForm(shown)
    if not form.validate():
        return _attendance_page(shown, form), form.status
    try:
        attendance.save_attendance(campaign().id, public_id, form.came, form.count, **_by())
    except ReportDoesNotAddUp as error:
        form.refuse("women", words.sentence_of(error))
        return _attendance_page(shown, form), form.status
    except DomainError as error:
        return refused(error, "admin.event_sign_ups", public_id=public_id)
    message = _("Saved. The report of the event begins with these numbers.")
    return done(message, "admin.event_sign_ups", public_id=public_id)


@bp.get("/plan/<public_id>/sign-ups/sheet")
def attendance_sheet(public_id: str) -> ResponseReturnValue:
    """A page to print: who has a place, with boxes to tick, and empty rows."""
    shown = desk.sign_up_desk(campaign().id, public_id)
    return render_template("admin/events/sheet.html", shown=shown, here=campaign(), empty_rows=EMPTY_ROWS)


@bp.get("/plan/<public_id>/sign-ups.<any(csv,xlsx):file_format>")
def sign_up_file(public_id: str, file_format: str) -> Response:
    """Everybody who signed up and confirmed it, with contact and needs."""
    chosen = cast(FileFormat, file_format)
    shown = desk.sign_up_desk(campaign().id, public_id)
    audit.record_access(
        actor_id=person().id,
        action="sign_up:download",
        subject=f"campaign:{campaign().slug}",
        detail={"format": chosen, "fund": shown.code},
        clock=current_context().clock,
    )
    states = {state: str(word) for state, (word, _kind) in STATES.items()}
    file = attendance.sign_up_file(shown, states, made_at=current_context().clock.now(), file_format=chosen)
    return file_answer(file, "sign-ups", chosen)


def _desk_and_row(public_id: str, sign_up_id: str) -> tuple[SignUpDesk, SignUpRow]:
    shown = desk.sign_up_desk(campaign().id, public_id)
    row = next((row for row in shown.sign_ups if row.public_id == sign_up_id and row.name), None)
    if row is None:
        raise NotFound(f"sign_up:{sign_up_id}")
    return shown, row


def _guest_page(shown: SignUpDesk, form: GuestForm) -> str:
    return render_template("admin/events/guest.html", shown=shown, form=form)


def _attendance_page(shown: SignUpDesk, form: AttendanceForm) -> str:
    return render_template("admin/events/attendance.html", shown=shown, form=form, waiting=SignUpState.WAITING)


def _by() -> dict[str, Any]:
    """Who acts, and when."""
    return {"actor_id": person().id, "clock": current_context().clock}
