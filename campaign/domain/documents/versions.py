"""The states of a document's versions."""

from enum import StrEnum


class VersionState(StrEnum):
    """What became of a version."""

    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    FAILED = "failed"
    """Its time came, and the campaign no longer allowed it: a currency or a fund had gone."""
    SET_ASIDE = "set_aside"
    """A draft that was replaced or discarded before it was published."""
