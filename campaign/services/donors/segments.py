"""Segments: filters of the list of donors under a name, shared by the staff of a campaign."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from campaign.database import insert_once, reading, transaction
from campaign.domain.donor import SegmentExists, SegmentUnreadable, TooManySegments
from campaign.domain.errors import NotFound
from campaign.domain.folding import fold
from campaign.gateways.clock import Clock
from campaign.models.donor import DonorSegment
from campaign.models.staff import Staff
from campaign.services import audit
from campaign.services.donors.filters import DonorFilter, counts_of
from campaign.services.donors.stored_filters import read_stored, stored

MAX_SEGMENTS = 100
MAX_NAME = 80
"""Characters of a segment's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentView:
    """A segment as the pages show it; without a filter where the stored one cannot be read."""

    public_id: str
    name: str
    filters: DonorFilter | None
    saved_at: datetime
    saved_by: str
    donors: int | None = None
    """How many are in it, where the list is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSegment:
    """A segment to add; `public_id` comes with the form, so that a form sent twice adds one."""

    public_id: str
    name: str
    filters: DonorFilter
    actor_id: int


def segments(campaign_id: int, *, as_of: date) -> Sequence[SegmentView]:
    """Return the segments of a campaign, by name, with the number of donors in each."""
    query = _rows(campaign_id).order_by(DonorSegment.name_key)
    with reading() as session:
        rows = [_view(row, author, as_of=as_of) for row, author in session.execute(query)]
        readable = [row for row in rows if row.filters is not None]
        if not readable:
            return rows
        counted = session.execute(counts_of(campaign_id, [row.filters for row in readable if row.filters])).one()
        counts = {row.public_id: int(count) for row, count in zip(readable, counted, strict=True)}
        return [replace(row, donors=counts.get(row.public_id)) for row in rows]


def segment(campaign_id: int, public_id: str, *, as_of: date) -> SegmentView:
    """Return one segment.

    Raises:
        NotFound: The campaign has no such segment.
    """
    with reading() as session:
        row = session.execute(_rows(campaign_id).where(DonorSegment.public_id == public_id)).one_or_none()
        if row is None:
            raise NotFound(f"segment:{public_id}")
        return _view(row[0], row[1], as_of=as_of)


def save_segment(new: NewSegment, *, clock: Clock) -> None:
    """Add a segment.

    Raises:
        SegmentExists: The campaign has one of this name.
        TooManySegments: It has 100 already.
    """
    at, campaign_id = clock.now(), new.filters.campaign_id
    with transaction() as session:
        known = select(DonorSegment.id).where(
            DonorSegment.campaign_id == campaign_id, DonorSegment.public_id == new.public_id
        )
        if session.execute(known).scalar() is not None:
            return
        if session.execute(select(func.count()).where(DonorSegment.campaign_id == campaign_id)).scalar_one() >= (
            MAX_SEGMENTS
        ):
            raise TooManySegments(str(campaign_id))
        row = {
            "public_id": new.public_id,
            "campaign_id": campaign_id,
            "name": new.name,
            "name_key": fold(new.name),
            "filters": stored(new.filters),
            "saved_at": at,
            "saved_by": new.actor_id,
        }
        if not insert_once(session, DonorSegment, row):
            raise SegmentExists(new.name)
        _record(session, "segment:save", new.public_id, {}, actor_id=new.actor_id, at=at)


def change_segment(
    campaign_id: int,
    public_id: str,
    *,
    actor_id: int,
    clock: Clock,
    name: str | None = None,
    filters: DonorFilter | None = None,
) -> None:
    """Give a segment another name or other filters.

    Raises:
        NotFound: The campaign has no such segment; it was removed meanwhile.
        SegmentExists: Another one has this name.
    """
    at = clock.now()
    with transaction() as session:
        row = _locked(session, campaign_id, public_id)
        if name is not None:
            _rename(session, row, name)
        if filters is not None:
            row.filters = stored(filters)
        row.saved_at, row.saved_by = at, actor_id
        _record(session, "segment:change", public_id, {"renamed": name is not None}, actor_id=actor_id, at=at)


def remove_segment(campaign_id: int, public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Remove a segment; the donors in it stay.

    Raises:
        NotFound: The campaign has no such segment; it was removed meanwhile.
    """
    with transaction() as session:
        session.delete(_locked(session, campaign_id, public_id))
        _record(session, "segment:remove", public_id, {}, actor_id=actor_id, at=clock.now())


def _rows(campaign_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(DonorSegment, Staff.name)
        .join(Staff, Staff.id == DonorSegment.saved_by)
        .where(DonorSegment.campaign_id == campaign_id)
    )


def _view(row: DonorSegment, author: str, *, as_of: date) -> SegmentView:
    try:
        filters = read_stored(row.filters, campaign_id=row.campaign_id, as_of=as_of)
    except SegmentUnreadable:
        filters = None
    return SegmentView(public_id=row.public_id, name=row.name, filters=filters, saved_at=row.saved_at, saved_by=author)


def _locked(session: Session, campaign_id: int, public_id: str) -> DonorSegment:
    query = select(DonorSegment).where(DonorSegment.campaign_id == campaign_id, DonorSegment.public_id == public_id)
    row = session.execute(query.with_for_update()).scalar_one_or_none()
    if row is None:
        raise NotFound(f"segment:{public_id}")
    return row


def _rename(session: Session, row: DonorSegment, name: str) -> None:
    taken = select(DonorSegment.id).where(
        DonorSegment.campaign_id == row.campaign_id, DonorSegment.name_key == fold(name), DonorSegment.id != row.id
    )
    if session.execute(taken).scalar() is not None:
        raise SegmentExists(name)
    row.name, row.name_key = name, fold(name)


def _record(
    session: Session, action: str, public_id: str, detail: dict[str, object], *, actor_id: int, at: datetime
) -> None:
    subject = f"segment:{public_id}"
    audit.record(session, actor_id=actor_id, action=action, subject=subject, at=at, detail=detail)
