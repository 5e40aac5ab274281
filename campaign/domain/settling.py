"""The central rule: what a payment, as the provider reports it, makes of a gift. Pure: values in, a value out.

The facts may come any number of times and in any order: payment only goes forward, refunds and disputes are sets keyed
by the provider's ids, totals are computed anew, and every journal entry has a unique source.
"""

from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any

from campaign.domain import postings
from campaign.domain.calendar import local_day
from campaign.domain.donation import DonationState, next_state
from campaign.domain.errors import DomainError
from campaign.domain.fraud_hold import FraudHold, hold_of
from campaign.domain.gift import GiftSnapshot, HistoryLine
from campaign.domain.journal import Entry
from campaign.domain.payment import DisputeFacts, PaymentFacts, RefundFacts
from campaign.domain.settling_disputes import (
    DisputeChange,
    KnownDispute,
    KnownWarning,
    WarningChange,
    settle_disputes,
    settle_warnings,
    suspicion_of,
)
from campaign.domain.settling_refunds import KnownRefund, RefundChange, settle_refunds


class PaymentMismatch(DomainError):
    """The provider's payment is not the gift that we wrote down: another amount, currency, gift or mode."""


class DelayMail(StrEnum):
    """The mail about a payment that takes days; the value is the folder of its templates."""

    PROCESSING = "processing"  # the money is under way
    TRANSFER_DUE = "transfer_due"  # it is under way once the donor has sent it
    FAILED = "payment_failed"  # it did not come


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownObjects:
    """The refunds, disputes and fraud warnings that our rows hold of one gift."""

    refunds: tuple[KnownRefund, ...] = ()
    disputes: tuple[KnownDispute, ...] = ()
    warnings: tuple[KnownWarning, ...] = ()


