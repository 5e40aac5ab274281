"""Rows that are work: a worker claims the row that is due next, then completes it or reschedules it.

A claim is a lease: it moves `next_try_at` on, so that other workers pass the row over, and it counts one attempt. What a
worker claimed before it died is due again when the lease ends; a worker that was only slow changes nothing any more.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, CursorResult, Select, Table, and_, bindparam, func, or_, select, union_all, update
from sqlalchemy.orm import Session

from campaign.database import autocommit, transaction
from campaign.domain.backoff import retry_delay
from campaign.models.donation import Refund
from campaign.models.erasure import CustomerDeletion
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.models.pledge import PledgeRequest

LEASE = timedelta(minutes=5)
"""How long a row stays claimed: longer than any call may last."""
MAX_ERROR_LENGTH = 500
WorkTable = CustomerDeletion | Message | PledgeRequest | ProviderEvent | Refund
"""Tables with the columns of a queue: `state`, `attempts`, `next_try_at` and `error`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePolicy:
    """How a queue retries.

    Attributes:
        waiting: The states in which a row waits; a rescheduled row is in the first one unless another is given.
        exhausted: The state of a row after `max_attempts`. In a queue without one it is retried for ever, at the longest
            delay, and an alarm is raised.
        base: The delay after the first attempt, doubled for each further one.
        maximum: The longest delay.
        max_attempts: After so many attempts a row needs a person.
    """

    waiting: tuple[str, ...]
    exhausted: str | None = None
    base: timedelta
    maximum: timedelta
    max_attempts: int

    def delay_after(self, attempts: int, *, part: float | None = None) -> timedelta:
        """Return the delay after the last of so many attempts; `part` as in `retry_delay`."""
        return retry_delay(attempts, base=self.base, maximum=self.maximum, part=part)


@dataclass(frozen=True, kw_only=True)
class ClaimedRow:
    """A row that a worker claimed, with the columns that it needs. `attempts` includes this one."""

    UNCHANGED: ClassVar[tuple[str, ...]] = ("id", "attempts")
    """Columns that still have these values for as long as the claim holds."""

    id: int
    attempts: int


C = TypeVar("C", bound=ClaimedRow)


