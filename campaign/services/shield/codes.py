"""A code by email for a browser that cannot do the proof of work: sent to any mailbox alike, known or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.abuse import HOUR, Kind
from campaign.domain.donor_session import SIGN_IN_KIND
from campaign.domain.grant_application import LINK_KIND
from campaign.domain.language import in_language_of
from campaign.domain.news import CONFIRM_KIND
from campaign.domain.proof_of_work import CODE_SLOT, code_for, is_code
from campaign.domain.visitor_keys import key_of, network_keys, normalized_email
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.outbox import Message
from campaign.services.queues.outbox import OutgoingMail, enqueue
from campaign.services.shield.attempts import RETENTION, Counter, count_of, count_one, lock_counters

KIND, PLEDGE_KIND, LINKS_KIND = "gift_code", "pledge_code", "pledge_links"
"""Folders of mail templates: of a code for the donation form, of one for the page of a monthly gift, and of the link to all
monthly gifts of a mailbox."""
PROOFS = frozenset({KIND, PLEDGE_KIND, LINKS_KIND, CONFIRM_KIND, LINK_KIND, SIGN_IN_KIND})
"""Mails for an address that anybody typed, whose reader proves by them that the mailbox is theirs: they are never sent
again or elsewhere, and forgotten after some days."""
MAX_CODES_OF_A_MAILBOX = 4
"""In an hour; then the page says the same and no mail leaves, so that nobody's mailbox is flooded through us."""
MAX_CODES_OF_AN_ADDRESS = 40
MAX_TRIES = 5
"""Of codes for one form; then none is right any more."""
TRIES_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFor:
    """Whose code: a shown form, a mailbox, and the visitor's address."""

    form: str
    email: str
    address: str | None
    campaign: str
    language: str
    kind: str = KIND


def mail_code(owner: CodeFor, *, clock: Clock, secret: str) -> None:
    """Email the code of this quarter of an hour, once per form; the visitor's page does not depend on the result."""
    at, mailbox = clock.now(), normalized_email(owner.email)
    code = code_for(owner.form, mailbox, at=at, secret=secret)
    slot = int(at.timestamp() // CODE_SLOT.total_seconds())
    counters = [
        Counter(
            "code_address", key_of("code_address", network_keys(owner.address).get(Kind.NETWORK, ""), secret=secret)
        ),
        Counter("code_email", key_of("code_email", mailbox, secret=secret)),
    ]
    most = [MAX_CODES_OF_AN_ADDRESS, MAX_CODES_OF_A_MAILBOX]
    with transaction() as session:
        lock_counters(session, *counters, at=at)
        sent = [count_of(session, counter, at=at, window=HOUR).started for counter in counters]
        if any(already >= allowed for already, allowed in zip(sent, most, strict=True)):
            return
        campaign = session.execute(select(Campaign).where(Campaign.slug == owner.campaign)).scalar_one()
        mail = OutgoingMail(
            kind=owner.kind,
            language=owner.language,
            recipient=owner.email,
            facts={
                "donor_name": "",
                "code": code,
                "campaign_title": in_language_of(campaign.title, owner.language),
                "help_email": campaign.contact_email,
                "is_test": False,
            },
            key=f"{owner.kind}:{owner.form}:{key_of('code_email', mailbox, secret=secret)}:{slot}",
        )
        if enqueue(session, mail, at=at):
            for counter in counters:
                count_one(session, counter, at=at, column="started")


def sweep_codes(session: Session, *, at: datetime) -> None:
    """Delete the emails with codes and with links to a mailbox's gifts, and their recipients."""
    session.execute(delete(Message).where(Message.kind.in_(PROOFS), Message.created_at < at - RETENTION))


def is_right_code(typed: str, owner: CodeFor, *, clock: Clock, secret: str) -> bool:
    """Return whether this is the emailed code; each wrong try is counted, and after some none is right."""
    at = clock.now()
    counter = Counter("code_try", key_of("code_try", owner.form, secret=secret))
    with transaction() as session:
        lock_counters(session, counter, at=at)
        if count_of(session, counter, at=at, window=TRIES_WINDOW).failed >= MAX_TRIES:
            return False
        is_right = is_code(typed, owner.form, normalized_email(owner.email), at=at, secret=secret)
        if not is_right:
            count_one(session, counter, at=at, column="failed")
        return is_right


def has_tries_left(owner: CodeFor, *, clock: Clock, secret: str) -> bool:
    """Return whether a right code would still be accepted; after too many wrong ones none is, for an hour."""
    counter = Counter("code_try", key_of("code_try", owner.form, secret=secret))
    with reading() as session:
        return count_of(session, counter, at=clock.now(), window=TRIES_WINDOW).failed < MAX_TRIES
