"""What the books must say of disputes, worked out by hand from their movements and the provider's word «lost»."""

from collections.abc import Iterator

from campaign.domain.donation import Fact
from campaign.domain.payment import DisputeFacts, DisputeMovement, PaymentFacts
from tests.invariants.books.shapes import Line, Shape, shape


def entries(facts: PaymentFacts, fund: int, *, written_off: frozenset[str]) -> set[Shape]:
    """The entries of all disputes of a gift."""
    shapes: set[Shape] = set()
    for dispute in facts.disputes:
        for number, taken in enumerate(dispute.withdrawals):
            back = dispute.returns[number] if number < len(dispute.returns) else None
            shapes.update(_of_round(dispute, taken, back, fund, was_lost=_name(taken) in written_off))
    return shapes


def charged_back(facts: PaymentFacts, *, written_off: frozenset[str]) -> int:
    """What the donors' banks keep, in the donor's currency."""
    if facts.fact is not Fact.PAID:
        return 0
    return sum(dispute.amount.minor for dispute in facts.disputes if is_lost(dispute, written_off=written_off))


def is_lost(dispute: DisputeFacts, *, written_off: frozenset[str]) -> bool:
    """The money is gone, and the provider says so now, or said so when we last looked."""
    is_gone = len(dispute.withdrawals) > len(dispute.returns)
    return is_gone and (dispute.status == "lost" or _name(dispute.withdrawals[-1]) in written_off)


def is_open(dispute: DisputeFacts) -> bool:
    """The bank has the money, or says without only asking that it will take it."""
    if dispute.withdrawals:
        return len(dispute.withdrawals) > len(dispute.returns)
    return not dispute.status.startswith("warning_") and dispute.status not in {"won", "prevented"}


def lost_withdrawals(facts: PaymentFacts) -> frozenset[str]:
    """The withdrawals of which the provider says at this moment that they are lost."""
    lost = [dispute for dispute in facts.disputes if is_lost(dispute, written_off=frozenset())]
    return frozenset(_name(dispute.withdrawals[-1]) for dispute in lost)


def _name(moved: DisputeMovement) -> str:
    return moved.settled.transaction_id


def _of_round(
    dispute: DisputeFacts, taken: DisputeMovement, back: DisputeMovement | None, fund: int, *, was_lost: bool
) -> Iterator[Shape]:
    """One withdrawal and what became of it."""
    cur, into, withheld = dispute.amount.currency, taken.settled.gross.currency, taken.settled.gross.minor
    disputed, fee = dispute.amount.minor, taken.settled.fee.minor
    day = taken.at.date()
    opened: list[Line] = [(1030, None, into, withheld), (5015, fund, into, fee), (1010, None, into, -withheld - fee)]
    yield shape(f"txn:{_name(taken)}", "dispute_opened", day, *opened)
    lost: list[Line] = [(4095, fund, cur, disputed), (1030, None, into, -withheld)]
    lost += (
        [(3900, fund, cur, withheld - disputed)]
        if into == cur
        else [(3900, fund, cur, -disputed), (3900, fund, into, withheld)]
    )
    if was_lost or (back is None and dispute.status == "lost"):
        decided = max(taken.at, dispute.closed_at or taken.at).date()
        yield shape(f"lost:{_name(taken)}", "dispute_lost", decided, *lost)
    if back is None:
        return
    came, returned = back.settled.gross.minor, back.settled.fee.minor
    if was_lost:
        undone: list[Line] = [(account, fund_id, code, -minor) for account, fund_id, code, minor in lost]
        yield shape(f"reversal:lost:{_name(taken)}", "reversal", back.at.date(), *undone)
    won: list[Line] = [(1010, None, into, came - returned), (1030, None, into, -withheld)]
    won += [(3900, fund, into, withheld - came), (5015, fund, into, returned)]
    yield shape(f"txn:{_name(back)}", "dispute_won", back.at.date(), *won)