class WorkQueue(Generic[C]):
    """The rows of a table that wait for a worker."""

    def __init__(
        self,
        table: type[WorkTable],
        claim: type[C],
        policy: QueuePolicy,
        *,
        condition: ColumnElement[bool] | None = None,
        has_durable_claims: bool = True,
    ) -> None:
        """Describe a queue and build its statements.

        Args:
            table: The model of its rows.
            claim: What a worker gets: its fields are columns of the table.
            policy: When and how often a row is retried.
            condition: What else a row must meet to be claimed.
            has_durable_claims: Whether PostgreSQL waits for the disk. Where it does not, a crash of the server may undo
                a claim, and the row is due as before.
        """
        self.policy = policy
        self._claim_type = claim
        self._has_durable_claims = has_durable_claims
        self._table: Table = table.__table__
        self._conditions = () if condition is None else (condition,)
        self._columns = tuple(field.name for field in fields(claim))
        columns = self._table.c
        is_due = columns.next_try_at <= bindparam("now")
        # Built once: every gift passes here.
        self._find_due, self._claim_due = self._find(is_due), self._claim(is_due)
        self._claim_due_on_postgresql = self._claim_on_postgresql(self._claim_due)
        self._update_claimed = update(self._table).where(
            or_(*(columns.state == state for state in policy.waiting)),  # `in_` is expanded anew for each row
            *(self._is_unchanged(name) for name in claim.UNCHANGED),
        )

    def claim_next(self, *, at: datetime) -> C | None:
        """Claim the row that is due next; None when none is. Two workers never claim the same one."""
        return self._execute(self._find_due, self._claim_due, self._claim_due_on_postgresql, at)

    def claim(self, *conditions: ColumnElement[bool], at: datetime) -> C | None:
        """Claim the first row that meets the conditions, due or not; None when none does."""
        claim = self._claim(*conditions)
        return self._execute(self._find(*conditions), claim, self._claim_on_postgresql(claim), at)

    def complete(self, session: Session, claimed: C, state: str, **columns: object) -> bool:
        """Close a row in the transaction that did its work; False when the claim does not hold any more."""
        values = {**self._names(claimed), "state": state, **columns}
        closed = cast(CursorResult[Any], session.execute(self._update_claimed, values))
        return closed.rowcount == 1

    def reschedule(
        self,
        claimed: C,
        error: str,
        *,
        at: datetime,
        state: str | None = None,
        delay: timedelta | None = None,
        is_last: bool | None = None,
        **columns: object,
    ) -> None:
        """Retry a row later, or set it to `exhausted` after the last attempt.

        Args:
            claimed: The row. Nothing changes when the claim does not hold any more.
            error: Why the attempt failed, for staff.
            at: The present moment.
            state: The state in which it waits.
            delay: When to retry, if not by the policy.
            is_last: Whether this was the last attempt, if that is not a matter of their number.
            columns: Further columns of the row to set.
        """
        if is_last is None:
            is_last = claimed.attempts >= self.policy.max_attempts
        values = {
            "state": self.policy.exhausted if is_last and self.policy.exhausted else state or self.policy.waiting[0],
            "error": error[:MAX_ERROR_LENGTH],
            "next_try_at": at + (delay or self.policy.delay_after(claimed.attempts)),
            **columns,
        }
        with transaction() as session:
            session.execute(self._update_claimed, {**self._names(claimed), **values})

    def postpone(self, claimed: C, delay: timedelta, *, at: datetime, **columns: object) -> None:
        """Come back to a row that could not be tried yet: the claim does not count as an attempt."""
        values = {"attempts": claimed.attempts - 1, "next_try_at": at + delay, **columns}
        with transaction() as session:
            session.execute(self._update_claimed, {**self._names(claimed), **values})

    @property
    def is_exhausted(self) -> ColumnElement[bool]:
        """Whether a row needs a person, because its attempts are exhausted."""
        columns = self._table.c
        if self.policy.exhausted:
            return columns.state == self.policy.exhausted
        return and_(columns.state.in_(self.policy.waiting), columns.attempts >= self.policy.max_attempts)

    def _is_unchanged(self, name: str) -> ColumnElement[bool]:
        """Compare a column with its value in the claim; by `=` where it is never null, so that PostgreSQL finds it by index."""
        column = self._table.c[name]
        claimed: ColumnElement[Any] = bindparam(f"claimed_{name}")
        return column.is_not_distinct_from(claimed) if column.nullable else column == claimed

    def _names(self, claimed: C) -> dict[str, object]:
        return {f"claimed_{name}": getattr(claimed, name) for name in claimed.UNCHANGED}

    def _execute(self, find: Select[Any], claim: Any, claim_on_postgresql: Any, at: datetime) -> C | None:
        with autocommit() as connection:
            if connection.dialect.name == "postgresql":
                claim = claim_on_postgresql
            elif connection.execute(find, {"now": at}).first() is None:
                return None  # the usual case, found without SQLite's write lock
            row = connection.execute(claim, {"now": at, "until": at + LEASE}).one_or_none()
        return self._claim_type(**dict(zip(self._columns, row, strict=False))) if row else None

    def _claim_on_postgresql(self, claim: Any) -> Any:  # both are statements
        if self._has_durable_claims:
            return claim
        return claim.returning(func.set_config("synchronous_commit", "off", True))

    def _find(self, *conditions: ColumnElement[bool], is_locking: bool = False) -> Select[int]:
        """Select the first row by its time: one indexed query per state, so a long queue in one does not slow another."""
        columns = self._table.c
        first_of_each = (
            select(columns.id, columns.next_try_at)
            .where(columns.state == state, *conditions, *self._conditions)
            .order_by(columns.next_try_at, columns.id)
            .limit(1)
            for state in self.policy.waiting
        )
        first = union_all(
            *(
                select((one.with_for_update(skip_locked=True) if is_locking else one).subquery())
                for one in first_of_each
            )
        ).subquery()
        return select(first.c.id).order_by(first.c.next_try_at, first.c.id).limit(1)

    def _claim(self, *conditions: ColumnElement[bool]) -> Any:  # an update that returns the columns of a claim
        columns = self._table.c
        return (
            update(self._table)
            .where(columns.id == self._find(*conditions, is_locking=True).scalar_subquery())
            .values(next_try_at=bindparam("until"), attempts=columns.attempts + 1)
            .returning(*(columns[name] for name in self._columns))
        )
