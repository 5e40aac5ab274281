"""Erasing a donor's personal data: what hinders it. Pure."""

from campaign.domain.errors import Conflict, DomainError


class PledgeStillRunning(Conflict):
    """A monthly gift of the donor still runs: without a name and an address nobody could be told of its charges."""


class ReceiptErased(DomainError):
    """The receipt names a donor whose personal data were erased: nobody is shown it any more."""
