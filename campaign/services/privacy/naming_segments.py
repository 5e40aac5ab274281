"""Saved segments of donors that are called by somebody's address or name, or search for it."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.folding import fold
from campaign.models.donor import DonorSegment


def segments_naming(session: Session, texts: Collection[str]) -> list[int]:
    """Return ids of segments, of every campaign, with one of the texts in their name or in the text they search for."""
    people = [words for text in texts if (words := _words(text))]
    stored = session.execute(select(DonorSegment.id, DonorSegment.name, DonorSegment.filters).order_by(DonorSegment.id))
    return [
        segment_id
        for segment_id, name, filters in stored
        if any(_is_about(person, _words(text)) for person in people for text in (name, str(filters.get("text", ""))))
    ]


def _is_about(person: frozenset[str], words: frozenset[str]) -> bool:
    """Return whether words name a person: by an address, a name of several words, or one word with nothing beside it."""
    return person <= words if len(person) > 1 or any("@" in word for word in person) else person == words


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())
