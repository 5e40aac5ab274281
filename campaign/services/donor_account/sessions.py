"""Sessions of donors: a row for each browser in which one is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.donor_session import IDLE, LONGEST, REMEMBERED
from campaign.domain.errors import NotFound
from campaign.domain.identity import new_public_id
from campaign.gateways.clock import Clock
from campaign.models.donor import Donor
from campaign.models.donor_session import DonorSession

NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDonorSession:
    """A session that begins."""

    donor_id: int
    sign_in_id: str
    browser: str
    system: str
    is_remembered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInDonor:
    """Who is signed in, and in which session."""

    donor_id: int
    public_id: str
    email: str
    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorSessionRow:
    """A session as its donor sees it. `browser` and `system` are empty where they are unknown."""

    public_id: str
    browser: str
    system: str
    is_remembered: bool
    signed_in_at: datetime
    last_used_at: datetime
    expires_at: datetime


def add_session(session: Session, new: NewDonorSession, *, at: datetime) -> str:
    """Write a session within the caller's transaction; return its public id."""
    row = DonorSession(
        public_id=new_public_id(),
        donor_id=new.donor_id,
        sign_in_id=new.sign_in_id,
        browser=new.browser,
        system=new.system,
        is_remembered=new.is_remembered,
        signed_in_at=at,
        last_used_at=at,
        expires_at=at + (REMEMBERED if new.is_remembered else LONGEST),
    )
    session.add(row)
    return row.public_id


def donor_of_session(public_id: str, *, clock: Clock) -> SignedInDonor | None:
    """Return who is signed in; None where the session has ended or expired. The use is noted, to the minute."""
    at = clock.now()
    with reading() as session:
        row = session.execute(
            select(Donor.id, Donor.public_id, Donor.email, DonorSession.last_used_at)
            .join(DonorSession, DonorSession.donor_id == Donor.id)
            .where(DonorSession.public_id == public_id, _is_open(at), Donor.email.is_not(None))
        ).one_or_none()
    if row is None:
        return None
    if at - row[3] >= NOTED_EVERY:
        with transaction() as session:
            used = update(DonorSession).where(DonorSession.public_id == public_id, _is_open(at))
            session.execute(used.values(last_used_at=at))
    return SignedInDonor(donor_id=row[0], public_id=row[1], email=str(row[2]), session_id=public_id)


def sessions_of(donor_id: int, *, clock: Clock) -> Sequence[DonorSessionRow]:
    """Return the donor's open sessions, last used first."""
    query = (
        select(DonorSession)
        .where(DonorSession.donor_id == donor_id, _is_open(clock.now()))
        .order_by(DonorSession.last_used_at.desc(), DonorSession.id.desc())
    )
    with reading() as session:
        return [
            DonorSessionRow(
                public_id=row.public_id,
                browser=row.browser,
                system=row.system,
                is_remembered=row.is_remembered,
                signed_in_at=row.signed_in_at,
                last_used_at=row.last_used_at,
                expires_at=row.expires_at,
            )
            for row in session.execute(query).scalars()
        ]


def end_session(donor_id: int, public_id: str, *, clock: Clock) -> None:
    """End one session of the donor.

    Raises:
        NotFound: they have no such open session.
    """
    if not _end(donor_id, DonorSession.public_id == public_id, clock=clock):
        raise NotFound("session")


def end_all_sessions(donor_id: int, *, clock: Clock) -> None:
    """End all sessions of the donor, the one in use included."""
    _end(donor_id, DonorSession.id.is_not(None), clock=clock)


def _end(donor_id: int, which: ColumnElement[bool], *, clock: Clock) -> int:
    with transaction() as session:
        ended = (
            update(DonorSession)
            .where(DonorSession.donor_id == donor_id, DonorSession.ended_at.is_(None), which)
            .values(ended_at=clock.now())
            .returning(DonorSession.id)
        )
        return len(session.execute(ended).scalars().all())


def _is_open(at: datetime) -> ColumnElement[bool]:
    is_active = or_(DonorSession.is_remembered.is_(True), DonorSession.last_used_at >= at - IDLE)
    return and_(DonorSession.ended_at.is_(None), DonorSession.expires_at > at, is_active)
