"""The desk's first page: what needs attention, where the campaign stands, and who did what last.

Every sum is a sum of postings or of paid gifts; the number of queries is fixed, however many gifts there are.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, select
from sqlalchemy.orm import Session, aliased

from campaign.database import reading
from campaign.models.allocation import Allocation
from campaign.models.donation import Donation, Refund
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.services import bookkeeping
from campaign.services.bookkeeping import FundFlow
from campaign.services.claims import open_claims
from campaign.services.donation_register import CHARGE
from campaign.services.fund_register import COLLECTING, FundRow, funds
from campaign.services.inbox_desk import LAST_EVENT
from campaign.services.reconciliation import desk as reconciliation_desk
from campaign.services.refunding import UNDER_WAY
from campaign.services.webhook_inbox import UNDONE

CHART_DAYS = 60
LATE = timedelta(minutes=10)
"""What waits longer than this has been forgotten by the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something that needs a person: `kind` names it, `count` says how many, `until` by when the first must be done."""

    kind: str
    count: int
    since: datetime | None = None
    until: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyFigures:
    """Where the campaign stands in one currency, all in its minor units."""

    currency: str
    raised_minor: int  # contributions and covered fees, less what went back
    fees_minor: int
    refunded_minor: int
    allocated_minor: int  # moved to events, grants and lines, less what was taken back
    spent_minor: int
    unallocated_minor: int  # still in the general and the themes' funds
    gifts: int
    donors: int
    median_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """Gifts paid on one UTC day, and all gifts up to its end, in the campaign's currency."""

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
    """How the machinery stands."""

    inbox: dict[str, int]  # state → events that wait in it
    mails_waiting: int
    last_event: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All of the page but the audit trail."""

    concerns: Sequence[Concern]
    figures: Sequence[CurrencyFigures]
    days: Sequence[DayFigures]
    targets: Sequence[TargetFigures]
    queue: Queue


def overview(campaign_id: int, currency: str, *, now: datetime) -> Overview:
    """The figures of this moment; `currency` is the campaign's: it comes first, and the two charts are in it."""
    rows = funds(campaign_id)
    with reading() as session:
        flows = bookkeeping.fund_flows(session, campaign_id=campaign_id)
        queue = _queue(session)
        return Overview(
            concerns=_concerns(session, campaign_id, rows=rows, queue=queue, now=now),
            figures=sorted(
                _figures(session, campaign_id, rows=rows, flows=flows), key=lambda found: found.currency != currency
            ),
            days=_days(session, campaign_id, currency, today=now.date()),
            targets=_targets(rows, [flow for flow in flows if flow.currency == currency]),
            queue=queue,
        )


def _queue(session: Session) -> Queue:
    """Only what waits is counted: what was worked off grows with every gift."""
    waiting = select(ProviderEvent.state, func.count()).where(ProviderEvent.state.in_(UNDONE))
    events = session.execute(waiting.group_by(ProviderEvent.state)).all()
    mails = select(func.count()).select_from(Message).where(Message.state == "queued")
    row = session.execute(select(mails.scalar_subquery(), LAST_EVENT.scalar_subquery())).one()
    return Queue(inbox={state: int(count) for state, count in events}, mails_waiting=row[0], last_event=row[1])


def _concerns(
    session: Session, campaign_id: int, *, rows: Sequence[FundRow], queue: Queue, now: datetime
) -> list[Concern]:
    failed, stuck = _refunds_in_trouble(session, campaign_id, late=now - LATE)
    waiting = session.execute(
        select(func.count(), func.min(Allocation.proposed_at)).where(
            Allocation.campaign_id == campaign_id, Allocation.state == "proposed"
        )
    ).one()
    claims = open_claims(session, campaign_id)
    below = [row.code for row in rows if row.is_below_zero]
    found = [
        Concern(kind="fund_below_zero", count=len(below), detail=", ".join(below)),
        Concern(kind="disputed", count=claims.disputes, until=claims.due_at),
        Concern(kind="suspected", count=claims.suspected),
        Concern(kind="paid_again", count=claims.paid_again),
        Concern(kind="refund_failed", count=failed),
        Concern(kind="refund_stuck", count=stuck),
        *(Concern(kind=f"inbox_{state}", count=queue.inbox.get(state, 0)) for state in ("failed", "parked")),
        *(Concern(kind=kind, count=count) for kind, count in reconciliation_desk.concerns(session, now=now).items()),
        Concern(kind="allocation_waiting", count=waiting[0], since=waiting[1]),
    ]
    return [concern for concern in found if concern.count]


