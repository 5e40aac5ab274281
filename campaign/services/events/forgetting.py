"""Which sign-ups are old enough to lose what names a person; what was counted stays."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from campaign.days import local_day
from campaign.domain.event_sign_up import MAIL_KIND
from campaign.models.event_sign_up import EventSignUp
from campaign.models.fund import Event
from campaign.models.outbox import Message

PERSONAL_COLUMNS = ("name", "email", "email_key", "phone", "access_needs")
"""Columns of a sign-up that name a person, or tell of them."""


def is_of_old_event(before: datetime) -> ColumnElement[bool]:
    """Return the condition of sign-ups of events that ended before a moment, and that still name somebody."""
    filled = (getattr(EventSignUp, name).is_not(None) for name in PERSONAL_COLUMNS)
    return and_(EventSignUp.event_id.in_(_ended(before)), or_(*filled))


def is_need_of_old_event(before: datetime) -> ColumnElement[bool]:
    """Return the condition of sign-ups of events that ended before a moment, and that still say what somebody needs."""
    return and_(EventSignUp.event_id.in_(_ended(before)), EventSignUp.access_needs.is_not(None))


def is_about_old_event(before: datetime) -> ColumnElement[bool]:
    """Return the condition of emails about sign-ups of events that ended before a moment."""
    names = select(EventSignUp.public_id).where(EventSignUp.event_id.in_(_ended(before)))
    return and_(Message.kind == MAIL_KIND, Message.facts["sign_up"].as_string().in_(names))


def is_about(sign_up_id: str) -> ColumnElement[bool]:
    """Return the condition of emails about one sign-up."""
    return and_(Message.kind == MAIL_KIND, Message.facts["sign_up"].as_string() == sign_up_id)


def _ended(before: datetime) -> Select[int]:
    ends_at = func.coalesce(Event.ends_at, Event.begins_at)
    return select(Event.fund_id).where(
        or_(ends_at < before, and_(ends_at.is_(None), Event.starts_on < local_day(before)))
    )
