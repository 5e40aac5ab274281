"""Whether this installation can do its work now, for monitoring."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from campaign.database import reading
from campaign.domain.provider_events import EventState
from campaign.gateways.clock import Clock
from campaign.models.inbox import ProviderEvent
from campaign.services.schema import head, schema_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """`is_ready` decides whether traffic may come; the oldest waiting event's age reveals a stopped worker."""

    has_database: bool
    is_read_only: bool = False
    schema: str | None
    schema_expected: str
    oldest_event_seconds: int | None  # None: nothing waits

    @property
    def is_ready(self) -> bool:
        return self.has_database and not self.is_read_only and self.schema == self.schema_expected


def readiness(*, clock: Clock) -> Readiness:
    """Query the database once; a database that does not answer is a result, not an error."""
    try:
        state = schema_state()
        is_read_only = _is_read_only()
        oldest_seconds = _oldest_event_seconds(clock) if state.is_ready else None
    except OperationalError:
        return Readiness(has_database=False, schema=None, schema_expected=head(), oldest_event_seconds=None)
    return Readiness(
        has_database=True,
        is_read_only=is_read_only,
        schema=state.current,
        schema_expected=state.head,
        oldest_event_seconds=oldest_seconds,
    )


def _is_read_only() -> bool:
    """Return whether the server refuses writes, as one left behind by a failover does; the next query then connects anew."""
    with reading() as session:
        connection = session.connection()
        if connection.dialect.name != "postgresql":
            return False
        is_read_only = str(connection.exec_driver_sql("SHOW transaction_read_only").scalar_one()) == "on"
        if is_read_only:
            connection.invalidate()
        return is_read_only


def _oldest_event_seconds(clock: Clock) -> int | None:
    waiting = (
        select(ProviderEvent.received_at)
        .where(ProviderEvent.state.in_((EventState.NEW, EventState.FAILED)))
        .order_by(ProviderEvent.received_at)
        .limit(1)
    )
    with reading() as session:
        received_at = session.execute(waiting).scalar_one_or_none()
    return None if received_at is None else max(0, int((clock.now() - received_at).total_seconds()))
