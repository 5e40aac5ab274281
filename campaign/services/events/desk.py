"""Sign-ups as campaign staff see them, and what an event says about sign-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.event_sign_up import MAIL_KIND, DeadlineTooLate, Guest, SignUpNeedsTimes, SignUpRules, SignUpState
from campaign.domain.form_version import check_version
from campaign.domain.fund import FundKind
from campaign.domain.mail import MailState
from campaign.domain.target_state import TargetState, target_state
from campaign.gateways.clock import Clock
from campaign.models.event_sign_up import EventSignUp
from campaign.models.outbox import Message
from campaign.services.campaigns.plan_changes import record_change
from campaign.services.events.places import event_named, fill_places, rules_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpRow(Guest):
    """One sign-up as staff see it; texts are empty where nothing was entered, and after their deletion."""

    public_id: str
    state: SignUpState
    signed_up_at: datetime
    came: int | None
    is_by_staff: bool
    overtaken_by: int
    """How many sign-ups that came later have places, while this one waits."""
    is_mail_lost: bool
    """Whether an email could not be delivered for good: they may not know what they got."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpSettings:
    """What staff decide about the sign-up of an event.

    Attributes:
        until: The last moment; None where people can sign up until the event begins.
    """

    is_offered: bool
    until: datetime | None
    has_waiting_list: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpDesk:
    """The sign-ups of an event, and what it says about them."""

    public_id: str
    code: str
    title: dict[str, str]
    place: dict[str, str]
    status: str
    starts_on: date
    begins_at: datetime | None
    ends_at: datetime | None
    rules: SignUpRules
    head_count: dict[str, object]
    sign_ups: Sequence[SignUpRow]

    def state_on(self, today: date) -> TargetState:
        """Return what is shown of the event on a day."""
        last_day = local_day(self.ends_at) if self.ends_at else self.starts_on
        return target_state(FundKind.EVENT, self.status, first_day=self.starts_on, last_day=last_day, today=today)

    @property
    def settings(self) -> SignUpSettings:
        """Return what the form of the settings shows."""
        return _settings(self.rules)

    @property
    def came(self) -> int | None:
        """Return how many of those who signed up came; None before anybody ticked it."""
        counts = [row.came for row in self.sign_ups if row.came is not None]
        return sum(counts) if counts else None

    def in_state(self, state: SignUpState) -> list[SignUpRow]:
        """Return the sign-ups of one state, in the order in which they came."""
        return [row for row in self.sign_ups if row.state == state]


def sign_up_desk(campaign_id: int, public_id: str) -> SignUpDesk:
    """Return the sign-ups of an event.

    Raises:
        NotFound: The campaign has no such event.
    """
    with reading() as session:
        rows = event_named(session, campaign_id, public_id)
        query = select(EventSignUp).where(EventSignUp.event_id == rows.event.fund_id)
        sign_ups = session.execute(query.order_by(EventSignUp.signed_up_at, EventSignUp.id)).scalars().all()
        unreached = _unreached(session, rows.campaign.id)
        return SignUpDesk(
            public_id=public_id,
            code=rows.fund.code,
            title=rows.fund.title,
            place=rows.event.place,
            status=rows.event.status,
            starts_on=rows.event.starts_on,
            begins_at=rows.event.begins_at,
            ends_at=rows.event.ends_at,
            rules=rules_of(session, rows.event),
            head_count=rows.event.head_count,
            sign_ups=[
                _shown(row, overtaken_by=_later(sign_ups, number), is_mail_lost=row.public_id in unreached)
                for number, row in enumerate(sign_ups)
            ],
        )


def save_settings(
    campaign_id: int, public_id: str, settings: SignUpSettings, *, version: str, actor_id: int, clock: Clock
) -> None:
    """Open or close the sign-up of an event; whoever waits gets a place that is free.

    Raises:
        ChangedMeanwhile: Somebody else saved since the version that the person has read.
        NotFound: The campaign has no such event.
        SignUpNeedsTimes: It is to be opened, and the event has only a day.
        DeadlineTooLate: The last moment is after the event begins.
    """
    with transaction() as session:
        rows = event_named(session, campaign_id, public_id, is_locking=True)
        event = rows.event
        check_version(version, _settings(rules_of(session, event)))
        if settings.is_offered and (event.begins_at is None or event.ends_at is None):
            raise SignUpNeedsTimes(public_id)
        if settings.until and event.begins_at and settings.until > event.begins_at:
            raise DeadlineTooLate(public_id)
        event.takes_sign_ups, event.sign_up_until = settings.is_offered, settings.until
        event.has_waiting_list = settings.has_waiting_list
        record_change(session, rows.fund, "sign_up", actor_id, clock)
        fill_places(session, rows, at=clock.now())


def _settings(rules: SignUpRules) -> SignUpSettings:
    return SignUpSettings(is_offered=rules.is_offered, until=rules.until, has_waiting_list=rules.has_waiting_list)


def _unreached(session: Session, campaign_id: int) -> set[str]:
    """Return the public ids of sign-ups with an email that will never arrive."""
    query = select(Message.facts["sign_up"].as_string()).where(
        Message.kind == MAIL_KIND,
        Message.campaign_id == campaign_id,
        Message.state == MailState.FAILED_PERMANENTLY,
    )
    return set(session.execute(query).scalars())


def _later(rows: Sequence[EventSignUp], number: int) -> int:
    """Return how many have places of those who came after somebody who waits."""
    if rows[number].state != SignUpState.WAITING:
        return 0
    return sum(row.state == SignUpState.CONFIRMED for row in rows[number + 1 :])


def _shown(row: EventSignUp, *, overtaken_by: int, is_mail_lost: bool) -> SignUpRow:
    return SignUpRow(
        public_id=row.public_id,
        name=row.name or "",
        email=row.email or "",
        phone=row.phone or "",
        language=row.language,
        places=row.places,
        access_needs=row.access_needs or "",
        state=SignUpState(row.state),
        signed_up_at=row.signed_up_at,
        came=row.came,
        overtaken_by=overtaken_by,
        is_by_staff=row.consent_version is None,
        is_mail_lost=is_mail_lost,
    )
