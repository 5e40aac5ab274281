"""A file with one event for people's calendars (iCalendar, RFC 5545). Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime

MAX_LINE = 75
"""Bytes of a line; a longer one goes on in the next, after a space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """An event as calendars take it.

    Attributes:
        uid: Names it for ever: the same event with a higher `sequence` takes the place of the earlier one.
        is_cancelled: Whether calendars are to take it out.
    """

    uid: str
    sequence: int
    written_at: datetime
    begins_at: datetime
    ends_at: datetime
    title: str
    place: str
    url: str
    is_cancelled: bool = False


def calendar_file(event: CalendarEvent) -> bytes:
    """Return the file, in UTF-8."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//kurak//events//EN",
        f"METHOD:{'CANCEL' if event.is_cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_moment(event.written_at)}",
        f"DTSTART:{_moment(event.begins_at)}",
        f"DTEND:{_moment(event.ends_at)}",
        f"SUMMARY:{_text(event.title)}",
        f"LOCATION:{_text(event.place)}",
        f"URL:{event.url}",
        f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Return a text with what the format uses itself escaped, on one line."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """Break a line where it has too many bytes, never inside a letter."""
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > MAX_LINE:
            parts.append("")
            size = 1  # of the space that the next line begins with
        parts[-1] += letter
        size += width
    return "\r\n ".join(parts)
