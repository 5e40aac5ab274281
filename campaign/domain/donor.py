"""What the gifts of a donor say about them: whether they are new, come back or have stopped giving."""

from enum import StrEnum

from campaign.domain.errors import DomainError


class DonorStatus(StrEnum):
    """A donor in a period that ends today."""

    NEW = "new"  # the first gift came in the period
    RETURNING = "returning"  # gave in the period, and before it
    LAPSED = "lapsed"  # gave before the period, and not in it


class CreditKind(StrEnum):
    """What part somebody has in a gift that another donor paid."""

    INTRODUCED = "introduced"  # brought the donor to us
    EMPLOYER = "employer"  # the company or organisation on whose behalf it was given
    MATCHED = "matched"  # the gift matches one of theirs
    HONOURED = "honoured"  # given in their honour or memory


class TooManyTags(DomainError):
    """A donor has as many tags as a donor may have."""


class TooManyNotes(DomainError):
    """A donor has as many notes as a donor may have."""


class SegmentExists(DomainError):
    """Another segment of the campaign has this name."""


class TooManySegments(DomainError):
    """The campaign has as many segments as a campaign may have."""


class SegmentUnreadable(DomainError):
    """The stored filters of a segment are not filters of this version."""


class SameDonor(DomainError):
    """Both are one donor already."""


class MergeOfErased(DomainError):
    """The personal data of one of the two donors was erased."""


class DonorsMergedAway(DomainError):
    """A gift that a merge had moved belongs to somebody else by now, so the merge cannot be undone."""


class OwnGift(DomainError):
    """A gift is not credited to whoever gave it."""


class CreditedAlready(DomainError):
    """The gift is credited to this donor already."""


class TooManyCredits(DomainError):
    """The gift has as many credits as a gift may have."""
