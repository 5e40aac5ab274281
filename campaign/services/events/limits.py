"""Limits of the sign-up form: by network, by event for forms without a browser's work, by form, and by mailbox.

The limit by mailbox is silent, for its answer would tell who signed up; the others depend on the sender alone.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.abuse import DAY, HOUR, Kind
from campaign.domain.event_sign_up import ProofMissing, TooManySignUps
from campaign.domain.visitor_keys import key_of, network_keys, normalized_email
from campaign.services.shield.attempts import Counter, count_of, count_one, lock_counters

MAX_OF_A_NETWORK = 60
"""In an hour: a whole class may sign up behind one address."""
MAX_OF_A_MAILBOX = 8
"""In an hour, for all events together."""
MAX_WITHOUT_PROOF = 20
"""In an hour for one event: people without scripts, and robots."""
MAX_OF_A_FORM = 5
"""In a day: the work of a browser holds for one form."""


@dataclass(frozen=True, slots=True)
class SignUpLimits:
    """The counters of one request."""

    network: Counter
    mailbox: Counter
    event: Counter
    form: Counter

    @classmethod
    def of(cls, event: str, email: str, *, address: str | None, form: str, secret: str) -> "SignUpLimits":
        """Return the counters of a request; their keys tell nobody without the secret what is counted."""
        network = network_keys(address).get(Kind.NETWORK, "")
        return cls(
            network=_counter("event_address", network, secret),
            mailbox=_counter("event_email", normalized_email(email), secret),
            event=_counter("event_no_proof", event, secret),
            form=_counter("event_form", form, secret),
        )

    def check(self, session: Session, *, has_proof: bool, at: datetime) -> None:
        """Count a request, and let it pass.

        Raises:
            TooManySignUps: Very many come from this network.
            ProofMissing: It came without a browser's work, and so did many others for this event.
        """
        lock_counters(session, self.network, self.mailbox, self.event, self.form, at=at)
        if count_of(session, self.network, at=at, window=HOUR).started >= MAX_OF_A_NETWORK:
            raise TooManySignUps
        if has_proof and count_of(session, self.form, at=at, window=DAY).started < MAX_OF_A_FORM:
            count_one(session, self.form, at=at, column="started")
        elif count_of(session, self.event, at=at, window=HOUR).started >= MAX_WITHOUT_PROOF:
            raise ProofMissing
        else:
            count_one(session, self.event, at=at, column="started")
        count_one(session, self.network, at=at, column="started")

    def has_mailbox_enough(self, session: Session, *, at: datetime) -> bool:
        """Count the mailbox; return whether it had so many emails that no more may leave."""
        if count_of(session, self.mailbox, at=at, window=HOUR).started >= MAX_OF_A_MAILBOX:
            return True
        count_one(session, self.mailbox, at=at, column="started")
        return False


def _counter(kind: str, value: str, secret: str) -> Counter:
    return Counter(kind, key_of(kind, value, secret=secret))
