"""Histories as the staff pages show them: of a gift, a monthly gift, an allocation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from campaign.blueprints.admin.words import Word
from campaign.domain.timeline import TimelineEntry
from campaign.i18n import exact_money


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One entry in words; `kind` is its colour: good, warn, bad or none."""

    title: str
    at: datetime
    note: str
    kind: str


def timeline_row(entry: TimelineEntry, words: Mapping[str, Word], *notes: str) -> TimelineRow:
    """Put an entry into words.

    Args:
        entry: What happened.
        words: The words of each kind of entry; an unknown kind is shown as it is.
        notes: What to say about it; by default the entry's own note. Empty ones are left out.
    """
    word, colour = words.get(entry.kind, (entry.kind, ""))
    amount = exact_money(entry.amount) if entry.amount else ""
    parts = (*(notes or (entry.note,)), entry.who or "")
    return TimelineRow(f"{word} {amount}".strip(), entry.at, " · ".join(part for part in parts if part), colour)
