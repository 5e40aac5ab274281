"""The first page for staff: what needs attention, the figures of the campaign, and the latest acts.

Every sum is a sum of postings or of paid gifts; the number of queries is fixed, however many gifts there are. The
campaign's money comes from its public page (`services/campaigns/transparency.py`), so the two cannot differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, case, func, null, select, union_all
from sqlalchemy.orm import Session, aliased

from campaign.database import reading
from campaign.days import local_day
from campaign.domain.allocation import AllocationState
from campaign.domain.donation import DonationState, RefundState
from campaign.domain.mail import MailState
from campaign.domain.money import Money
from campaign.domain.provider_events import UNFINISHED_EVENT_STATES, EventState
from campaign.models.allocation import Allocation
from campaign.models.donation import Donation, Refund
from campaign.models.fund import Fund
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.services.campaigns.supporters import WHOLLY_RETURNED, gifts_not_returned, paid_to
from campaign.services.campaigns.transparency import FundSummary, Transparency, transparency_of
from campaign.services.gifts.disputes_and_warnings import open_claims
from campaign.services.gifts.listing import CHARGE
from campaign.services.gifts.refunds import UNDER_WAY
from campaign.services.inbox.listing import LAST_EVENT
from campaign.services.ledger.availability import funds_below_zero
from campaign.services.mail.listing import unreachable_addresses
from campaign.services.reconciliation import listing as reconciliation_desk

CHART_DAYS = 60
LATE = timedelta(minutes=10)
"""What waits longer than this has been forgotten by the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionItem:
    """Something that needs a person: `kind` names it, `count` is the number, `until` the first deadline."""

    kind: str
    count: int
    since: datetime | None = None
    until: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFigures:
    """What was given in one currency, in its minor units; what was spent is in the campaign's."""

    currency: str
    gifts: int
    donors: int  # email addresses
    median_minor: int
    given_minor: int  # contributions and covered fees, less what went back


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """Gifts paid on one day of the organisation, and all gifts up to its end, in the campaign's currency."""

    day: date
    minor: int
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFigures:
    """An event, grant or line with its restricted children, in the campaign's currency."""

    code: str
    title: dict[str, str]
    kind: str
    goal_minor: int
    allocated_minor: int
    spent_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The state of the queues."""

    inbox: dict[str, int]  # state → events that wait in it
    mails_waiting: int
    mails_not_taken: int  # of those, which a mail server has refused or not answered so far
    last_event: datetime | None


EMPTY_QUEUE = Queue(inbox={}, mails_waiting=0, mails_not_taken=0, last_event=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything on the page but the audit trail."""

    concerns: Sequence[AttentionItem]
    money: Transparency
    given: Sequence[GivenFigures]  # only currencies that have gifts
    days: Sequence[DayFigures]
    targets: Sequence[TargetFigures]
    queue: Queue

    @property
    def unallocated(self) -> Money:
        """Return what is still in the general and the themes' funds, in the campaign's currency."""
        left = (purpose.in_currency(self.money.currency).left_minor for purpose in self.money.purposes)
        return Money(sum(left), self.money.currency)


def overview(campaign_id: int, currency: str, *, at: datetime, with_shared: bool = True) -> Overview:
    """Return the figures of this moment; `currency` is the campaign's: its ledger and the two charts use it.

    `with_shared` adds what concerns the whole installation: the inbox, the outbox, the comparison with the provider.
    """
    money = transparency_of(campaign_id, currency)
    with reading() as session:
        queue = _queue(session) if with_shared else EMPTY_QUEUE
        shared = reconciliation_desk.concerns(session, at=at) if with_shared else {}
        return Overview(
            concerns=_concerns(session, campaign_id, queue=queue, shared=shared, at=at),
            money=money,
            given=_given(session, campaign_id, money),
            days=_days(session, campaign_id, currency, today=local_day(at)),
            targets=[_target(purse, currency) for purse in money.targets],
            queue=queue,
        )


def _queue(session: Session) -> Queue:
    """Count only what waits: processed rows grow with every gift."""
    waiting = select(ProviderEvent.state, func.count()).where(ProviderEvent.state.in_(UNFINISHED_EVENT_STATES))
    events = session.execute(waiting.group_by(ProviderEvent.state)).all()
    mails = select(func.count()).select_from(Message).where(Message.state == MailState.QUEUED)
    not_taken = mails.where(Message.attempts > 0)
    counts = select(mails.scalar_subquery(), not_taken.scalar_subquery(), LAST_EVENT.scalar_subquery())
    waiting_mails, refused_mails, last_event = session.execute(counts).one()
    return Queue(
        inbox={state: int(count) for state, count in events},
        mails_waiting=waiting_mails,
        mails_not_taken=refused_mails,
        last_event=last_event,
    )


