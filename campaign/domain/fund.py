"""The kinds of funds, and how far an event and a grant have come."""

from enum import StrEnum


class FundKind(StrEnum):
    """What a fund holds money for."""

    GENERAL = "general"  # unrestricted
    THEME = "theme"  # restricted by its donors
    EVENT = "event"
    GRANT = "grant"
    LINE = "line"  # a line of the budget
    RESTRICTED = "restricted"  # a theme's money inside an event, a grant or a line


class EventStatus(StrEnum):
    """How far a thematic event has come."""

    PLANNED = "planned"
    OPEN = "open"
    COMPLETED = "held"
    CANCELLED = "cancelled"
    REPORTED = "reported"


class GrantStatus(StrEnum):
    """How far a grant has come."""

    PLANNED = "planned"
    OPEN = "open"
    AWARDED = "awarded"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REPORTED = "reported"


COLLECTING_KINDS = (FundKind.GENERAL, FundKind.THEME)
"""Funds that a donor can choose."""
