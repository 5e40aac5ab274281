"""The list of allocations: every proposal with its proposer, its decider, and its effect on the present balances."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import aliased

from campaign.database import reading
from campaign.domain.errors import NotFound
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.domain.timeline import TimelineEntry
from campaign.models.allocation import Allocation
from campaign.models.fund import Fund
from campaign.models.staff import Staff
from campaign.services.funds.allocations import AllocationPreview, Move, preview

PAGE_ROWS = 50
SOURCE, TARGET = aliased(Fund), aliased(Fund)
PROPOSER, DECIDER = aliased(Staff), aliased(Staff)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRow:
    """One proposal, whatever its state."""

    id: int
    public_id: str
    kind: str
    state: str
    source: str  # public ids and codes of the two funds
    source_code: str
    source_title: dict[str, str]
    target: str
    target_code: str
    target_title: dict[str, str]
    amount: Money
    reason: str
    proposed_by: int
    proposer: str
    proposed_at: datetime
    decider: str | None
    decided_at: datetime | None
    decision_note: str

    @property
    def timeline(self) -> list[TimelineEntry]:
        """The proposal and the decision, oldest first."""
        entries = [TimelineEntry(at=self.proposed_at, kind="proposed", who=self.proposer)]
        if self.decided_at:
            decision = TimelineEntry(at=self.decided_at, kind=self.state, who=self.decider, note=self.decision_note)
            entries.append(decision)
        return entries


def allocations(
    campaign_id: int, *, state: str | None = None, before_id: int | None = None, limit: int = PAGE_ROWS
) -> Sequence[AllocationRow]:
    """Return proposals of a campaign, newest first, of one state or all; `before_id` is the last row shown."""
    query = _query().where(Allocation.campaign_id == campaign_id).order_by(Allocation.id.desc()).limit(limit)
    if state:
        query = query.where(Allocation.state == state)
    if before_id is not None:
        query = query.where(Allocation.id < before_id)
    with reading() as session:
        return [_row(columns) for columns in session.execute(query)]


def allocation(campaign_id: int, public_id: str) -> tuple[AllocationRow, AllocationPreview]:
    """Return one proposal, and its effect on the present balances.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        columns = session.execute(
            _query().where(Allocation.campaign_id == campaign_id, Allocation.public_id == public_id)
        ).one_or_none()
        if columns is None:
            raise NotFound(f"allocation:{public_id}")
        row = _row(columns)
        move = Move(
            campaign_id=campaign_id,
            kind=EntryKind(row.kind),
            source=row.source,
            target=row.target,
            amount=row.amount,
        )
        return row, preview(session, move)


def _query() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Allocation,
            SOURCE.public_id,
            SOURCE.code,
            SOURCE.title,
            TARGET.public_id,
            TARGET.code,
            TARGET.title,
            PROPOSER.name,
            DECIDER.name,
        )
        .join(SOURCE, SOURCE.id == Allocation.source_id)
        .join(TARGET, TARGET.id == Allocation.target_id)
        .join(PROPOSER, PROPOSER.id == Allocation.proposed_by)
        .outerjoin(DECIDER, DECIDER.id == Allocation.decided_by)
    )


def _row(columns: Row[*tuple[Any, ...]]) -> AllocationRow:
    row = columns[0]
    return AllocationRow(
        id=row.id,
        public_id=row.public_id,
        kind=row.kind,
        state=row.state,
        source=columns[1],
        source_code=columns[2],
        source_title=columns[3],
        target=columns[4],
        target_code=columns[5],
        target_title=columns[6],
        amount=Money(row.amount_minor, row.currency),
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposer=columns[7],
        proposed_at=row.proposed_at,
        decider=columns[8],
        decided_at=row.decided_at,
        decision_note=row.decision_note,
    )
