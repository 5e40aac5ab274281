"""Monthly gifts as the desk looks at them: a list by state, one with its months and its history, what they bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.donation import DonationState, name_on_receipt
from campaign.domain.errors import NotFound
from campaign.domain.money import Money
from campaign.domain.pledge import Act, PledgeRequestState, PledgeState, refusal
from campaign.domain.timeline import TimelineEntry
from campaign.gateways.clock import Clock
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.fund import Fund
from campaign.models.pledge import Pledge, PledgeEvent, PledgeRequest
from campaign.models.staff import Staff
from campaign.services import audit, search_index
from campaign.services.pledges.last_days import last_day_of
from campaign.services.pledges.months import MonthlyPayment, months_of

PAGE_ROWS = 50
LIVE = (PledgeState.ACTIVE, PledgeState.PAUSED, PledgeState.PAST_DUE)
"""States in which a monthly gift still counts on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeRow:
    """A monthly gift as the list shows it."""

    public_id: str
    state: str
    name: str | None
    name_on_receipt: str | None
    email: str | None
    language: str
    charge: Money
    fund_title: dict[str, str]
    started_at: datetime
    next_at: datetime | None
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRequest:
    """What was asked and is not done at the provider yet."""

    act: str
    requested_by: str
    requested_at: datetime
    attempts: int
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeDetails:
    """A monthly gift, whole."""

    row: PledgeRow
    gift: Money
    cover: Money
    card: str
    status: str
    subscription_id: str
    paused_until: datetime | None
    stops_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    campaign_ends_on: date | None  # where it goes on until then
    due_reason: str | None
    due_next_at: datetime | None
    livemode: bool
    may_stop: bool
    given: Sequence[MonthlyPayment]
    waiting: Sequence[WaitingRequest]
    timeline: Sequence[TimelineEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyValue:
    """What live monthly gifts in one currency bring each month; currencies are never added."""

    charge: Money
    pledges: int
    unpaid: int


def pledges(
    campaign_id: int, *, state: str = "", text: str = "", before: str = "", sees_donors: bool = False
) -> tuple[list[PledgeRow], bool]:
    """A page of the list, newest first, and whether there are older ones; `before` is the last row of the page before.

    `text` is looked for in its months' names, addresses and numbers. Without `sees_donors` a row has only the name that
    its donor made public, and is found by it.
    """
    query = _rows().where(Pledge.campaign_id == campaign_id).order_by(Pledge.id.desc()).limit(PAGE_ROWS + 1)
    if state:
        query = query.where(Pledge.state == state)
    if text:
        months = select(Donation.pledge_id).where(
            Donation.campaign_id == campaign_id, search_index.about(text, sees_donors=sees_donors)
        )
        query = query.where(Pledge.id.in_(months.where(Donation.pledge_id.is_not(None))))
    if before:
        last = select(Pledge.id).where(Pledge.public_id == before).scalar_subquery()
        query = query.where(Pledge.id < last)
    with reading() as session:
        rows = [_row(*row, sees_donors=sees_donors) for row in session.execute(query)]
    return rows[:PAGE_ROWS], len(rows) > PAGE_ROWS


def monthly_values(campaign_id: int) -> list[MonthlyValue]:
    """What the live monthly gifts bring each month, per currency."""
    with reading() as session:
        return monthly_values_in(session, campaign_id)


def monthly_values_in(session: Session, campaign_id: int) -> list[MonthlyValue]:
    """Return the same within the caller's transaction."""
    unpaid = func.count().filter(Pledge.state == PledgeState.PAST_DUE.value)
    query = (
        select(Pledge.currency, func.sum(Pledge.gift_minor + Pledge.cover_minor), func.count(), unpaid)
        .where(Pledge.campaign_id == campaign_id, Pledge.state.in_([state.value for state in LIVE]))
        .group_by(Pledge.currency)
        .order_by(Pledge.currency)
    )
    return [
        MonthlyValue(charge=Money(int(minor), code), pledges=count, unpaid=late)
        for code, minor, count, late in session.execute(query)
    ]


def pledge_details(campaign_id: int, public_id: str, *, sees_donors: bool = False) -> PledgeDetails:
    """One monthly gift with its months, what waits, and what happened; NotFound. Who gives only with `sees_donors`."""
    with reading() as session:
        columns = session.execute(
            _rows().where(Pledge.campaign_id == campaign_id, Pledge.public_id == public_id)
        ).one_or_none()
        if columns is None:
            raise NotFound(f"pledge:{public_id}")
        pledge: Pledge = columns[0]
        ends_on = last_day_of(session, pledge)
        return PledgeDetails(
            row=_row(*columns, sees_donors=sees_donors),
            gift=Money(pledge.gift_minor, pledge.currency),
            cover=Money(pledge.cover_minor, pledge.currency),
            card=f"{pledge.card_brand} •••• {pledge.card_last4}" if pledge.card_last4 else "",
            status=pledge.status,
            subscription_id=pledge.subscription_id,
            paused_until=pledge.paused_until,
            stops_at=pledge.stops_at,
            ended_at=pledge.ended_at,
            end_reason=pledge.end_reason,
            campaign_ends_on=ends_on if pledge.ends_with_campaign else None,
            due_reason=pledge.due_reason,
            due_next_at=pledge.due_next_at,
            livemode=pledge.livemode,
            may_stop=refusal(PledgeState(pledge.state), Act.STOP) is None,
            given=months_of(session, pledge.id),
            waiting=_waiting(session, pledge.id),
            timeline=_timeline(session, pledge, sees_donors=sees_donors),
        )


def withdraw_links(campaign_id: int, public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Make every link to the donor's page worthless that was sent so far; the next mail carries a new one. NotFound."""
    at = clock.now()
    with transaction() as session:
        changed = session.execute(
            update(Pledge)
            .where(Pledge.campaign_id == campaign_id, Pledge.public_id == public_id)
            .values(link_version=Pledge.link_version + 1)
            .returning(Pledge.id)
        ).one_or_none()
        if changed is None:
            raise NotFound(f"pledge:{public_id}")
        session.add(PledgeEvent(pledge_id=changed[0], at=at, kind="links_withdrawn", detail={}, actor_id=actor_id))
        subject = f"pledge:{public_id}"
        audit.record(session, actor_id=actor_id, action="pledge:withdraw_links", subject=subject, detail={}, at=at)


def _rows() -> Select[*tuple[Any, ...]]:
    months = (
        select(func.count())
        .where(Donation.pledge_id == Pledge.id, Donation.state == DonationState.PAID)
        .correlate(Pledge)
        .scalar_subquery()
    )
    return (
        select(Pledge, Donor.email, Fund.title, months)
        .join(Fund, Fund.id == Pledge.fund_id)
        .outerjoin(Donor, Donor.id == Pledge.donor_id)
    )


def _row(pledge: Pledge, email: str | None, title: dict[str, str], months: int, *, sees_donors: bool) -> PledgeRow:
    public_name = None if pledge.is_anonymous else pledge.public_name
    return PledgeRow(
        public_id=pledge.public_id,
        state=pledge.state,
        name=(pledge.payer_name or pledge.receipt_name) if sees_donors else public_name,
        name_on_receipt=name_on_receipt(pledge.receipt_name, pledge.payer_name) if sees_donors else None,
        email=email if sees_donors else None,
        language=pledge.language,
        charge=Money(pledge.gift_minor + pledge.cover_minor, pledge.currency),
        fund_title=title,
        started_at=pledge.started_at,
        next_at=pledge.next_at,
        months=months,
    )


def _waiting(session: Session, pledge_id: int) -> list[WaitingRequest]:
    rows = session.execute(
        select(PledgeRequest)
        .where(PledgeRequest.pledge_id == pledge_id, PledgeRequest.state == PledgeRequestState.REQUESTED)
        .order_by(PledgeRequest.id)
    ).scalars()
    return [
        WaitingRequest(
            act=row.act,
            requested_by=row.requested_by,
            requested_at=row.requested_at,
            attempts=row.attempts,
            error=row.error,
        )
        for row in rows
    ]


def _timeline(session: Session, pledge: Pledge, *, sees_donors: bool) -> list[TimelineEntry]:
    rows = session.execute(
        select(PledgeEvent, Staff.name)
        .outerjoin(Staff, Staff.id == PledgeEvent.actor_id)
        .where(PledgeEvent.pledge_id == pledge.id)
        .order_by(PledgeEvent.id)
    )
    return [
        TimelineEntry(
            at=row.at, kind=row.kind, note=_note(row.detail, sees_donors), who=name, amount=_amount(row, pledge)
        )
        for row, name in rows
    ]


def _note(detail: dict[str, object], sees_donors: bool) -> str:
    """What the history adds in a word: a reason, a mail, a card, an error; staff's own words may name the donor."""
    names = ("mail", "reason", "last4", "error", *(("why",) if sees_donors else ()))
    return " · ".join(str(detail[name]) for name in names if detail.get(name))


def _amount(row: PledgeEvent, pledge: Pledge) -> Money | None:
    minor = row.detail.get("minor")
    return Money(minor, pledge.currency) if isinstance(minor, int) else None
