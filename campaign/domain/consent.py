"""Consents of people to be shown: how they are given, and their limits. Pure."""

from datetime import date
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


class ConsentGivenLater(DomainError):
    """The day on which it was given is still to come."""


class ConsentState(StrEnum):
    """Whether a consent covers anything."""

    VALID = "valid"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


def consent_state(*, valid_until: date | None, is_withdrawn: bool, day: date) -> ConsentState:
    """Return what a consent is on a day; the last day is covered."""
    if is_withdrawn:
        return ConsentState.WITHDRAWN
    return ConsentState.ENDED if valid_until is not None and valid_until < day else ConsentState.VALID
