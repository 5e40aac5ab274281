"""Emails to an address that anybody typed: a few an hour to a mailbox and from a network, so that nobody is flooded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.abuse import HOUR, Kind
from campaign.domain.proof_of_work import CODE_SLOT
from campaign.domain.visitor_keys import key_of, network_keys, normalized_email
from campaign.services.shield.attempts import Counter, count_of, count_one, lock_counters
from campaign.services.shield.codes import MAX_CODES_OF_A_MAILBOX, MAX_CODES_OF_AN_ADDRESS


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLimits:
    """The counters of one purpose, with the most that each may have in an hour."""

    counters: Mapping[Counter, int]
    mailbox_key: str
    """Names the mailbox to nobody without the installation's secret."""

    def are_reached(self, session: Session, *, at: datetime) -> bool:
        """Return whether no more may be sent; others who ask at the same moment wait until the transaction ends."""
        lock_counters(session, *self.counters, at=at)
        return any(count_of(session, one, at=at, window=HOUR).started >= most for one, most in self.counters.items())

    def count(self, session: Session, *, at: datetime) -> None:
        """Count an email."""
        for counter in self.counters:
            count_one(session, counter, at=at, column="started")


def mail_limits(purpose: str, *, email: str, address: str | None, secret: str) -> MailLimits:
    """Return the limits for an email to this mailbox, requested from this network address."""
    by_network, by_mailbox = f"{purpose}_address", f"{purpose}_email"
    network = network_keys(address).get(Kind.NETWORK, "")
    mailbox_key = key_of(by_mailbox, normalized_email(email), secret=secret)
    return MailLimits(
        counters={
            Counter(by_network, key_of(by_network, network, secret=secret)): MAX_CODES_OF_AN_ADDRESS,
            Counter(by_mailbox, mailbox_key): MAX_CODES_OF_A_MAILBOX,
        },
        mailbox_key=mailbox_key,
    )


def slot_of(at: datetime) -> int:
    """Return the number of the quarter of an hour in which at most one email of a purpose goes to a mailbox."""
    return int(at.timestamp() // CODE_SLOT.total_seconds())
