"""Emails that staff write to a segment of donors: what they may be about, their limits, and who is left out. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from campaign.domain.donor_consent import ConsentPurpose
from campaign.domain.errors import Conflict, DomainError

SEGMENT_MAIL_KIND = "segment_mail"
"""The folder of its mail templates."""
PURPOSES = (ConsentPurpose.THANKS, ConsentPurpose.INVITATIONS)
"""What staff may write about; updates go to the readers who asked for them."""
MAX_TITLE = 200
MAX_BODY = 10_000
MAX_RECIPIENTS = 20_000


class LeftOut(StrEnum):
    """Why a donor of the segment gets no email."""

    CONSENT = "consent"  # never agreed to emails of this purpose, or withdrew it
    ADDRESS = "address"  # no address, or one that cannot receive email


class MailingIncomplete(DomainError):
    """A language has a title without a text, or no language has both."""


class NobodyAgreed(Conflict):
    """Nobody in the segment has agreed to emails of this purpose."""


class TooManyRecipients(DomainError):
    """More donors are in the segment than one sending goes to."""


def check_texts(title: Mapping[str, str], body: Mapping[str, str]) -> None:
    """Refuse texts of which a reader would get half.

    Raises:
        MailingIncomplete: See there.
    """
    if not title or set(title) != set(body):
        raise MailingIncomplete
