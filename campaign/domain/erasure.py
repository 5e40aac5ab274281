"""Erasing a donor's personal data: what hinders it. Pure."""

from enum import StrEnum

from campaign.domain.errors import Conflict, DomainError


class CustomerDeletionState(StrEnum):
    """How far the deletion of a customer at the payment provider has come."""

    REQUESTED = "requested"
    DONE = "done"
    REFUSED = "refused"  # the provider does not do it; a person has to ask it


class PledgeStillRunning(Conflict):
    """A monthly gift of the donor still runs: without a name and an address nobody could be told of its charges."""


class ReceiptErased(DomainError):
    """The receipt names a donor whose personal data were erased: nobody is shown it any more."""
