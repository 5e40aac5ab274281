"""Disbursement: what was really paid for an event, a grant or a budget line, with its evidence, goes into the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.allocation import SPENDING_KINDS, NotEnoughFunds
from campaign.domain.errors import DomainError, FormReused, NotFound
from campaign.domain.fund import FundKind
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.domain.postings import disbursed
from campaign.gateways.clock import Clock
from campaign.models.allocation import Disbursement
from campaign.models.campaign import Campaign
from campaign.models.fund import Fund
from campaign.models.staff import Staff
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.ledger import availability, posting

PAGE_ROWS = 50
MAX_PAID_BEFORE_START = timedelta(days=366)
"""What was paid while a campaign was prepared; a date before that is a slip of the hand."""


class EvidenceMissing(DomainError):
    """A payment names who was paid and the paper that shows it."""


class PaidInTheFuture(DomainError):
    """The day of a payment has not come yet."""


class PaidTooEarly(DomainError):
    """The day of a payment is more than a year before its campaign began."""


class NothingPaid(DomainError):
    """The amount is not more than nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDisbursement:
    """What was paid, to whom, when, and by which paper it is shown."""

    campaign_id: int
    fund: str  # public id of an event's, grant's or line's fund, or of a restricted child of one
    amount: Money
    paid_on: date
    payee: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPreview:
    """The fund that pays, with its balance before and after."""

    payment: NewDisbursement
    fund_id: int
    fund_code: str
    fund_title: dict[str, str]
    is_grant: bool
    before: Money
    disputed: Money
    """What open disputes hold of the fund's money."""

    @property
    def after(self) -> Money:
        return self.before - self.payment.amount

    @property
    def is_too_much(self) -> bool:
        """The fund does not hold as much, disputed money left out; the database would refuse it."""
        return self.after.minor < self.disputed.minor


@dataclass(frozen=True, slots=True, kw_only=True)
class DisbursementRow:
    """A payment as the desk lists it."""

    id: int
    public_id: str
    fund_code: str
    fund_title: dict[str, str]
    amount: Money
    paid_on: date
    payee: str
    evidence: str
    recorded_by: str
    recorded_at: datetime


def preview_payment(session: Session, payment: NewDisbursement, *, today: date) -> PaymentPreview:
    """What the payment would do to its fund now.

    Raises NothingPaid, PaidInTheFuture, PaidTooEarly, EvidenceMissing, and NotFound for a fund that is not one of spending.
    """
    if payment.amount.minor <= 0:
        raise NothingPaid
    if payment.paid_on > today:
        raise PaidInTheFuture
    began = session.execute(select(Campaign.starts_on).where(Campaign.id == payment.campaign_id)).scalar_one()
    if payment.paid_on < began - MAX_PAID_BEFORE_START:
        raise PaidTooEarly
    if not payment.payee.strip() or not payment.evidence.strip():
        raise EvidenceMissing
    fund = _fund(session, payment)
    holding = availability.holding_of(session, fund.id, payment.amount.currency)
    return PaymentPreview(
        payment=payment,
        fund_id=fund.id,
        fund_code=fund.code,
        fund_title=fund.title,
        is_grant=_is_grant(session, fund),
        before=holding.balance,
        disputed=holding.disputed,
    )


def record_disbursement(payment: NewDisbursement, *, public_id: str, actor_id: int, clock: Clock) -> str:
    """Write a payment into the books; sent twice with the same `public_id` (made with the form) it is one payment.

    Raises what `preview_payment` raises, NotEnoughFunds, and FormReused when the payment of this name is another.
    """
    at = clock.now()
    with transaction() as session:
        posting.lock_funds(session, [_fund(session, payment).id])
        preview = preview_payment(session, payment, today=local_day(clock.now()))
        if _is_known(session, preview, public_id):
            return public_id
        if preview.is_too_much:
            raise NotEnoughFunds
        session.add(_row(preview, public_id, actor_id=actor_id, at=at))
        entry = disbursed(
            public_id=public_id,
            cost=Account.GRANTS if preview.is_grant else Account.PROGRAMME,
            amount=payment.amount,
            fund_id=preview.fund_id,
            on=payment.paid_on,
        )
        posting.post(session, entry, campaign_id=payment.campaign_id, at=at, actor_id=actor_id)
        count_public_change(session, payment.campaign_id)
        audit.record(
            session,
            actor_id=actor_id,
            action="disbursement:record",
            subject=f"disbursement:{public_id}",
            at=at,
            detail={
                "fund": preview.fund_code,
                "amount_minor": payment.amount.minor,
                "currency": payment.amount.currency,
                "paid_on": payment.paid_on.isoformat(),
            },
        )
    return public_id


def _row(preview: PaymentPreview, public_id: str, *, actor_id: int, at: datetime) -> Disbursement:
    payment = preview.payment
    return Disbursement(
        public_id=public_id,
        campaign_id=payment.campaign_id,
        fund_id=preview.fund_id,
        currency=payment.amount.currency,
        amount_minor=payment.amount.minor,
        paid_on=payment.paid_on,
        payee=payment.payee.strip(),
        evidence=payment.evidence.strip(),
        recorded_by=actor_id,
        recorded_at=at,
    )


def disbursements(
    campaign_id: int, *, fund_id: int | None = None, before_id: int | None = None, limit: int = PAGE_ROWS
) -> Sequence[DisbursementRow]:
    """The payments of a campaign, or of one fund, newest first; `before_id` is the last row seen."""
    query = (
        select(Disbursement, Fund.code, Fund.title, Staff.name)
        .join(Fund, Fund.id == Disbursement.fund_id)
        .join(Staff, Staff.id == Disbursement.recorded_by)
        .where(Disbursement.campaign_id == campaign_id)
        .order_by(Disbursement.id.desc())
        .limit(limit)
    )
    if fund_id is not None:
        query = query.where(Disbursement.fund_id == fund_id)
    if before_id is not None:
        query = query.where(Disbursement.id < before_id)
    with reading() as session:
        return [
            DisbursementRow(
                id=row.id,
                public_id=row.public_id,
                fund_code=code,
                fund_title=title,
                amount=Money(row.amount_minor, row.currency),
                paid_on=row.paid_on,
                payee=row.payee,
                evidence=row.evidence,
                recorded_by=name,
                recorded_at=row.recorded_at,
            )
            for row, code, title, name in session.execute(query)
        ]


def _fund(session: Session, payment: NewDisbursement) -> Fund:
    query = select(Fund).where(
        Fund.campaign_id == payment.campaign_id, Fund.public_id == payment.fund, Fund.kind.in_(SPENDING_KINDS)
    )
    fund = session.execute(query).scalar_one_or_none()
    if fund is None:
        raise NotFound(f"fund:{payment.fund}")
    return fund


def _is_grant(session: Session, fund: Fund) -> bool:
    if fund.kind != FundKind.RESTRICTED:
        return fund.kind == FundKind.GRANT
    return session.execute(select(Fund.kind).where(Fund.id == fund.target_id)).scalar_one() == "grant"


def _is_known(session: Session, preview: PaymentPreview, public_id: str) -> bool:
    """Whether this very payment was recorded by this form before."""
    row, payment = (
        session.execute(select(Disbursement).where(Disbursement.public_id == public_id)).scalar(),
        preview.payment,
    )
    if row is None:
        return False
    same = (preview.fund_id, payment.amount, payment.paid_on, payment.payee.strip(), payment.evidence.strip())
    if (row.fund_id, Money(row.amount_minor, row.currency), row.paid_on, row.payee, row.evidence) != same:
        raise FormReused(public_id)
    return True
