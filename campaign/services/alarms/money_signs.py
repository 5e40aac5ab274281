"""The signs about money: disputes to answer, failed refunds, returned payouts, funds below zero, unexplained movements.

One query reads them all; staff pages list what is more than the alarms name.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session, aliased

from campaign.days import local_day
from campaign.domain.disputes import UNDECIDED
from campaign.domain.donation import DonationState, RefundState
from campaign.domain.payouts import PayoutState
from campaign.domain.refunding import UNDER_WAY_STATES
from campaign.models.donation import Dispute, Donation, Refund
from campaign.models.payout import Payout, ProviderTransaction
from campaign.models.pledge import PledgeRequest
from campaign.services.alarms.rules import MAX_CASES
from campaign.services.alarms.sign_types import Backlog, MoneyCase, MoneySigns
from campaign.services.gifts.disputes_and_warnings import TO_ANSWER
from campaign.services.gifts.refunds import REFUNDS
from campaign.services.ledger import availability
from campaign.services.pledges.requests import REQUESTS
from campaign.services.queues.work_queue import WorkQueue

UNEXPLAINED_AFTER = timedelta(hours=2)
"""The hourly comparison explains what is ours; what is left then is for a person."""
REFUND_FAILED_LATELY = timedelta(days=60)
"""A refund may fail weeks after it was asked for; later than this nobody is reminded of it."""
PAYOUT_FAILED_LATELY = timedelta(days=14)


_NO_MOMENT = cast(null(), Dispute.opened_at.type)


def read_money_signs(session: Session, *, at: datetime) -> MoneySigns:
    """Read all signs about money at a moment, in one query."""
    cases: dict[str, list[MoneyCase]] = {"dispute": [], "refund": [], "payout": [], "fund": []}
    backlogs: dict[str, Backlog] = {}
    for row in session.execute(_all_cases(at)):
        if row.kind in cases:
            cases[row.kind].append(_case(row))
        else:
            backlogs[row.kind] = Backlog(count=int(row.minor), oldest_at=row.since)
    return MoneySigns(
        disputes=tuple(cases["dispute"]),
        failed_refunds=tuple(cases["refund"]),
        returned_payouts=tuple(cases["payout"]),
        funds_below_zero=tuple(cases["fund"]),
        **backlogs,
    )


def _case(row: Row[Any]) -> MoneyCase:
    amount = {"minor": int(row.minor), "currency": row.currency}
    match row.kind:
        case "dispute":
            due = {"at": row.due.isoformat()} if row.due else "-"
            return MoneyCase(name=row.name, since=row.since, facts={"amount": amount, "gift": row.about, "due": due})
        case "refund":
            return MoneyCase(name=row.name, since=row.since, facts={"amount": amount, "gift": row.about})
        case "payout":
            return MoneyCase(name=row.name, since=None, facts={"amount": amount, "reason": row.about or "-"})
        case _:
            return MoneyCase(name=f"{row.name}:{row.currency}", since=None, facts={"amount": amount, "fund": row.name})


def _all_cases(at: datetime) -> CompoundSelect[Any]:
    each = (_disputes(), _failed_refunds(at), _returned_payouts(at), _funds_below_zero())
    limited = (select(query.limit(MAX_CASES).subquery()) for query in each)
    counted = (
        _unexplained(at),
        _exhausted("refunds_not_sent", Refund, REFUNDS),
        _exhausted("requests_not_sent", PledgeRequest, REQUESTS),
    )
    return union_all(*limited, *(select(query.subquery()) for query in counted))


def _row(kind: str, *columns: Any, since: Any = _NO_MOMENT, due: Any = _NO_MOMENT) -> list[ColumnElement[Any]]:
    """Return one shape for all of them; the columns are name, about, currency and minor."""
    labels = ("kind", "name", "about", "currency", "minor", "since", "due")
    values = (literal(kind), *columns, since, due)
    return [value.label(label) for label, value in zip(labels, values, strict=True)]


def _disputes() -> Select[Any]:
    """Return the disputes that wait for our answer."""
    columns = (Dispute.provider_id, Donation.public_id, Dispute.currency, Dispute.amount_minor)
    return (
        select(*_row("dispute", *columns, since=Dispute.opened_at, due=Dispute.due_at))
        .join(Donation, Donation.id == Dispute.donation_id)
        .where(Dispute.state.in_(UNDECIDED), Dispute.status.in_(TO_ANSWER))
        .order_by(Dispute.id)
    )


def _failed_refunds(at: datetime) -> Select[Any]:
    """Return the failed refunds that nobody has requested again."""
    again = aliased(Refund)
    is_requested_again = (
        select(again.id)
        .where(again.donation_id == Refund.donation_id, again.id > Refund.id, again.state.in_(UNDER_WAY_STATES))
        .exists()
    )
    columns = (Refund.public_id, Donation.public_id, Refund.currency, Refund.amount_minor)
    return (
        select(*_row("refund", *columns, since=Refund.requested_at))
        .join(Donation, Donation.id == Refund.donation_id)
        .where(Refund.state == RefundState.FAILED, Refund.requested_at > at - REFUND_FAILED_LATELY, ~is_requested_again)
        .order_by(Refund.id)
    )


def _returned_payouts(at: datetime) -> Select[Any]:
    """Return the returned payouts after which none in the same currency has arrived."""
    later = aliased(Payout)
    arrived = (
        select(later.id)
        .where(later.currency == Payout.currency, later.state == PayoutState.ARRIVED, later.made_at > Payout.made_at)
        .exists()
    )
    since = local_day(at - PAYOUT_FAILED_LATELY)
    return (
        select(*_row("payout", Payout.provider_id, Payout.failure, Payout.currency, Payout.amount_minor))
        .where(
            Payout.state == PayoutState.FAILED, func.coalesce(Payout.failed_on, Payout.arrives_on) >= since, ~arrived
        )
        .order_by(Payout.id)
    )


def _funds_below_zero() -> Select[Any]:
    below = availability.funds_below_zero().limit(MAX_CASES).subquery()
    return select(*_row("fund", below.c.code, literal(""), below.c.currency, below.c.balance_minor))


def _unexplained(at: datetime) -> Select[Any]:
    """Return the number of unexplained movements and the oldest one, without debits that wait for their bank."""
    is_under_way = (
        select(Donation.id)
        .where(Donation.payment_id == ProviderTransaction.payment_id, Donation.state == DonationState.PROCESSING)
        .correlate(ProviderTransaction)
        .exists()
    )
    oldest = func.min(ProviderTransaction.made_at)
    return select(*_row("unexplained", literal(""), literal(""), literal(""), func.count(), since=oldest)).where(
        ProviderTransaction.matched_by.is_(None),
        ProviderTransaction.made_at < at - UNEXPLAINED_AFTER,
        ~is_under_way,
    )


def _exhausted(name: str, table: type[PledgeRequest | Refund], queue: WorkQueue[Any]) -> Select[Any]:
    """How many rows of a queue the provider has not answered, however often it was asked."""
    oldest = func.min(table.requested_at)
    return select(*_row(name, literal(""), literal(""), literal(""), func.count(), since=oldest)).where(
        queue.is_exhausted
    )
