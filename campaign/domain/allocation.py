"""The kinds and states of an allocation: money of one fund set aside for another."""

from enum import StrEnum


class AllocationKind(StrEnum):
    """Which way the money moves."""

    ALLOCATION = "allocation"
    TAKE_BACK = "take_back"
    COVER = "cover"  # the general fund pays what a fund lacks


class AllocationState(StrEnum):
    """What became of a proposal; a second person decides."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
