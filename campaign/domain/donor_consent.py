"""What donors and readers agree to be written for, and how they say so. Pure."""

from enum import StrEnum

from campaign.domain.errors import Conflict, DomainError


class ConsentPurpose(StrEnum):
    """What somebody agreed to get by email. Receipts and what else belongs to a gift need no consent."""

    UPDATES = "updates"  # every update of one campaign
    THANKS = "thanks"  # thanks and news of what the gift became
    INVITATIONS = "invitations"  # invitations to events


class ConsentSource(StrEnum):
    """Where somebody said so."""

    EMAIL_LINK = "email_link"  # by a link that was mailed to them
    IN_PERSON = "in_person"
    PAPER = "paper"
    PHONE = "phone"
    MESSAGE = "message"  # an email or a message that they wrote


BY_STAFF = (ConsentSource.IN_PERSON, ConsentSource.PAPER, ConsentSource.PHONE, ConsentSource.MESSAGE)
"""What staff can record; a link is followed by its reader alone."""


RECORDABLE = (ConsentPurpose.THANKS, ConsentPurpose.INVITATIONS)
"""What staff can record; to updates readers subscribe themselves."""


class ConsentGiven(Conflict):
    """The donor has agreed to this already."""


class ConsentEnded(Conflict):
    """The consent is withdrawn already."""


class DonorErased(DomainError):
    """The donor’s personal data was erased: there is nobody to write to, to correct or to export."""
