"""Who came to an event: ticked at the door, counted for the report, printed and downloaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from campaign.database import reading, transaction
from campaign.days import local_day, time_zone
from campaign.domain.event_sign_up import ACTIVE, SignUpState
from campaign.domain.target_state import Attendance, NotOverYet
from campaign.gateways.clock import Clock
from campaign.i18n import text_of
from campaign.languages import language_name
from campaign.models.event_sign_up import EventSignUp
from campaign.services import audit
from campaign.services.events.desk import SignUpDesk
from campaign.services.events.places import event_named
from campaign.services.spreadsheets import FileFormat, Sheet, render_sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCount:
    """What was counted at the door, beside who signed up; None where nobody counted."""

    walk_ins: int | None
    women: int | None
    first_time: int | None


def save_attendance(
    campaign_id: int, public_id: str, came: Mapping[str, int], count: HeadCount, *, actor_id: int, clock: Clock
) -> None:
    """Write down who came, and how many others.

    Args:
        came: Public id of a sign-up → how many of its people came.

    Raises:
        NotFound: The campaign has no such event.
        NotOverYet: Its day has not come.
        ReportDoesNotAddUp: There are more women or first-time visitors than people.
    """
    at = clock.now()
    with transaction() as session:
        rows = event_named(session, campaign_id, public_id, is_locking=True)
        if local_day(at) < rows.event.starts_on:
            raise NotOverYet(public_id)
        of_event = EventSignUp.event_id == rows.event.fund_id
        for row in session.execute(select(EventSignUp).where(of_event, EventSignUp.state.in_(ACTIVE))).scalars():
            if row.public_id in came:
                row.came = min(came[row.public_id], row.places)
        session.flush()
        signed_up = session.execute(select(func.sum(EventSignUp.came)).where(of_event)).scalar()
        everybody = int(signed_up or 0) + (count.walk_ins or 0)
        Attendance(came=everybody, women=count.women, first_time=count.first_time).check()
        rows.event.head_count = {
            "walk_ins": count.walk_ins,
            "women": count.women,
            "first_time": count.first_time,
        }
        subject, detail = f"campaign:{rows.campaign.slug}", dict[str, object](fund=rows.fund.code)
        audit.record(session, actor_id=actor_id, action="sign_up:attendance", subject=subject, at=at, detail=detail)


def counted_attendance(campaign_id: int, public_id: str) -> dict[str, Any]:
    """Return the numbers that the report of an event can begin with; nothing where nobody ticked who came.

    Raises:
        NotFound: The campaign has no such event.
    """
    with reading() as session:
        event = event_named(session, campaign_id, public_id).event
        query = select(func.sum(EventSignUp.came)).where(EventSignUp.event_id == event.fund_id)
        signed_up, count = session.execute(query).scalar(), event.head_count
    if signed_up is None and not count:
        return {}
    walk_ins = count.get("walk_ins")
    came = int(signed_up or 0) + (walk_ins if isinstance(walk_ins, int) else 0)
    return {"came": came, "women": count.get("women"), "first_time": count.get("first_time")}


def sign_up_file(
    desk: SignUpDesk, states: Mapping[SignUpState, str], *, made_at: datetime, file_format: FileFormat
) -> IO[bytes]:
    """Return everybody who signed up and confirmed it, as a file.

    Args:
        states: The words for the states.
    """
    sheet = Sheet(
        title=_("Sign-ups"),
        about=[(_("Event"), text_of(desk.title)), (_("As of"), f"{made_at.astimezone(time_zone()):%Y-%m-%d %H:%M}")],
        columns=[
            *(_("Name"), _("State"), _("Places"), _("Email address"), _("Phone"), _("Language")),
            *(_("What they need to take part"), _("Signed up"), _("Came")),
        ],
        rows=[
            [
                *(row.name, states[row.state], row.places, row.email, row.phone, language_name(row.language)),
                *(row.access_needs, row.signed_up_at, row.came),
            ]
            for row in desk.sign_ups
            if row.state is not SignUpState.UNCONFIRMED
        ],
        zone=time_zone(),
    )
    return render_sheet(sheet, file_format)
