"""What the emails to people who signed up are given: the event as it is when they leave, and the file for a calendar."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.calendar_file import CalendarEvent, calendar_file
from campaign.domain.event_sign_up import MAIL_KIND, SignUpNotice, SignUpState
from campaign.i18n import in_language, moment, text_of
from campaign.models.event_sign_up import EventSignUp
from campaign.models.outbox import Message
from campaign.services.events.links import sign_link
from campaign.services.events.places import EventRows, event_with_id, rules_of

WITH_CALENDAR = frozenset(
    {SignUpNotice.CONFIRMED, SignUpNotice.PLACE_FREE, SignUpNotice.MOVED, SignUpNotice.EVENT_CANCELLED}
)
"""Emails that bring a file for calendars, to who has a place."""
FIRST_SEQUENCE = datetime.fromisoformat("2026-01-01T00:00+00:00")


def sign_up_facts(facts: dict[str, Any], *, message: Message, public_url: str) -> dict[str, Any]:
    """Return the facts of an email as finished texts in its language."""
    with reading() as session:
        row = session.execute(select(EventSignUp).where(EventSignUp.public_id == facts["sign_up"])).scalar_one()
        rows = event_with_id(session, row.event_id)
        event, rules = rows.event, rules_of(session, rows.event)
        return {
            **facts,
            "state": row.state,
            "places": row.places,
            "title": text_of(rows.fund.title),
            "place": text_of(event.place),
            "begins": moment(event.begins_at) if event.begins_at else "",
            "ends": moment(event.ends_at) if event.ends_at else "",
            "until": moment(rules.confirm_until(row.signed_up_at)),
            "reason": text_of(event.state_note),
            "event_url": _event_address(rows, message.language, public_url),
            "sign_up_url": f"{public_url}/{message.language}/events/place/{sign_link(row.public_id)}",
        }


def calendar_attachment(message: Message, *, public_url: str, at: datetime) -> tuple[str, bytes] | None:
    """Return the file that an email brings; None where it brings none."""
    if message.kind != MAIL_KIND or message.facts["notice"] not in set(WITH_CALENDAR):
        return None
    with reading() as session:
        row = session.execute(select(EventSignUp).where(EventSignUp.public_id == message.facts["sign_up"])).scalar_one()
        rows = event_with_id(session, row.event_id)
        begins_at, ends_at = rows.event.begins_at, rows.event.ends_at
        if row.state != SignUpState.CONFIRMED or begins_at is None or ends_at is None:
            return None
        changed_at = rows.event.details_changed_at or FIRST_SEQUENCE
        with in_language(message.language):
            event = CalendarEvent(
                uid=f"{row.public_id}@{urlsplit(public_url).hostname}",
                sequence=max(0, int((changed_at - FIRST_SEQUENCE).total_seconds() // 60)),
                written_at=at,
                begins_at=begins_at,
                ends_at=ends_at,
                title=text_of(rows.fund.title),
                place=text_of(rows.event.place),
                url=_event_address(rows, message.language, public_url),
                is_cancelled=message.facts["notice"] == SignUpNotice.EVENT_CANCELLED,
            )
    return "event.ics", calendar_file(event)


def _event_address(rows: EventRows, language: str, public_url: str) -> str:
    query = "" if rows.campaign.is_featured else f"?campaign={rows.campaign.slug}"
    return f"{public_url}/{language}/events/{rows.fund.public_id}{query}"
