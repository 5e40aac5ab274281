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
    """What went wrong with the delivery, at the last attempt or after the email left."""

    ADDRESS = "address"  # no mail server takes mail for this address
    REFUSED = "refused"  # the server refused this email
    UNREACHABLE = "unreachable"  # no server answered, or it asked us to try later
    FAULT = "fault"  # an error of this program
    UNCERTAIN = "uncertain"  # the worker ended while it sent an email that must not arrive twice
    RETURNED = "returned"  # it left, and came back: no mail arrives at this address
    DELAYED = "delayed"  # it left, and a mail server could not deliver it for now
    COMPLAINT = "complaint"  # it arrived, and its reader called it unwanted


class MailHoldReason(StrEnum):
    """Why an email is held back."""

    LATE_NEWS = "late_news"  # a comparison with the provider found it late; staff decide whether it is sent
    RECEIPT_NOT_PRINTABLE = "receipt_not_printable"


ADDRESS_FAILURES = (MailFailure.ADDRESS, MailFailure.RETURNED)
"""Failures after which an address gets no email that goes to many."""
UNSENT_MAIL_STATES = (MailState.QUEUED, MailState.HELD, MailState.STORED, MailState.FAILED_PERMANENTLY)
"""States of an email that has not left, or has come back."""
RETIRED_MAIL_STATES = {"dead": MailState.FAILED_PERMANENTLY, "kept": MailState.STORED}
"""Former names of states, which stand in old addresses."""
