"""What the books must say, worked out by hand from what the provider knows and what people decided.

It shares no code with the journal: account numbers and signs stand here once more, so that a slip there is seen.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from campaign.domain.donation import Fact
from campaign.domain.payment import PaymentFacts
from tests.invariants.books import dispute_model
from tests.invariants.books.shapes import Line, Shape, shape

SENT_BACK = ("pending", "succeeded")


@dataclass
class GiftStory:
    """A gift as the model follows it."""

    form_id: str
    public_id: str
    currency: str
    gift_minor: int
    fund_id: int
    fee_fund_id: int
    checkout_id: str | None = None  # of its payment: the page, or the invoice where there is no page
    moment_index: int = 0
    """The earliest moment of the provider that our books may stand at; it never goes back."""
    written_off: frozenset[str] = frozenset()
    """Withdrawals of disputes that our books have counted as lost."""
    entries: set[Shape] = field(default_factory=set)
    """What our books say, once it was found to be what the provider knew at the moment of `moment_index`."""


@dataclass
class MoveStory:
    """An allocation, a taking back or a cover, as the model follows it."""

    public_id: str
    kind: str
    source_id: int
    target_id: int
    currency: str
    minor: int
    state: str = "proposed"


@dataclass
class SpentStory:
    """Money that left the bank."""

    public_id: str
    is_grant: bool
    fund_id: int
    currency: str
    minor: int
    day: date


@dataclass
class MovementStory:
    """A movement of our balance that a person has put into the books."""

    transaction_id: str
    kind: str  # provider_fee or unidentified
    fund_id: int
    currency: str
    net_minor: int
    day: date
    identified_on: date | None = None


@dataclass
class Model:
    """All stories of one history."""

    gifts: dict[str, GiftStory] = field(default_factory=dict)  # by public id
    moves: list[MoveStory] = field(default_factory=list)
    spent: list[SpentStory] = field(default_factory=list)
    movements: dict[str, MovementStory] = field(default_factory=dict)  # by the provider's name
    approved: dict[str, date] = field(default_factory=dict)  # allocation → day of its approval

    def decided(self) -> dict[str, set[Shape]]:
        """subject → entries of what people decided."""
        expected: dict[str, set[Shape]] = {}
        for move in self.moves:
            if move.public_id in self.approved:
                subject = f"allocation:{move.public_id}"
                expected[subject] = {moved(move, self.approved[move.public_id])}
        for payment in self.spent:
            expected[f"disbursement:{payment.public_id}"] = {paid_out(payment)}
        for movement in self.movements.values():
            expected[f"transaction:{movement.transaction_id}"] = movement_entries(movement)
        return expected


def gift_entries(facts: PaymentFacts, gift: GiftStory, *, written_off: frozenset[str] = frozenset()) -> set[Shape]:
    """The entries of a gift once we know what the provider knew at that moment.

    `written_off` are withdrawals of disputes that were lost at an earlier moment, and known as such.
    """
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
    disputes = dispute_model.entries(facts, gift.fund_id, written_off=written_off)
    return entries | _refund_entries(facts, gift) | disputes


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


def paid_out(payment: SpentStory) -> Shape:
    bank: Line = (1020, None, payment.currency, -payment.minor)
    cost: Line = (5100 if payment.is_grant else 5110, payment.fund_id, payment.currency, payment.minor)
    owed: list[Line] = []
    if payment.is_grant:
        owed = [(2010, None, payment.currency, -payment.minor), (2010, None, payment.currency, payment.minor)]
    return shape(f"disbursement:{payment.public_id}", "disbursement", payment.day, cost, bank, *owed)


def movement_entries(movement: MovementStory) -> set[Shape]:
    """A fee, or what was not identified and turned out to be a gift's after all."""
    name, cur, net, day = movement.transaction_id, movement.currency, movement.net_minor, movement.day
    if movement.kind == "provider_fee":
        return {shape(f"fee:{name}", "provider_fee", day, (5010, movement.fund_id, cur, -net), (1010, None, cur, net))}
    entries = {shape(f"unidentified:{name}", "unidentified", day, (1010, None, cur, net), (2020, None, cur, -net))}
    if movement.identified_on:
        back = (1010, None, cur, -net), (2020, None, cur, net)
        entries.add(shape(f"identified:{name}", "identified", movement.identified_on, *back))
    return entries


def fund_balances(books: dict[str, set[Shape]]) -> Counter[tuple[int, str]]:
    """(fund, currency) → what it holds: minus the sum of its lines."""
    balances: Counter[tuple[int, str]] = Counter()
    for entries in books.values():
        for _, _, _, lines in entries:
            for _, fund, currency, minor in lines:
                if fund is not None:
                    balances[fund, currency] -= minor
    return balances


def disputed(gifts: Iterable[GiftStory]) -> Counter[tuple[int, str]]:
    """(fund, currency) → what the donors' banks hold of its gifts."""
    balances: Counter[tuple[int, str]] = Counter()
    for gift in gifts:
        for _, _, _, lines in gift.entries:
            for account, _, currency, minor in lines:
                if account == 1030:
                    balances[gift.fund_id, currency] += minor
    return balances


def account_totals(books: dict[str, set[Shape]]) -> Counter[tuple[int, str]]:
    """(account, currency) → sum of its lines."""
    totals: Counter[tuple[int, str]] = Counter()
    for entries in books.values():
        for _, _, _, lines in entries:
            for account, _, currency, minor in lines:
                totals[account, currency] += minor
    return totals
