"""Notes about donors: written and removed by staff of a campaign, and seen by nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.database import insert_once, transaction
from campaign.domain.donor import TooManyNotes
from campaign.gateways.clock import Clock
from campaign.models.donor import DonorNote
from campaign.models.staff import Staff
from campaign.services import audit
from campaign.services.donors.scope import donor_of

MAX_NOTES = 200
MAX_NOTE = 2000
"""Characters of a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """A note as the page of the donor shows it."""

    public_id: str
    text: str
    written_at: datetime
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """A note to add; `public_id` comes with the form, so that a form sent twice adds one."""

    campaign_id: int
    donor_public_id: str
    public_id: str
    text: str
    actor_id: int


def notes_of(session: Session, campaign_id: int, donor_id: int) -> Sequence[NoteView]:
    """Return what a campaign's staff noted about a donor, latest first."""
    query = (
        select(DonorNote, Staff.name)
        .join(Staff, Staff.id == DonorNote.written_by)
        .where(DonorNote.campaign_id == campaign_id, DonorNote.donor_id == donor_id)
        .order_by(DonorNote.id.desc())
    )
    return [
        NoteView(public_id=note.public_id, text=note.text, written_at=note.written_at, author=author)
        for note, author in session.execute(query)
    ]


def add_note(note: NewNote, *, clock: Clock) -> None:
    """Write a note.

    Raises:
        NotFound: The campaign has no such donor.
        TooManyNotes: There are 200 already.
    """
    at = clock.now()
    with transaction() as session:
        donor = donor_of(session, note.campaign_id, note.donor_public_id)
        count = select(func.count()).where(
            DonorNote.campaign_id == note.campaign_id,
            DonorNote.donor_id == donor.id,
            DonorNote.public_id != note.public_id,
        )
        if session.execute(count).scalar_one() >= MAX_NOTES:
            raise TooManyNotes(note.donor_public_id)
        row = {
            "public_id": note.public_id,
            "campaign_id": note.campaign_id,
            "donor_id": donor.id,
            "text": note.text[:MAX_NOTE],
            "written_at": at,
            "written_by": note.actor_id,
        }
        if insert_once(session, DonorNote, row):
            subject = f"donor:{donor.public_id}"
            audit.record(session, actor_id=note.actor_id, action="donor:note", subject=subject, at=at, detail={})


def remove_note(campaign_id: int, donor_public_id: str, public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Remove a note; one that is gone already is no error.

    Raises:
        NotFound: The campaign has no such donor.
    """
    with transaction() as session:
        donor = donor_of(session, campaign_id, donor_public_id)
        removed = session.execute(
            delete(DonorNote)
            .where(
                DonorNote.campaign_id == campaign_id,
                DonorNote.donor_id == donor.id,
                DonorNote.public_id == public_id,
            )
            .returning(DonorNote.id)
        ).scalar()
        if removed is not None:
            subject = f"donor:{donor.public_id}"
            audit.record(
                session, actor_id=actor_id, action="donor:remove_note", subject=subject, at=clock.now(), detail={}
            )
