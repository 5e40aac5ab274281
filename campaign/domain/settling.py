"""The central rule: what a payment, as the provider reports it, makes of a gift. Pure: values in, a value out.

The facts may come any number of times and in any order: payment only goes forward, refunds and disputes are sets keyed
by the provider's ids, totals are computed anew, and every journal entry has a unique source.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime, tzinfo
from enum import StrEnum

from campaign.domain import postings
from campaign.domain.calendar import local_day
from campaign.domain.donation import DonationState, next_state
from campaign.domain.errors import DomainError
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
_COLUMNS = tuple(field.name for field in fields(GiftSnapshot))


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
    """The gift after one step of the rule, with the history and the entries of that step."""

    gift: GiftSnapshot
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
    balance = _settle_balance(_name_payer(gift, payment.gift, facts), facts, zone=zone)
    reported = facts if balance.gift.is_paid else replace(facts, refunds=(), disputes=(), warnings=())
    refunds = settle_refunds(balance.gift, reported.refunds, known.refunds, at=at, zone=zone)
    disputes = settle_disputes(balance.gift, reported.disputes, known.disputes, at=at, zone=zone)
    warnings = settle_warnings(reported.warnings, known.warnings)
    after = _with_returns(balance.gift, refunds.refunded_minor, disputes.charged_back_minor)
    later: tuple[RefundChange | DisputeChange | WarningChange, ...] = (*refunds.changes, *disputes.changes, *warnings)
    return Settled(
        before=gift,
        gift=after,
        history=(*payment.history, *balance.history, *(change.history_line() for change in later)),
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
        return _Step(gift)
    moved = replace(
        gift,
        state=state,
        checkout_id=facts.checkout_id,
        payment_id=facts.payment_id,
        invoice_id=facts.invoice_id or gift.invoice_id,
    )
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
    paid = replace(
        moved,
        charge_id=facts.charge_id,
        paid_at=paid_at,
        paid_on=paid_on,
        method=facts.method,
        method_brand=facts.method_brand,
        method_last4=facts.method_last4,
    )
    entry = postings.gift_paid(
        charge_id=facts.charge_id or facts.checkout_id or gift.public_id,
        subject=gift.subject,
        gift=gift.gift,
        cover=gift.cover,
        fund_id=gift.fund_id,
        on=paid_on,
    )
    return _Step(paid, history, (entry,))


def _name_payer(before: GiftSnapshot, gift: GiftSnapshot, facts: PaymentFacts) -> GiftSnapshot:
    """Take the name from the payment page: the payment brings it, and later facts only fill an empty one."""
    is_used = (gift.state is not before.state and gift.is_paid) or before.payer_name is None
    return replace(gift, payer_name=facts.name) if facts.name and is_used else gift


def _settle_balance(gift: GiftSnapshot, facts: PaymentFacts, *, zone: tzinfo) -> _Step:
    """Book what came into the balance, less the fee, once it is known: with the payment or much later."""
    settled = facts.settled
    if settled is None or facts.settled_on is None or gift.settlement_id or not facts.is_paid:
        return _Step(gift)
    day = local_day(facts.settled_on, zone)
    entry = postings.gift_settled(
        subject=gift.subject,
        charged=gift.charge,
        settled=settled,
        fund_id=gift.fund_id,
        fee_fund_id=gift.fee_fund_id,
        on=max(day, gift.paid_on or day),  # a debit is put on the balance before it succeeds
    )
    arrived = replace(
        gift,
        settled_at=facts.settled_on,
        settlement_id=settled.transaction_id,
        settled_currency=settled.gross.currency,
        settled_minor=settled.gross.minor,
        fee_minor=settled.fee.minor,
        rate=facts.rate,
    )
    line = HistoryLine("settled", {"fee_minor": settled.fee.minor, "currency": settled.fee.currency})
    return _Step(arrived, (line,), (entry,))


def _delay_mail(before: GiftSnapshot, gift: GiftSnapshot, facts: PaymentFacts) -> DelayMail | None:
    """Return the mail that a new state brings, where the payment takes days."""
    if gift.state is before.state:
        return None
    if gift.state is DonationState.PROCESSING:
        return DelayMail.TRANSFER_DUE if facts.transfer else DelayMail.PROCESSING
    return DelayMail.FAILED if gift.state is DonationState.FAILED else None
