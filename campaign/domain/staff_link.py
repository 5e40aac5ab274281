"""One-time links of staff: what they are for, and why one opens nothing."""

from enum import StrEnum

from campaign.domain.errors import DomainError


class LinkPurpose(StrEnum):
    """What a person gets by their link."""

    INVITATION = "invitation"  # an account that nobody has used yet
    RESET = "reset"  # a new password for an account in use


class StaffLinkBroken(DomainError):
    """The link is not valid: it is incomplete, or a newer one has replaced it.

    Attributes:
        made_by: The name of the administrator who made it; None where that is unknown.
    """

    made_by: str | None = None

    def __init__(self, made_by: str | None = None) -> None:
        super().__init__()
        self.made_by = made_by


class StaffLinkSpent(StaffLinkBroken):
    """The link was used already."""


class StaffLinkExpired(StaffLinkBroken):
    """The link is older than 72 hours."""
