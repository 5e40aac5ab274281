"""What the money of a purpose was allocated to: the gifts of a purpose are one pot, so this is where each of them went."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaign.domain.allocation import AllocationState
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.models.allocation import Allocation
from campaign.models.fund import Fund


@dataclass(frozen=True, slots=True)
class FundUse:
    """An event, a grant or a cost, and what a purpose has given it, less what it gave back."""

    title: dict[str, str]
    amount: Money


def uses_of(session: Session, fund_id: int) -> list[FundUse]:
    """Return what the approved allocations of a purpose went to, the largest first."""
    moves = select(Allocation).where(
        Allocation.state == AllocationState.APPROVED,
        Allocation.kind.in_((EntryKind.ALLOCATION, EntryKind.TAKE_BACK)),
        or_(Allocation.source_id == fund_id, Allocation.target_id == fund_id),
    )
    given: dict[tuple[int, str], int] = defaultdict(int)
    for move in session.execute(moves).scalars():
        is_out = move.source_id == fund_id
        given[move.target_id if is_out else move.source_id, move.currency] += (1 if is_out else -1) * move.amount_minor
    targets = select(Fund.id, Fund.title).where(Fund.id.in_({target for target, _code in given}))
    titles = {row.id: row.title for row in session.execute(targets)}
    uses = [FundUse(titles[target], Money(minor, code)) for (target, code), minor in given.items() if minor > 0]
    return sorted(uses, key=lambda use: -use.amount.minor)
