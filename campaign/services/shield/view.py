"""What staff see of the shield: whether it is up, and its history."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from campaign.database import reading
from campaign.domain.abuse import HOUR, Cause, Kind, Tally
from campaign.gateways.clock import Clock
from campaign.models.abuse import ShieldPeriod
from campaign.models.staff import Staff
from campaign.services.shield.attempts import traffic
from campaign.services.shield.state import Period

MAX_HISTORY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShieldView:
    """The present and past state: whether the shield is active, the last hour's counts, and the earlier periods."""

    current: Period | None
    last_hour: Tally
    history: Sequence[Period]


def shield_view(*, clock: Clock) -> ShieldView:
    """Return everything that the page of the shield shows."""
    starter, ender = aliased(Staff), aliased(Staff)
    query = (
        select(ShieldPeriod, starter.name, ender.name)
        .outerjoin(starter, starter.id == ShieldPeriod.started_by)
        .outerjoin(ender, ender.id == ShieldPeriod.ended_by)
        .order_by(ShieldPeriod.id.desc())
        .limit(MAX_HISTORY)
    )
    with reading() as session:
        periods = [
            Period(
                public_id=row.public_id,
                cause=Cause(row.cause),
                started_at=row.started_at,
                started_by=started_by,
                reason=row.reason,
                failed=row.failed,
                started=row.started,
                ended_at=row.ended_at,
                ended_by=ended_by,
                end_reason=row.end_reason,
            )
            for row, started_by, ended_by in session.execute(query)
        ]
        last_hour = traffic(session, at=clock.now(), since=None).get((Kind.CAMPAIGN, HOUR), Tally())
    return ShieldView(
        current=next((period for period in periods if period.ended_at is None), None),
        last_hour=last_hour,
        history=[period for period in periods if period.ended_at is not None],
    )
