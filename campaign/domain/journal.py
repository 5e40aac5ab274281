"""Double entry: an entry that does not balance in every currency cannot be made, so it cannot be posted.

The chart is that of docs/ledger.md; `postings` makes the entries of what can happen. A line's amount is positive on the
debit side, negative on the credit side, in minor units. A fund is named on every income, cost, transfer and trading
line, and on no other.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

from campaign.domain.errors import DomainError
from campaign.domain.money import Money


class UnbalancedEntry(DomainError):
    """An entry's lines do not add up to zero in every currency, or there are fewer than two."""


class FundMisplaced(DomainError):
    """A line that needs a fund has none, or one that must not have a fund names one."""


class Account(IntEnum):
    """The chart of accounts; below 3000 a line has no fund, from 3000 on it must have one."""

    CARD_PAYMENTS = 1005
    PROVIDER = 1010
    PAYOUTS = 1015
    BANK = 1020
    DISPUTED = 1030
    GRANTS_PAYABLE = 2010
    UNIDENTIFIED = 2020
    TRADING = 3900
    CONTRIBUTIONS = 4010
    FEES_COVERED = 4030
    REFUNDS = 4090
    CHARGEBACKS = 4095
    TRANSFERS = 4800
    PROVIDER_FEES = 5010
    DISPUTE_FEES = 5015
    GRANTS = 5100
    PROGRAMME = 5110

    @property
    def needs_fund(self) -> bool:
        """Income, cost, transfer and trading lines say whose money they move."""
        return self >= Account.TRADING


class EntryKind(StrEnum):
    """What happened. Allocation, take-back, cover and disbursement are people's choice: they take no fund below zero."""

    GIFT_PAID = "gift_paid"
    GIFT_SETTLED = "gift_settled"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    ALLOCATION = "allocation"
    TAKE_BACK = "take_back"
    DISBURSEMENT = "disbursement"
    REVERSAL = "reversal"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    PAYOUT_MADE = "payout_made"
    PAYOUT_ARRIVED = "payout_arrived"
    PAYOUT_FAILED = "payout_failed"
    PROVIDER_FEE = "provider_fee"
    UNIDENTIFIED = "unidentified"
    IDENTIFIED = "identified"
    COVER = "cover"


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry. `fund_id` is the fund whose money it is, where the account needs one."""

    account: Account
    amount: Money  # positive debits the account, negative credits it; never zero
    fund_id: int | None = None
    reference: str = ""  # what the line is about outside the books: a charge, a payee


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened to the money, whole."""

    source: str  # "charge:ch_…", "txn:txn_…", "allocation:…": unique, so a replay cannot post twice
    kind: EntryKind
    effective_on: date  # the provider's or the bank's day
    lines: tuple[Line, ...]
    subject: str  # "donation:<public_id>", "allocation:<public_id>": whose story it belongs to
    reverses: str | None = None  # the source of the entry that this one mirrors
    note: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        sums: dict[str, int] = defaultdict(int)
        for line in self.lines:
            if line.amount.minor == 0:
                raise UnbalancedEntry(f"{self.source}: a line of nothing")
            if line.account.needs_fund != (line.fund_id is not None):
                raise FundMisplaced(f"{self.source}: {line.account.name}")
            sums[line.amount.currency] += line.amount.minor
        if any(sums.values()) or len(self.lines) < 2:
            raise UnbalancedEntry(f"{self.source}: {dict(sums)}")

    @property
    def request_hash(self) -> str:
        """SHA-256 of what is asked for: the same key with another hash is refused."""
        lines = [[int(ln.account), ln.fund_id, ln.amount.currency, ln.amount.minor, ln.reference] for ln in self.lines]
        return hash_of_request(self.kind, self.effective_on.isoformat(), self.reverses, lines)


def hash_of_request(kind: str, effective_on: str, reverses: str | None, lines: Sequence[Sequence[object]]) -> str:
    """SHA-256 of an entry's content; a line is its account, fund, currency, minor units and reference."""
    return hashlib.sha256(json.dumps([kind, effective_on, reverses, lines]).encode()).hexdigest()


def reversal_of(original: Entry, *, source: str, on: date) -> Entry:
    """The mirror of an entry, line by line; the only way in which a mistake is undone."""
    lines = tuple(Line(ln.account, -ln.amount, ln.fund_id, ln.reference) for ln in original.lines)
    return Entry(
        source=source,
        kind=EntryKind.REVERSAL,
        effective_on=on,
        lines=lines,
        subject=original.subject,
        reverses=original.source,
    )
