"""Counts attempts to give: rows of five minutes per hashed key, and the keys with which each payment session started.

Every process and machine counts in the same rows. The counters of one transaction are locked in one order, so two that
count the same things wait for each other and never deadlock.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from campaign.domain.abuse import DAY, WINDOWS, Kind, Tallies, Tally, bucket_of
from campaign.domain.donation import DonationState
from campaign.extensions import Instant
from campaign.models.abuse import AttemptCount, GiftStart
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation

RETENTION = timedelta(days=2)
"""How long what was counted by address, network, email or form is kept: no limit looks back further than a day."""
KNOWN = timedelta(days=28)
"""How long a campaign's own counts are kept: they tell what it knows."""
START_RETENTION = timedelta(days=8)
"""A delayed payment may fail a week later."""
KEYS = {
    Kind.ADDRESS: GiftStart.address_key,
    Kind.NETWORK: GiftStart.network_key,
    Kind.EMAIL: GiftStart.email_key,
    Kind.EMAIL_NEAR: GiftStart.email_near_key,
    Kind.CAMPAIGN: GiftStart.campaign,
}


@dataclass(frozen=True, slots=True)
class Counter:
    """One key's bucket and what is added to it."""

    kind: str
    key: str


def count_attempts(session: Session, keys: Mapping[Kind, str], *, at: datetime, column: str, by: int = 1) -> None:
    """Add to `started`, `failed` or `turned_away` of each key, in the transaction of what is counted."""
    _add(session, [Counter(kind.value, key) for kind, key in keys.items()], at=at, column=column, by=by)


def count_one(session: Session, counter: Counter, *, at: datetime, column: str) -> None:
    """Add to one counter."""
    _add(session, [counter], at=at, column=column, by=1)


def lock_counters(session: Session, *counters: Counter, at: datetime) -> None:
    """Lock these counters until the transaction ends: others who count them wait, and then read what was counted."""
    _add(session, list(counters), at=at, column="started", by=0)


def tallies_of(session: Session, keys: Mapping[Kind, str], *, at: datetime) -> Tallies:
    """Return the counts of these keys within each window."""
    return _tallies(session, _OF_KEYS, {"kinds": [kind.value for kind in keys], "keys": list(keys.values())}, at=at)


def traffic(session: Session, *, at: datetime, since: datetime | None) -> Tallies:
    """Return the counts of all campaigns within each window, but nothing from before `since`."""
    return _tallies(session, _OF_ALL, {"since": since or _from(at, DAY)}, at=at)


def count_of(session: Session, counter: Counter, *, at: datetime, window: timedelta) -> Tally:
    """Return the counts of one key within one window."""
    row = session.execute(
        select(
            func.coalesce(func.sum(AttemptCount.started), 0),
            func.coalesce(func.sum(AttemptCount.failed), 0),
            func.coalesce(func.sum(AttemptCount.turned_away), 0),
        ).where(
            AttemptCount.kind == counter.kind,
            AttemptCount.key == counter.key,
            AttemptCount.bucket_at >= _from(at, window),
        )
    ).one()
    return Tally(started=int(row[0]), failed=int(row[1]), turned_away=int(row[2]))


def paid_gifts(
    session: Session, kind: Kind, key: str | None, *, at: datetime, window: timedelta, since: datetime | None = None
) -> int:
    """Return how many gifts whose payment session started within the window are paid; without a key, of all."""
    first = max(_from(at, window), since) if since else _from(at, window)
    query = _PAID_BY_ALL if key is None else _PAID_BY[kind]
    return int(session.execute(query, {"first": first, "key": key}).scalar_one())


def most_starts_known(session: Session, *, before: datetime) -> int:
    """Return the busiest ten minutes of the last weeks: three times its fullest bucket, for bursts come in between."""
    return 3 * int(session.execute(_BUSIEST, {"before": bucket_of(before)}).scalar_one())


def keys_of_start(start: GiftStart) -> dict[Kind, str]:
    """Return the keys by which a session's failures are counted."""
    keys = {kind: getattr(start, column.key) for kind, column in KEYS.items()}
    return {kind: key for kind, key in keys.items() if key}


def sweep_attempts(session: Session, *, at: datetime) -> None:
    """Delete what no limit uses any more."""
    is_campaign = AttemptCount.kind == Kind.CAMPAIGN.value
    old = or_(
        and_(~is_campaign, AttemptCount.bucket_at < at - RETENTION),
        and_(is_campaign, AttemptCount.bucket_at < at - KNOWN),
    )
    session.execute(delete(AttemptCount).where(old))
    session.execute(delete(GiftStart).where(GiftStart.started_at < at - START_RETENTION))


