"""Work that waits in rows: one worker holds the next row that is due, and others pass it over meanwhile."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from campaign.database import reading, transaction
from campaign.models.donation import Refund
from campaign.models.outbox import Message
from campaign.models.pledge import PledgeRequest

LEASE = timedelta(minutes=5)
"""How long a row is held: longer than any call may last. What a killed worker held is taken up by another then."""


def claim_next(table: type[Message | PledgeRequest | Refund], *wanted: ColumnElement[bool], at: datetime) -> int | None:
    """Hold the wanted row whose turn it is: its id; None where none waits. It counts as one more attempt.

    Looked for before anything is locked: mostly nothing waits.
    """
    waiting = select(table.id).where(*wanted).order_by(table.next_try_at, table.id).limit(1)
    with reading() as session:
        if session.execute(waiting).first() is None:
            return None
    with transaction() as session:
        held = session.execute(
            update(table)
            .where(table.id == waiting.with_for_update(skip_locked=True).scalar_subquery())
            .values(next_try_at=at + LEASE, attempts=table.attempts + 1)
            .returning(table.id)
        )
        return held.scalar()
