"""The states of an email in the outbox, why its delivery failed, and why one is held back."""

from enum import StrEnum


class MailState(StrEnum):
    """What became of an email."""

    QUEUED = "queued"
    SENT = "sent"
    STORED = "stored"  # no mail server is set up; the email can be read at /dev/mail
    HELD = "held"  # a person must act before it is sent; `MailHoldReason` says why
    FAILED_PERMANENTLY = "failed_permanently"  # refused for good, or retries exhausted


class MailFailure(StrEnum):
    """Why the last delivery attempt failed."""

    ADDRESS = "address"  # no mail server takes mail for this address
    REFUSED = "refused"  # the server refused this email
    UNREACHABLE = "unreachable"  # no server answered, or it asked us to try later
    FAULT = "fault"  # an error of this program
    UNCERTAIN = "uncertain"  # the worker ended while it sent an email that must not arrive twice


class MailHoldReason(StrEnum):
    """Why an email is held back."""

    LATE_NEWS = "late_news"  # a comparison with the provider found it late; staff decide whether it is sent
    RECEIPT_NOT_PRINTABLE = "receipt_not_printable"


UNSENT_MAIL_STATES = (MailState.QUEUED, MailState.HELD, MailState.STORED, MailState.FAILED_PERMANENTLY)
"""States of an email that has not left."""
RETIRED_MAIL_STATES = {"dead": MailState.FAILED_PERMANENTLY, "kept": MailState.STORED}
"""Former names of states, which stand in old addresses."""
