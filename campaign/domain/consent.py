"""Consents of people to be shown: how they are given, and their limits. Pure."""

from enum import StrEnum

from campaign.domain.errors import DomainError

MAX_PERSON = 200
MAX_PURPOSE = 500
MAX_STORED_AT = 200


class ConsentForm(StrEnum):
    """How somebody gave their consent."""

    PAPER = "paper"
    VOICE = "voice"


class ConsentEndsBeforeItBegins(DomainError):
    """The last day is before the day on which it was given."""


class ConsentWithdrawn(DomainError):
    """It is withdrawn already, so it covers nothing any more."""
