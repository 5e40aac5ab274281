"""A lock that holds across machines: a row that says who may do something alone, and until when.

It is taken and renewed by one UPDATE, on either database. A holder that dies lets it pass, and another takes it then;
a holder that was only slow finds out at its next renewal, and stops.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from campaign.database import insert_once, transaction
from campaign.domain.errors import DomainError
from campaign.gateways.clock import Clock
from campaign.models.payout import Lease

LASTS = timedelta(minutes=10)
"""Longer than any single step between two renewals."""


class HeldByAnother(DomainError):
    """Somebody else does it at this moment; or took it over, because this holder was too slow."""


@dataclass(frozen=True, slots=True)
class HeldLease:
    """The right to go on, to be renewed before each step."""

    name: str
    holder: str
    clock: Clock

    def renew(self) -> None:
        """Hold it for longer; HeldByAnother when somebody has taken it over."""
        now = self.clock.now()
        mine = update(Lease).where(Lease.name == self.name, Lease.holder == self.holder)
        with transaction() as session:
            if session.execute(mine.values(until=now + LASTS).returning(Lease.name)).first() is None:
                raise HeldByAnother(self.name)


@contextmanager
def alone(name: str, *, clock: Clock) -> Iterator[HeldLease]:
    """Hold a lease for the time of a block; HeldByAnother when somebody else has it."""
    now, holder = clock.now(), secrets.token_hex(8)
    free = update(Lease).where(Lease.name == name, Lease.until <= now)
    with transaction() as session:
        insert_once(session, Lease, {"name": name, "holder": "", "until": now})
        taken = session.execute(free.values(holder=holder, until=now + LASTS).returning(Lease.name)).first()
    if taken is None:
        raise HeldByAnother(name)
    try:
        yield HeldLease(name, holder, clock)
    finally:
        with transaction() as session:
            mine = update(Lease).where(Lease.name == name, Lease.holder == holder)
            session.execute(mine.values(until=clock.now()))