def _add(session: Session, counters: list[Counter], *, at: datetime, column: str, by: int) -> None:
    """Add to rows that stay locked until the transaction ends, always in the same order."""
    none = {"started": 0, "failed": 0, "turned_away": 0}
    in_order = sorted(counters, key=lambda counter: (counter.kind, counter.key))
    session.execute(
        _adding(column, is_postgresql=session.get_bind().dialect.name == "postgresql"),
        [{"kind": one.kind, "key": one.key, "bucket_at": bucket_of(at), **none, column: by} for one in in_order],
    )


@cache
def _adding(column: str, *, is_postgresql: bool) -> Any:  # the dialects' inserts have no type in common
    """Return a statement that is built once: building it anew costs more than running it."""
    dialect: Any = postgresql if is_postgresql else sqlite
    table = AttemptCount.__table__
    insert = dialect.insert(table)
    added = {column: table.c[column] + insert.excluded[column]}
    return insert.on_conflict_do_update(index_elements=["kind", "key", "bucket_at"], set_=added)


def _tallies(session: Session, query: Select[*tuple[Any, ...]], more: dict[str, Any], *, at: datetime) -> Tallies:
    first = {f"from_{number}": _from(at, window) for number, window in enumerate(WINDOWS)}
    rows = session.execute(query, {**first, "first": _from(at, DAY), **more}).all()
    return {(Kind(row[0]), window): tally for row in rows for window, tally in _windows(row[1:])}


def _windows(sums: Any) -> Iterator[tuple[timedelta, Tally]]:  # three numbers for each window, in the database's types
    for number, window in enumerate(WINDOWS):
        started, failed, turned_away = (int(one) for one in sums[3 * number : 3 * number + 3])
        yield window, Tally(started=started, failed=failed, turned_away=turned_away)


def _from(at: datetime, window: timedelta) -> datetime:
    """Return the first bucket that counts: a window's length, and what has passed of the present bucket."""
    return bucket_of(at) - window


_COUNT = AttemptCount.__table__
_SUMS = [
    func.coalesce(
        func.sum(case((_COUNT.c.bucket_at >= bindparam(f"from_{number}", type_=Instant()), column), else_=0)), 0
    )
    for number in range(len(WINDOWS))
    for column in (_COUNT.c.started, _COUNT.c.failed, _COUNT.c.turned_away)
]
_TALLIES = (
    select(_COUNT.c.kind, *_SUMS)
    .where(_COUNT.c.bucket_at >= bindparam("first", type_=Instant()))
    .group_by(_COUNT.c.kind)
)
# Built once, of the table alone: every attempt needs it.
# A key is of one kind. Queried as pairs, SQLite would read all visitors' counts of a day.
_OF_KEYS = _TALLIES.where(
    _COUNT.c.kind.in_(bindparam("kinds", expanding=True)), _COUNT.c.key.in_(bindparam("keys", expanding=True))
)
# Each campaign by its name: by kind alone, the counts of four weeks would be read to find those of a day.
_OF_ALL = _TALLIES.where(
    _COUNT.c.kind == Kind.CAMPAIGN.value,
    _COUNT.c.key.in_(select(Campaign.__table__.c.slug)),
    _COUNT.c.bucket_at >= bindparam("since", type_=Instant()),
)
_BUCKETS = (
    select(func.sum(_COUNT.c.started).label("started"))
    .where(_COUNT.c.kind == Kind.CAMPAIGN.value, _COUNT.c.bucket_at < bindparam("before", type_=Instant()))
    .group_by(_COUNT.c.bucket_at)
    .subquery()
)
_BUSIEST = select(func.coalesce(func.max(_BUCKETS.c.started), 0))
_START, _GIFT = GiftStart.__table__, Donation.__table__
_PAID_BY_ALL = (
    select(func.count())
    .select_from(_START.join(_GIFT, _GIFT.c.form_id == _START.c.form_id))
    .where(_START.c.started_at >= bindparam("first", type_=Instant()), _GIFT.c.state == DonationState.PAID.value)
)
_PAID_BY = {kind: _PAID_BY_ALL.where(_START.c[column.key] == bindparam("key")) for kind, column in KEYS.items()}
