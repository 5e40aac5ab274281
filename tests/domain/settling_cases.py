"""A gift, and what a provider may report of it, for the tests of the rule of settling."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from campaign.domain.donation import DonationState, Fact
from campaign.domain.fraud_hold import FraudHold, FraudSign, approve
from campaign.domain.gift import GiftSnapshot
from campaign.domain.journal import Entry
from campaign.domain.money import Money
from campaign.domain.payment import (
    BalanceTransaction,
    DisputeFacts,
    DisputeMovement,
    FraudWarningFacts,
    PaymentFacts,
    RefundFacts,
)
from campaign.domain.settling import KnownObjects, Settled, settle
from campaign.domain.settling_disputes import KnownDispute, KnownWarning
from campaign.domain.settling_refunds import KnownRefund
from tests.support.payment_facts import UNPAID

PAID_AT = datetime(2026, 5, 4, 20, 0, tzinfo=UTC)
AT = PAID_AT + timedelta(minutes=1)
OPEN = GiftSnapshot(
    public_id="g1",
    state=DonationState.OPEN,
    livemode=False,
    currency="USD",
    gift_minor=25_00,
    cover_minor=1_00,
    fund_id=3,
    fee_fund_id=1,
    checkout_id="cs_1",
)
"""A gift of 25 dollars with 1 dollar for the fee, whose payment page waits for the donor."""


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def moved(name: str, minor: int, fee: int = 0) -> BalanceTransaction:
    """A balance transaction of the provider."""
    return BalanceTransaction(f"txn_{name}", usd(minor), usd(fee))


PAID = replace(
    UNPAID, fact=Fact.PAID, name="A. Donor", charge_id="ch_1", paid_at=PAID_AT, method="card", method_last4="4242"
)
IN_BALANCE = replace(PAID, settled=moved("1", 26_00, 1_03), settled_on=PAID_AT + timedelta(hours=2))


def refund(number: int, minor: int, state: str = "succeeded", **more: Any) -> RefundFacts:
    """A refund as the provider reports it; one that succeeded has left the balance, a failed one came back."""
    name = f"re_{number}"
    settled = moved(name, minor) if state in {"succeeded", "failed"} else None
    facts = RefundFacts(
        provider_id=name,
        amount=usd(minor),
        state=state,
        made_at=PAID_AT + timedelta(days=number),
        request_id=None,
        settled=settled,
        settled_on=PAID_AT + timedelta(days=number) if settled else None,
        returned=moved(f"back_{name}", minor) if state == "failed" else None,
        returned_on=None,
    )
    return replace(facts, **more)


def dispute(number: int, minor: int, status: str, *, withdrawals: int = 0, returns: int = 0) -> DisputeFacts:
    """A dispute as the provider reports it, after so many movements of its money."""
    opened_at = PAID_AT + timedelta(days=10 + number)

    def movement(kind: str, count: int) -> DisputeMovement:
        return DisputeMovement(moved(f"{kind}_{number}_{count}", minor, 15_00), opened_at + timedelta(days=count))

    return DisputeFacts(
        provider_id=f"dp_{number}",
        amount=usd(minor),
        reason="fraudulent",
        status=status,
        opened_at=opened_at,
        due_at=None,
        withdrawals=tuple(movement("out", count) for count in range(withdrawals)),
        returns=tuple(movement("in", count) for count in range(returns)),
    )


def warning(
    *, is_actionable: bool = True, sign: FraudSign = FraudSign.WARNING, is_approved: bool = False
) -> FraudWarningFacts:
    return FraudWarningFacts(
        provider_id="issfr_1" if sign is FraudSign.WARNING else f"{sign}_1",
        fraud_type="misc",
        is_actionable=is_actionable,
        made_at=PAID_AT + timedelta(days=1),
        sign=sign,
        is_approved=is_approved,
    )


class Books:
    """A gift's rows in memory, written as a `Settled` says: what the services do in the database."""

    def __init__(self, gift: GiftSnapshot = OPEN) -> None:
        self.gift = gift
        self.known = KnownObjects()
        self.entries: dict[str, Entry] = {}
        self.history: list[str] = []

    def apply(self, facts: PaymentFacts, *, at: datetime = AT) -> Settled:
        """Settle and write."""
        settled = settle(self.gift, facts, self.known, at=at, zone=UTC)
        self.gift = settled.gift
        self.history += [line.kind for line in settled.history]
        for entry in settled.entries:
            stands = self.entries.setdefault(entry.source, entry)  # what is in the journal is not posted again
            assert stands.request_hash == entry.request_hash, entry.source
        self.known = KnownObjects(
            refunds=_refunds(self.known, settled),
            disputes=_disputes(self.known, settled),
            warnings=_warnings(self.known, settled),
        )
        return settled

    def approve(self) -> None:
        """A person decides that a waiting gift is good, with all its signs."""
        if self.gift.fraud_hold is FraudHold.WAITING:
            warnings = tuple(replace(row, is_approved=True) for row in self.known.warnings)
            self.known = replace(self.known, warnings=warnings)
            self.gift = replace(self.gift, fraud_hold=approve(self.gift.fraud_hold))


def _refunds(known: KnownObjects, settled: Settled) -> tuple[KnownRefund, ...]:
    rows = {row.id: row for row in known.refunds}
    for change in settled.refunds:
        row = change.known or KnownRefund(
            id=len(rows) + 1,
            public_id=f"r{len(rows) + 1}",
            provider_id=None,
            amount_minor=change.facts.amount.minor,
            status=change.status,
        )
        rows[row.id] = replace(row, provider_id=change.facts.provider_id, status=change.status)
    return tuple(rows.values())


def _disputes(known: KnownObjects, settled: Settled) -> tuple[KnownDispute, ...]:
    rows = {row.provider_id: row for row in known.disputes}
    for change in settled.disputes:
        name = change.facts.provider_id
        rows[name] = KnownDispute(id=len(rows) + 1, provider_id=name, status=change.status)
    return tuple(rows.values())


def _warnings(known: KnownObjects, settled: Settled) -> tuple[KnownWarning, ...]:
    rows = {row.provider_id: row for row in known.warnings}
    for change in settled.warnings:
        facts = change.facts
        rows[facts.provider_id] = KnownWarning(
            id=len(rows) + 1,
            provider_id=facts.provider_id,
            sign=facts.sign,
            is_actionable=facts.is_actionable,
            is_approved=facts.is_approved or (change.known is not None and change.known.is_approved),
        )
    return tuple(rows.values())