def _concerns(
    session: Session,
    campaign_id: int,
    *,
    queue: Queue,
    shared: Mapping[str, int],
    at: datetime,
) -> list[AttentionItem]:
    failed, stuck, waiting, since = _refunds_and_allocations(session, campaign_id, late=at - LATE)
    claims = open_claims(session, campaign_id)
    owing = session.execute(funds_below_zero().where(Fund.campaign_id == campaign_id))
    below = list(dict.fromkeys(code for code, _currency, _minor in owing))
    concerns = [
        AttentionItem(kind="fund_below_zero", count=len(below), detail=", ".join(below)),
        AttentionItem(kind="disputed", count=claims.disputes, until=claims.due_at),
        AttentionItem(kind="suspected", count=claims.suspected),
        AttentionItem(kind="paid_again", count=claims.paid_again),
        AttentionItem(kind="refund_failed", count=failed),
        AttentionItem(kind="refund_stuck", count=stuck),
        *(
            AttentionItem(kind=f"inbox_{state}", count=queue.inbox.get(state, 0))
            for state in (EventState.FAILED, EventState.WAITING_FOR_PARENT)
        ),
        AttentionItem(kind="mails_not_taken", count=queue.mails_not_taken),
        AttentionItem(kind="address_refused", count=unreachable_addresses(session, campaign_id)),
        *(AttentionItem(kind=kind, count=count) for kind, count in shared.items()),
        AttentionItem(kind="allocation_waiting", count=waiting, since=since),
    ]
    return [concern for concern in concerns if concern.count]


def _refunds_and_allocations(
    session: Session, campaign_id: int, *, late: datetime
) -> tuple[int, int, int, datetime | None]:
    """Return failed refunds not requested again, those long not with the provider, open proposals and the oldest."""
    proposed = Allocation.campaign_id == campaign_id, Allocation.state == AllocationState.PROPOSED
    again = aliased(Refund)
    answered = (
        select(again.id)
        .where(again.donation_id == Refund.donation_id, again.id > Refund.id, again.state.in_(UNDER_WAY))
        .exists()
    )
    row = session.execute(
        select(
            func.count().filter(Refund.state == RefundState.FAILED, ~answered),
            func.count().filter(Refund.state == RefundState.REQUESTED, Refund.requested_at < late),
            select(func.count(Allocation.id)).where(*proposed).scalar_subquery(),
            select(func.min(Allocation.proposed_at)).where(*proposed).scalar_subquery(),
        )
        .select_from(Refund)
        .join(Donation, Donation.id == Refund.donation_id)
        .where(Donation.campaign_id == campaign_id, Refund.state.in_((RefundState.FAILED, RefundState.REQUESTED)))
    ).one()
    return int(row[0]), int(row[1]), int(row[2]), row[3]


def _given(session: Session, campaign_id: int, money: Transparency) -> list[GivenFigures]:
    """Return the amounts per currency of the gifts, the campaign's first, from the ledger."""
    counts = {code: (int(gifts), int(donors)) for code, gifts, donors in session.execute(_counts(campaign_id))}
    medians = _medians(session, campaign_id)
    return [
        GivenFigures(
            currency=row.currency,
            gifts=counts[row.currency][0],
            donors=counts[row.currency][1],
            median_minor=medians.get(row.currency, 0),
            given_minor=row.given_minor,
        )
        for row in money.totals
        if row.currency in counts
    ]


def _counts(campaign_id: int) -> Select[*tuple[Any, ...]]:
    """Return currency, gifts as the public page counts them, and their donors by email address.

    One address may stand for several people. The number is for staff who see donors: it tells whether an address has
    given before.
    """
    gifts = func.sum(case((WHOLLY_RETURNED, 0), else_=1))
    donors = func.count(func.distinct(Donation.donor_id)).filter(~WHOLLY_RETURNED)
    return select(Donation.currency, gifts, donors).where(*paid_to(campaign_id)).group_by(Donation.currency)


def _medians(session: Session, campaign_id: int) -> dict[str, int]:
    """Return the middle charge in each currency: of an even number, the lower one."""
    ranked = (
        select(
            Donation.currency,
            CHARGE.label("minor"),
            func.row_number().over(partition_by=Donation.currency, order_by=CHARGE).label("place"),
            func.count().over(partition_by=Donation.currency).label("gifts"),
        )
        .where(*gifts_not_returned(campaign_id))
        .subquery()
    )
    middle = select(ranked.c.currency, ranked.c.minor).where(ranked.c.place == (ranked.c.gifts + 1) // 2)
    return {code: int(minor) for code, minor in session.execute(middle)}


def _days(session: Session, campaign_id: int, currency: str, *, today: date) -> list[DayFigures]:
    first = today - timedelta(days=CHART_DAYS - 1)
    paid = and_(
        Donation.campaign_id == campaign_id, Donation.state == DonationState.PAID, Donation.currency == currency
    )
    day = Donation.paid_on
    per_day = select(day, func.sum(CHARGE)).where(paid, day >= first).group_by(day)
    before = select(null(), func.coalesce(func.sum(CHARGE), 0)).where(paid, day < first)
    both: CompoundSelect[*tuple[Any, ...]] = union_all(per_day, before)
    by_day = {on: int(minor) for on, minor in session.execute(both)}
    total, days = by_day[None], []
    for number in range(CHART_DAYS):
        on = first + timedelta(days=number)
        total += by_day.get(on, 0)
        days.append(DayFigures(day=on, minor=by_day.get(on, 0), total_minor=total))
    return days


def _target(purse: FundSummary, currency: str) -> TargetFigures:
    figures = purse.in_currency(currency)
    return TargetFigures(
        code=purse.code,
        title=purse.title,
        kind=purse.kind,
        goal_minor=purse.goal.minor,
        allocated_minor=figures.allocated_minor,
        spent_minor=figures.spent_minor,
    )
