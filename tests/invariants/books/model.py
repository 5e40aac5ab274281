"""What the books must say, worked out by hand from what the provider knows and what people decided.

It shares no code with the journal: account numbers and signs stand here once more, so that a slip there is seen.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from campaign.domain.donation import Fact
from campaign.gateways.payments import PaymentFacts

Line = tuple[int, int | None, str, int]  # account, fund, currency, minor units (debit positive)
Shape = tuple[str, str, date, tuple[Line, ...]]  # source, kind, effective day, lines in order of size
SENT_BACK = ("pending", "succeeded")


def shape(source: str, kind: str, day: date, *lines: Line) -> Shape:
    """An entry as it is compared; lines of nothing are not written."""
    return source, kind, day, tuple(sorted((ln for ln in lines if ln[3]), key=repr))


@dataclass
class GiftStory:
    """A gift as the model follows it."""

    form_id: str
    public_id: str
    currency: str
    gift_minor: int
    fund_id: int
    fee_fund_id: int
    checkout_id: str | None = None
    seen: int = 0
    """The earliest moment of the provider that our books may stand at; it never goes back."""


@dataclass
class MoveStory:
    """An allocation or a taking back, as the model follows it."""

    public_id: str
    kind: str
    source_id: int
    target_id: int
    currency: str
    minor: int
    state: str = "proposed"


@dataclass
class PayoutStory:
    """Money that left the bank."""

    public_id: str
    is_grant: bool
    fund_id: int
    currency: str
    minor: int
    day: date


@dataclass
class Model:
    """All stories of one history."""

    gifts: dict[str, GiftStory] = field(default_factory=dict)  # by public id
    moves: list[MoveStory] = field(default_factory=list)
    payouts: list[PayoutStory] = field(default_factory=list)
    approved: dict[str, date] = field(default_factory=dict)  # allocation → day of its approval

    def decided(self) -> dict[str, set[Shape]]:
        """subject → entries of what people decided."""
        told: dict[str, set[Shape]] = {}
        for move in self.moves:
            if move.public_id in self.approved:
                subject = f"allocation:{move.public_id}"
                told[subject] = {moved(move, self.approved[move.public_id])}
        for payout in self.payouts:
            told[f"disbursement:{payout.public_id}"] = {paid_out(payout)}
        return told


def gift_entries(facts: PaymentFacts, gift: GiftStory) -> set[Shape]:
    """The entries of a gift once we know what the provider knew at that moment."""
    if facts.fact is not Fact.PAID or facts.paid_at is None or facts.charge_id is None:
        return set()
    cur, total, fund = gift.currency, facts.amount.minor, gift.fund_id
    cover = total - gift.gift_minor
    charge = shape(
        f"charge:{facts.charge_id}",
        "gift_paid",
        facts.paid_at.date(),
        (1005, None, cur, total),
        (4010, fund, cur, -gift.gift_minor),
        (4030, fund, cur, -cover),
    )
    entries = {charge}
    if facts.settled and facts.settled_on:
        into, gross, fee = facts.settled.gross.currency, facts.settled.gross.minor, facts.settled.fee.minor
        lines = [(1010, None, into, gross - fee), (1005, None, cur, -total), (5010, gift.fee_fund_id, into, fee)]
        if into != cur:
            lines += [(3900, fund, cur, total), (3900, fund, into, -gross)]
        entries.add(shape(f"txn:{facts.settled.transaction_id}", "gift_settled", facts.settled_on.date(), *lines))
    return entries | _refund_entries(facts, gift)


def _refund_entries(facts: PaymentFacts, gift: GiftStory) -> set[Shape]:
    entries = set()
    for refund in facts.refunds:
        cur, back = gift.currency, refund.amount.minor
        for moved_money, kind, sign, day in (
            (refund.settled, "refund", 1, refund.settled_on),
            (refund.returned, "refund_failed", -1, refund.returned_on),
        ):
            if moved_money is None or day is None:
                continue
            into, gross = moved_money.gross.currency, moved_money.gross.minor
            lines: list[Line] = [(4090, gift.fund_id, cur, sign * back), (1010, None, into, -sign * gross)]
            if into != cur:
                lines += [(3900, gift.fund_id, cur, -sign * back), (3900, gift.fund_id, into, sign * gross)]
            entries.add(shape(f"txn:{moved_money.transaction_id}", kind, day.date(), *lines))
    return entries


def sent_back(facts: PaymentFacts) -> int:
    """What counts as sent back at that moment."""
    if facts.fact is not Fact.PAID:
        return 0
    return sum(refund.amount.minor for refund in facts.refunds if refund.state in SENT_BACK)


def moved(move: MoveStory, day: date) -> Shape:
    return shape(
        f"allocation:{move.public_id}",
        move.kind,
        day,
        (4800, move.source_id, move.currency, move.minor),
        (4800, move.target_id, move.currency, -move.minor),
    )


def paid_out(payout: PayoutStory) -> Shape:
    bank: Line = (1020, None, payout.currency, -payout.minor)
    cost: Line = (5100 if payout.is_grant else 5110, payout.fund_id, payout.currency, payout.minor)
    owed: list[Line] = []
    if payout.is_grant:
        owed = [(2010, None, payout.currency, -payout.minor), (2010, None, payout.currency, payout.minor)]
    return shape(f"disbursement:{payout.public_id}", "disbursement", payout.day, cost, bank, *owed)


def fund_balances(books: dict[str, set[Shape]]) -> Counter[tuple[int, str]]:
    """(fund, currency) → what it holds: minus the sum of its lines."""
    held: Counter[tuple[int, str]] = Counter()
    for entries in books.values():
        for _, _, _, lines in entries:
            for _, fund, currency, minor in lines:
                if fund is not None:
                    held[fund, currency] -= minor
    return held


def account_totals(books: dict[str, set[Shape]]) -> Counter[tuple[int, str]]:
    """(account, currency) → sum of its lines."""
    totals: Counter[tuple[int, str]] = Counter()
    for entries in books.values():
        for _, _, _, lines in entries:
            for account, _, currency, minor in lines:
                totals[account, currency] += minor
    return totals
