"""The entries of a payout: what each campaign's part of it moves, from our balance at the provider to the bank, or back.

A payout is booked up to what its transactions are known to be. When one of them is explained later, the part grows, and
only the difference is posted: so the entries of a payout are always the sum of its explained transactions.
"""

from dataclasses import dataclass, field
from datetime import date

from campaign.domain.journal import Account, Entry, EntryKind, Line
from campaign.domain.money import Money
from campaign.domain.payouts import PayoutState


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutDetails:
    """What entries need to know of a payout. `state` is in our words: under_way, arrived, failed or canceled."""

    provider_id: str
    state: str
    transaction_id: str
    failure_transaction_id: str
    made_on: date
    arrives_on: date
    failed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PartBooked:
    """What the books hold already of one campaign's part, in minor units, and how many entries say so."""

    made_minor: int = 0  # taken from the balance, ever
    under_way_minor: int = 0  # on 1015 now
    in_bank_minor: int = 0  # on 1020 now, of this payout
    entries: int = 0


def payout_entries(payout: PayoutDetails, *, campaign_id: int, part: Money, booked: PartBooked) -> list[Entry]:
    """The entries that bring one campaign's books up to its part of a payout; none when they say so already."""
    book = _Book(payout, campaign_id, part.currency, booked.entries)
    made = part.minor - booked.made_minor
    under_way = booked.under_way_minor + made
    if made:
        lines = {Account.PAYOUTS: made, Account.PROVIDER: -made}
        book.write(EntryKind.PAYOUT_MADE, payout.made_on, lines, payout.transaction_id)
    if payout.state == PayoutState.ARRIVED and under_way:
        lines = {Account.BANK: under_way, Account.PAYOUTS: -under_way}
        book.write(EntryKind.PAYOUT_ARRIVED, payout.arrives_on, lines, payout.provider_id)
    if payout.state in {PayoutState.FAILED, PayoutState.CANCELED} and (under_way or booked.in_bank_minor):
        lines = {
            Account.PROVIDER: under_way + booked.in_bank_minor,
            Account.PAYOUTS: -under_way,
            Account.BANK: -booked.in_bank_minor,
        }
        book.write(EntryKind.PAYOUT_FAILED, payout.failed_on, lines, payout.failure_transaction_id)
    return book.entries


@dataclass(slots=True)
class _Book:
    """The entries of one campaign's part, numbered on from those that stand."""

    payout: PayoutDetails
    campaign_id: int
    currency: str
    standing: int
    entries: list[Entry] = field(default_factory=list)

    def write(self, kind: EntryKind, on: date, amounts: dict[Account, int], reference: str) -> None:
        number = self.standing + len(self.entries) + 1
        subject = f"payout:{self.payout.provider_id}"
        lines = tuple(
            Line(account, Money(minor, self.currency), reference=reference)
            for account, minor in amounts.items()
            if minor
        )
        source = f"{subject}:{self.campaign_id}:{number}"
        self.entries.append(Entry(source=source, kind=kind, effective_on=on, lines=lines, subject=subject))


def fee_taken(*, transaction_id: str, net: Money, fund_id: int, on: date) -> Entry:
    """The provider took a fee by itself (or gave one back), which belongs to no gift; the fund bears it."""
    return Entry(
        source=f"fee:{transaction_id}",
        kind=EntryKind.PROVIDER_FEE,
        effective_on=on,
        lines=(
            Line(Account.PROVIDER_FEES, -net, fund_id, transaction_id),
            Line(Account.PROVIDER, net, reference=transaction_id),
        ),
        subject=f"transaction:{transaction_id}",
    )


def not_identified(*, transaction_id: str, net: Money, on: date) -> Entry:
    """Money moved in our balance that belongs to none of our gifts: it is owed to whoever it turns out to be for."""
    return Entry(
        source=f"unidentified:{transaction_id}",
        kind=EntryKind.UNIDENTIFIED,
        effective_on=on,
        lines=(
            Line(Account.PROVIDER, net, reference=transaction_id),
            Line(Account.UNIDENTIFIED, -net, reference=transaction_id),
        ),
        subject=f"transaction:{transaction_id}",
    )


def identified(*, transaction_id: str, net: Money, on: date) -> Entry:
    """Return the entry that releases suspense money to a gift, whose own entries exist now."""
    return Entry(
        source=f"identified:{transaction_id}",
        kind=EntryKind.IDENTIFIED,
        effective_on=on,
        lines=(
            Line(Account.UNIDENTIFIED, net, reference=transaction_id),
            Line(Account.PROVIDER, -net, reference=transaction_id),
        ),
        subject=f"transaction:{transaction_id}",
    )
