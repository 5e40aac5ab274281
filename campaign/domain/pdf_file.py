"""PDFs of other people: why one is not accepted. Pure."""

from enum import StrEnum

from campaign.domain.errors import DomainError


class PdfFlaw(StrEnum):
    """Why a PDF is not accepted."""

    DAMAGED = "damaged"
    LOCKED = "locked"
    """It needs a password."""
    TOO_LARGE = "too_large"
    """It has too many pages, or takes too long."""


class PdfRefused(DomainError):
    """A PDF is not accepted.

    Attributes:
        flaw: Why.
    """

    def __init__(self, flaw: PdfFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw
