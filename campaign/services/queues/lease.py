"""A lock across machines: a row that says who may do something alone, and until when.

One UPDATE takes or renews it, on either database. A lease that is not renewed expires, and another holder takes it; a
slow holder is refused at its next renewal, and stops.
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


class LeaseTaken(DomainError):
    """Another holder has the lease, or took it over because this holder was too slow."""


@dataclass(frozen=True, slots=True)
class ActiveLease:
    """The right to continue, to be renewed before each step."""

    name: str
    holder: str
    clock: Clock

    def renew(self) -> None:
        """Extend the lease.

        Raises:
            LeaseTaken: another holder has taken it over.
        """
        at = self.clock.now()
        mine = update(Lease).where(Lease.name == self.name, Lease.holder == self.holder)
        with transaction() as session:
            if session.execute(mine.values(until=at + LASTS).returning(Lease.name)).first() is None:
                raise LeaseTaken(self.name)


@contextmanager
def alone(name: str, *, clock: Clock) -> Iterator[ActiveLease]:
    """Take a lease for the time of a block.

    Raises:
        LeaseTaken: another holder has it.
    """
    at, holder = clock.now(), secrets.token_hex(8)
    free = update(Lease).where(Lease.name == name, Lease.until <= at)
    with transaction() as session:
        insert_once(session, Lease, {"name": name, "holder": "", "until": at})
        taken = session.execute(free.values(holder=holder, until=at + LASTS).returning(Lease.name)).first()
    if taken is None:
        raise LeaseTaken(name)
    try:
        yield ActiveLease(name, holder, clock)
    finally:
        with transaction() as session:
            mine = update(Lease).where(Lease.name == name, Lease.holder == holder)
            session.execute(mine.values(until=clock.now()))
