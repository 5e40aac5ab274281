"""What the retention rules select and change: for each kind of personal data the rows that are old enough."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.days import local_day
from campaign.domain.abuse import Kind
from campaign.domain.donation import DonationState
from campaign.domain.grant_application import LETTER_KIND, RECEIVED_KIND, ApplicationState
from campaign.domain.mail import MailState
from campaign.domain.news import SubscriberState
from campaign.domain.retention import DAYS, RetentionName
from campaign.extensions import Model
from campaign.models.abuse import AttemptCount, GiftStart
from campaign.models.application import ApplicationFile, ApplicationLink, ApplicationReview, GrantApplication
from campaign.models.donation import Donation
from campaign.models.donor_session import DonorSession
from campaign.models.event_sign_up import EventSignUp
from campaign.models.form_view import FormViews
from campaign.models.inbox import ProviderEvent
from campaign.models.news import Subscriber
from campaign.models.outbox import Message
from campaign.models.staff import StaffDevice, StaffLink, StaffSession
from campaign.services.events.forgetting import (
    PERSONAL_COLUMNS,
    is_about_old_event,
    is_need_of_old_event,
    is_of_old_event,
)
from campaign.services.events.unconfirmed import is_old_link, is_unconfirmed_since
from campaign.services.queues.inbox import CLOSED_EVENT_STATES, EMPTY_PAYLOAD
from campaign.services.shield.codes import PROOFS

BATCH_ROWS = 500
LOOKED_BACK = timedelta(days=400)
"""Events are many, and rules run every day: what is older than this was emptied long ago."""


class RetentionRule(Protocol):
    """One kind of personal data: what is due now, and its deletion a batch at a time, within the caller's transaction."""

    @property
    def name(self) -> RetentionName: ...

    @property
    def days(self) -> int: ...

    @property
    def batch_rows(self) -> int: ...

    def with_days(self, days: int) -> Self:
        """Return the same rule with another period."""
        ...

    def due(self, session: Session, at: datetime) -> int:
        """Return how many rows are due; nothing is changed."""
        ...

    def delete(self, session: Session, at: datetime) -> int:
        """Delete or empty at most `batch_rows` rows that are due; return how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRule:
    """Which rows of a table are too old after `days`, and what becomes of them.

    Attributes:
        name: What the rows are.
        days: How long they are stored.
        table: The table.
        is_old: Returns the condition of rows that are older than a moment.
        emptied: The columns that lose their content, each with what it has then; without any, the rows are deleted.
        children: Columns of other tables that name the rows; what they belong to is deleted with them.
    """

    name: RetentionName
    days: int
    table: type[Model]
    is_old: Callable[[datetime], ColumnElement[bool]]
    emptied: Mapping[str, object] = field(default_factory=dict)
    children: tuple[InstrumentedAttribute[int], ...] = ()

    @property
    def batch_rows(self) -> int:
        return BATCH_ROWS

    def with_days(self, days: int) -> Self:
        return replace(self, days=days)

    def due(self, session: Session, at: datetime) -> int:
        query = select(func.count()).select_from(self.table).where(self._is_due(at))
        return session.execute(query).scalar_one()

    def delete(self, session: Session, at: datetime) -> int:
        key: Any = tuple_(*self.table.__table__.primary_key)
        batch: Any = select(*self.table.__table__.primary_key).where(self._is_due(at)).limit(BATCH_ROWS)
        if self.children:
            batch = session.execute(batch.with_for_update()).scalars().all()
            key = next(iter(self.table.__table__.primary_key))
        for column in self.children:
            session.execute(delete(column.class_).where(column.in_(batch)))
        change: Any = delete(self.table) if not self.emptied else update(self.table).values(dict(self.emptied))
        changed: Any = session.execute(
            change.where(key.in_(batch)), execution_options={"synchronize_session": False, "preserve_rowcount": True}
        )
        return int(changed.rowcount)

    def _is_due(self, at: datetime) -> ColumnElement[bool]:
        return self.is_old(at - timedelta(days=self.days))


def _rule(
    name: RetentionName, table: type[Model], is_old: Callable[[datetime], ColumnElement[bool]], /, **emptied: object
) -> RowRule:
    return RowRule(name=name, days=DAYS[name], table=table, is_old=is_old, emptied=emptied)


def _is_unpaid(before: datetime) -> ColumnElement[bool]:
    filled = (Donation.payer_name, Donation.receipt_name, Donation.public_name, Donation.message, Donation.checkout_url)
    return and_(
        Donation.state.not_in((DonationState.PAID, DonationState.PROCESSING)),
        Donation.donor_id.is_(None),  # what belongs to a donor goes with the donor
        Donation.expires_at < before,
        or_(Donation.search_text != "", *(column.is_not(None) for column in filled)),
    )


def _is_campaigns(before: datetime) -> ColumnElement[bool]:
    return and_(AttemptCount.kind == Kind.CAMPAIGN.value, AttemptCount.bucket_at < before)


def _is_visitors(before: datetime) -> ColumnElement[bool]:
    return and_(AttemptCount.kind != Kind.CAMPAIGN.value, AttemptCount.bucket_at < before)


def _is_application_without_grant(before: datetime) -> ColumnElement[bool]:
    ended = (ApplicationState.REFUSED, ApplicationState.WITHDRAWN)
    return or_(
        and_(GrantApplication.state.in_(ended), GrantApplication.closed_at < before),
        and_(GrantApplication.state == ApplicationState.DRAFT, GrantApplication.changed_at < before),
    )


RULES: tuple[RowRule, ...] = (
    _rule(
        RetentionName.UNPAID_GIFTS,
        Donation,
        _is_unpaid,
        **dict.fromkeys(("payer_name", "receipt_name", "public_name", "message", "checkout_url")),
        **dict.fromkeys(("search_text", "public_search_text"), ""),
        checkout_params={},
    ),
    _rule(
        RetentionName.EMAILS,
        Message,
        lambda before: and_(
            Message.created_at < before, Message.recipient != "", Message.state.not_in((MailState.QUEUED,))
        ),
        recipient="",
        search_text="",
        facts={},
        error=None,
    ),
    _rule(
        RetentionName.PROVIDER_EVENTS,
        ProviderEvent,
        lambda before: and_(
            ProviderEvent.received_at.between(before - LOOKED_BACK, before),
            ProviderEvent.state.in_(CLOSED_EVENT_STATES),
            ProviderEvent.raw != EMPTY_PAYLOAD,
        ),
        raw=EMPTY_PAYLOAD,
    ),
    _rule(
        RetentionName.READERS_UNCONFIRMED,
        Subscriber,
        lambda before: and_(Subscriber.state == SubscriberState.WAITING, Subscriber.requested_at < before),
    ),
    _rule(
        RetentionName.READERS_LEFT,
        Subscriber,
        lambda before: and_(
            Subscriber.state == SubscriberState.LEFT, Subscriber.left_at < before, Subscriber.email.is_not(None)
        ),
        email=None,
        email_key=None,
    ),
    _rule(
        RetentionName.CODE_EMAILS,
        Message,
        lambda before: and_(Message.kind.in_(PROOFS), Message.created_at < before),
    ),
    _rule(RetentionName.EVENT_LINKS, Message, is_old_link),
    _rule(RetentionName.EVENT_UNCONFIRMED, EventSignUp, is_unconfirmed_since),
    _rule(RetentionName.EVENT_EMAILS, Message, is_about_old_event),
    _rule(RetentionName.EVENT_NEEDS, EventSignUp, is_need_of_old_event, access_needs=None),
    _rule(RetentionName.EVENT_PEOPLE, EventSignUp, is_of_old_event, **dict.fromkeys(PERSONAL_COLUMNS)),
    _rule(RetentionName.ATTEMPTS, AttemptCount, _is_visitors),
    _rule(RetentionName.CAMPAIGN_ATTEMPTS, AttemptCount, _is_campaigns),
    _rule(RetentionName.GIFT_STARTS, GiftStart, lambda before: GiftStart.started_at < before),
    _rule(RetentionName.STAFF_SESSIONS, StaffSession, lambda before: StaffSession.last_used_at < before),
    _rule(RetentionName.STAFF_DEVICES, StaffDevice, lambda before: StaffDevice.last_used_at < before),
    _rule(RetentionName.STAFF_LINKS, StaffLink, lambda before: StaffLink.expires_at < before),
    _rule(
        RetentionName.DONOR_SESSIONS,
        DonorSession,
        lambda before: or_(DonorSession.expires_at < before, DonorSession.ended_at < before),
    ),
    _rule(RetentionName.FORM_VIEWS, FormViews, lambda before: FormViews.day < local_day(before)),
    replace(
        _rule(RetentionName.APPLICATIONS, GrantApplication, _is_application_without_grant),
        children=(ApplicationLink.application_id, ApplicationFile.application_id, ApplicationReview.application_id),
    ),
    _rule(
        RetentionName.APPLICATION_EMAILS,
        Message,
        lambda before: and_(
            Message.kind.in_((RECEIVED_KIND, LETTER_KIND)),
            Message.created_at < before,
            Message.state != MailState.QUEUED,
        ),
    ),
)
"""Rules that concern rows of one table; a room with personal data of its own adds its rule here."""