def _refunds_in_trouble(session: Session, campaign_id: int, *, late: datetime) -> tuple[int, int]:
    """(failed and not asked for again, asked for long ago and still not with the provider)."""
    again = aliased(Refund)
    answered = (
        select(again.id)
        .where(again.donation_id == Refund.donation_id, again.id > Refund.id, again.state.in_(UNDER_WAY))
        .exists()
    )
    row = session.execute(
        select(
            func.count().filter(Refund.state == "failed", ~answered),
            func.count().filter(Refund.state == "requested", Refund.requested_at < late),
        )
        .select_from(Refund)
        .join(Donation, Donation.id == Refund.donation_id)
        .where(Donation.campaign_id == campaign_id, Refund.state.in_(("failed", "requested")))
    ).one()
    return int(row[0]), int(row[1])


def _figures(
    session: Session, campaign_id: int, *, rows: Sequence[FundRow], flows: Sequence[FundFlow]
) -> list[CurrencyFigures]:
    counts = {code: (gifts, donors) for code, gifts, donors in session.execute(_counts(campaign_id))}
    medians = _medians(session, campaign_id)
    collecting = {row.id for row in rows if row.kind in COLLECTING}
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for flow in flows:
        into, gone_back = sums[flow.currency], flow.refunded_minor + flow.charged_back_minor
        into["raised"] += flow.contributed_minor + flow.fees_covered_minor - gone_back
        into["refunded"] += gone_back
        into["fees"] += flow.fees_minor
        into["spent"] += flow.spent_minor
        if flow.fund_id in collecting:
            into["unallocated"] += flow.balance_minor
        else:
            into["allocated"] += flow.transferred_in_minor - flow.transferred_out_minor
    return [
        CurrencyFigures(
            currency=code,
            raised_minor=found["raised"],
            fees_minor=found["fees"],
            refunded_minor=found["refunded"],
            allocated_minor=found["allocated"],
            spent_minor=found["spent"],
            unallocated_minor=found["unallocated"],
            gifts=counts.get(code, (0, 0))[0],
            donors=counts.get(code, (0, 0))[1],
            median_minor=medians.get(code, 0),
        )
        for code, found in sorted(sums.items())
    ]


def _counts(campaign_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Donation.currency, func.count(), func.count(func.distinct(Donation.donor_id)))
        .where(Donation.campaign_id == campaign_id, Donation.state == "paid")
        .group_by(Donation.currency)
    )


def _medians(session: Session, campaign_id: int) -> dict[str, int]:
    """The middle charge in each currency: of an even number, the lower one."""
    ranked = (
        select(
            Donation.currency,
            CHARGE.label("minor"),
            func.row_number().over(partition_by=Donation.currency, order_by=CHARGE).label("place"),
            func.count().over(partition_by=Donation.currency).label("gifts"),
        )
        .where(Donation.campaign_id == campaign_id, Donation.state == "paid")
        .subquery()
    )
    middle = select(ranked.c.currency, ranked.c.minor).where(ranked.c.place == (ranked.c.gifts + 1) // 2)
    return {code: int(minor) for code, minor in session.execute(middle)}


def _days(session: Session, campaign_id: int, currency: str, *, today: date) -> list[DayFigures]:
    first = today - timedelta(days=CHART_DAYS - 1)
    start = datetime.combine(first, time(), tzinfo=UTC)
    paid = and_(Donation.campaign_id == campaign_id, Donation.state == "paid", Donation.currency == currency)
    before = session.execute(
        select(func.coalesce(func.sum(CHARGE), 0)).where(paid, Donation.paid_at < start)
    ).scalar_one()
    day = _utc_day(session)
    found = session.execute(select(day, func.sum(CHARGE)).where(paid, Donation.paid_at >= start).group_by(day))
    per_day = {date.fromisoformat(str(on)): int(minor) for on, minor in found}
    total, days = int(before), []
    for number in range(CHART_DAYS):
        on = first + timedelta(days=number)
        total += per_day.get(on, 0)
        days.append(DayFigures(day=on, minor=per_day.get(on, 0), total_minor=total))
    return days


def _utc_day(session: Session) -> ColumnElement[object]:
    """The UTC day of payment; PostgreSQL would else take the server's own time zone."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.timezone("UTC", Donation.paid_at), Date)
    return func.date(Donation.paid_at)


def _targets(rows: Sequence[FundRow], flows: Sequence[FundFlow]) -> list[TargetFigures]:
    home = {row.id: row.target_id or row.id for row in rows}
    allocated: dict[int, int] = defaultdict(int)
    spent: dict[int, int] = defaultdict(int)
    for flow in flows:
        allocated[home[flow.fund_id]] += flow.transferred_in_minor - flow.transferred_out_minor
        spent[home[flow.fund_id]] += flow.spent_minor
    return [
        TargetFigures(
            code=row.code,
            title=row.title,
            kind=row.kind,
            goal_minor=row.goal_minor,
            allocated_minor=allocated[row.id],
            spent_minor=spent[row.id],
        )
        for row in rows
        if row.kind in {"event", "grant", "line"}
    ]