NOTHING_KNOWN = KnownObjects()
_COLUMNS = tuple(column.name for column in fields(GiftSnapshot))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a payment makes of a gift: the gift afterwards, and all that must be written, in the order to write it."""

    before: GiftSnapshot
    gift: GiftSnapshot
    history: tuple[HistoryLine, ...]
    entries: tuple[Entry, ...]
    refunds: tuple[RefundChange, ...]
    disputes: tuple[DisputeChange, ...]
    warnings: tuple[WarningChange, ...]
    delay_mail: DelayMail | None

    @property
    def is_change(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.history) or self.gift != self.before

    @property
    def is_paid_now(self) -> bool:
        """Whether it was these facts that made the gift a paid one."""
        return self.gift.is_paid and not self.before.is_paid

    @property
    def is_converted_now(self) -> bool:
        """Whether the conversion into another currency became known: a receipt that waited for it can be printed."""
        is_settled_now = self.gift.settlement_id != self.before.settlement_id
        return is_settled_now and self.gift.settled_currency != self.gift.currency

    def changed_columns(self) -> dict[str, object]:
        """Return the columns of the gift that differ from before, with their new values."""
        before, after = self.before, self.gift
        return {name: value for name in _COLUMNS if (value := getattr(after, name)) != getattr(before, name)}


@dataclass(frozen=True, slots=True)
class _Step:
    """What one step of the rule changes of a gift, by the name of the field, with its history and entries."""

    changes: dict[str, Any] = field(default_factory=dict)
    history: tuple[HistoryLine, ...] = ()
    entries: tuple[Entry, ...] = ()


def settle(
    gift: GiftSnapshot, facts: PaymentFacts, known: KnownObjects = NOTHING_KNOWN, *, at: datetime, zone: tzinfo
) -> Settled:
    """Work out what the provider's facts make of a gift.

    Args:
        gift: The gift as its row stands.
        facts: All that the provider reports of its payment.
        known: The refunds, disputes and fraud warnings of the gift in our rows.
        at: The moment of settling; it stands in where the provider gives no moment.
        zone: The organisation's time zone, whose days the books carry.

    Raises:
        PaymentMismatch: The facts are about another gift, or another amount, currency or mode.
    """
    refuse_mismatch(gift, facts)
    payment = _settle_payment(gift, facts, at=at, zone=zone)
    balance = _settle_balance(gift, facts, paid_on=payment.changes.get("paid_on", gift.paid_on), zone=zone)
    changes = payment.changes | balance.changes | _name_payer(gift, payment, facts)
    arrived = replace(gift, **changes) if changes else gift
    reported = facts if arrived.is_paid else replace(facts, refunds=(), disputes=(), warnings=())
    refunds = settle_refunds(arrived, reported.refunds, known.refunds, at=at, zone=zone)
    disputes = settle_disputes(arrived, reported.disputes, known.disputes, at=at, zone=zone)
    warnings = settle_warnings(reported.warnings, known.warnings)
    after = _with_returns(arrived, refunds.refunded_minor, disputes.charged_back_minor)
    if facts.is_paid and (facts.warnings or after.fraud_hold is not FraudHold.NONE):  # older facts know of no claims
        suspicion = suspicion_of(reported, known.warnings, disputes, left=after.remaining)
        after = replace(after, fraud_hold=hold_of(suspicion))
    later: tuple[RefundChange | DisputeChange | WarningChange, ...] = (*refunds.changes, *disputes.changes, *warnings)
    return Settled(
        before=gift,
        gift=after,
        history=(
            *payment.history,
            *balance.history,
            *(change.history_line() for change in later),
            *_hold_history(gift, after),
        ),
        entries=(*payment.entries, *balance.entries, *refunds.entries, *disputes.entries),
        refunds=refunds.changes,
        disputes=disputes.changes,
        warnings=warnings,
        delay_mail=_delay_mail(gift, after, facts),
    )


def _with_returns(gift: GiftSnapshot, refunded_minor: int, charged_back_minor: int) -> GiftSnapshot:
    if (refunded_minor, charged_back_minor) == (gift.refunded_minor, gift.charged_back_minor):
        return gift  # of nearly every gift: a copy of all fields would be a tenth of this rule's time
    return replace(gift, refunded_minor=refunded_minor, charged_back_minor=charged_back_minor)


def _hold_history(before: GiftSnapshot, gift: GiftSnapshot) -> tuple[HistoryLine, ...]:
    return () if gift.is_on_hold == before.is_on_hold else (HistoryLine("held" if gift.is_on_hold else "released", {}),)


def refuse_mismatch(gift: GiftSnapshot, facts: PaymentFacts) -> None:
    """Refuse facts that are not about this gift.

    Raises:
        PaymentMismatch: The message says what differs.
    """
    if facts.livemode != gift.livemode:
        raise PaymentMismatch("one is test money, the other real money")
    is_same = facts.donation_public_id == gift.public_id if facts.checkout_id else facts.invoice_id == gift.invoice_id
    # A second payment carries the first one's name; it is known by its page.
    if not is_same and gift.paid_again_for_id is None:
        raise PaymentMismatch("the payment belongs to another gift")
    if facts.amount != gift.charge:
        raise PaymentMismatch(f"{facts.amount.minor} {facts.amount.currency}, not {gift.charge.minor} {gift.currency}")
    later_facts: tuple[RefundFacts | DisputeFacts, ...] = (*facts.refunds, *facts.disputes)
    for later in later_facts:
        if later.amount.currency != gift.currency:
            raise PaymentMismatch(f"{later.provider_id} is in {later.amount.currency}, the gift in {gift.currency}")
    if gift.charge_id and facts.charge_id and gift.charge_id != facts.charge_id:
        raise PaymentMismatch("a page that was paid has another payment now")


def _settle_payment(gift: GiftSnapshot, facts: PaymentFacts, *, at: datetime, zone: tzinfo) -> _Step:
    """Move the gift to the state that the payment has reached; a payment that arrived is booked."""
    state = next_state(gift.state, facts.fact)
    if state is gift.state:
        return _Step()
    moved = {
        "state": state,
        "checkout_id": facts.checkout_id,
        "payment_id": facts.payment_id,
        "invoice_id": facts.invoice_id or gift.invoice_id,
    }
    detail: dict[str, object] = {"from": gift.state.value}
    if facts.payment_id:
        detail["payment"] = facts.payment_id
    if facts.transfer:
        detail["transfer"] = facts.transfer.as_stored()
    history = (HistoryLine(state.value, detail),)
    if state is not DonationState.PAID:
        return _Step(moved, history)
    paid_at = facts.paid_at or at
    paid_on = local_day(paid_at, zone)
    paid = {
        "charge_id": facts.charge_id,
        "paid_at": paid_at,
        "paid_on": paid_on,
        "method": facts.method,
        "method_brand": facts.method_brand,
        "method_last4": facts.method_last4,
    }
    entry = postings.gift_paid(
        charge_id=facts.charge_id or facts.checkout_id or gift.public_id,
        subject=gift.subject,
        gift=gift.gift,
        cover=gift.cover,
        fund_id=gift.fund_id,
        on=paid_on,
    )
    return _Step(moved | paid, history, (entry,))


def _name_payer(gift: GiftSnapshot, payment: _Step, facts: PaymentFacts) -> dict[str, Any]:
    """Take the name from the payment page: the payment brings it, and later facts only fill an empty one."""
    is_used = payment.changes.get("state") is DonationState.PAID or gift.payer_name is None
    return {"payer_name": facts.name} if facts.name and is_used else {}


def _settle_balance(gift: GiftSnapshot, facts: PaymentFacts, *, paid_on: date | None, zone: tzinfo) -> _Step:
    """Book what came into the balance, less the fee, once it is known: with the payment or much later."""
    settled = facts.settled
    if settled is None or facts.settled_on is None or gift.settlement_id or not facts.is_paid:
        return _Step()
    day = local_day(facts.settled_on, zone)
    entry = postings.gift_settled(
        subject=gift.subject,
        charged=gift.charge,
        settled=settled,
        fund_id=gift.fund_id,
        fee_fund_id=gift.fee_fund_id,
        on=max(day, paid_on or day),  # a debit is put on the balance before it succeeds
    )
    arrived = {
        "settled_at": facts.settled_on,
        "settlement_id": settled.transaction_id,
        "settled_currency": settled.gross.currency,
        "settled_minor": settled.gross.minor,
        "fee_minor": settled.fee.minor,
        "rate": facts.rate,
    }
    line = HistoryLine("settled", {"fee_minor": settled.fee.minor, "currency": settled.fee.currency})
    return _Step(arrived, (line,), (entry,))


def _delay_mail(before: GiftSnapshot, gift: GiftSnapshot, facts: PaymentFacts) -> DelayMail | None:
    """Return the mail that a new state brings, where the payment takes days."""
    if gift.state is before.state:
        return None
    if gift.state is DonationState.PROCESSING:
        return DelayMail.TRANSFER_DUE if facts.transfer else DelayMail.PROCESSING
    return DelayMail.FAILED if gift.state is DonationState.FAILED else None
