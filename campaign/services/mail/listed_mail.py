"""What every list tells of a mail."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMail:
    """The columns of a mail that every list shows, by their names."""

    public_id: str
    kind: str
    language: str
    recipient: str
    state: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    error: str | None
