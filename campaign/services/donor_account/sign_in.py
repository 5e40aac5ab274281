"""A donor signs in by a link or a code that is mailed to them.

Whoever types an address is answered alike, and the same is written down: whether it ever gave is looked up when the email is
composed, and told to that mailbox alone. Link and code hold in the browser that asked, once, for ten minutes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.abuse import DAY, HOUR, Kind
from campaign.domain.donor_session import (
    SIGN_IN_KIND,
    SignInRefused,
    SignInRequest,
    TooManyCodes,
    code_of,
    is_same,
    link_token_of,
)
from campaign.domain.email_address import email_key
from campaign.domain.language import in_language_of
from campaign.domain.visitor_keys import key_of, network_keys, normalized_email
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.donor import Donor
from campaign.models.donor_session import DonorSession
from campaign.models.outbox import Message
from campaign.services.donor_account.sessions import NewDonorSession, add_session
from campaign.services.queues.outbox import OutgoingMail, enqueue
from campaign.services.shield.attempts import Counter, count_of, count_one, lock_counters
from campaign.services.shield.mail_limits import mail_limits

MAX_TRIES = 5
"""Wrong codes of one request."""
MAX_TRIES_OF_A_MAILBOX = 20
"""In a day, over all requests: a code of six digits is guessed in one of 50,000 days. The link works on."""
MAX_TRIES_OF_A_NETWORK = 40
"""In an hour, over all mailboxes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInBrowser:
    """Where a request comes from: network address, browser and system; and whether the device is the donor's own."""

    address: str | None
    browser: str = ""
    system: str = ""
    is_remembered: bool = False


def send_sign_in(
    request: SignInRequest, *, language: str, campaign: str, address: str | None, clock: Clock, secret: str
) -> None:
    """Mail link and code; only a few times an hour, without a word about it.

    Args:
        request: Which address asks; its id is new.
        language: Of the email.
        campaign: The slug of the campaign in whose name it is written.
        address: Of the browser.
        clock: The time.
        secret: The installation's, for the keys by which emails are counted.
    """
    at = clock.now()
    limits = mail_limits(SIGN_IN_KIND, email=request.email, address=address, secret=secret)
    with transaction() as session:
        if limits.are_reached(session, at=at):
            return
        row = session.execute(select(Campaign).where(Campaign.slug == campaign)).scalar_one()
        mail = OutgoingMail(
            kind=SIGN_IN_KIND,
            language=language,
            recipient=request.email,
            facts={
                "sign_in": request.id,
                "mailbox": email_key(request.email),
                "donor_name": "",
                "campaign_title": in_language_of(row.title, language),
                "help_email": row.contact_email,
                "is_test": False,
            },
            key=f"{SIGN_IN_KIND}:{request.id}",
        )
        if enqueue(session, mail, at=at):
            limits.count(session, at=at)


def sign_in_facts(facts: dict[str, Any], *, message: Message, public_url: str) -> dict[str, Any]:
    """Return the facts of that email with link and code, or with neither where the address is no donor's."""
    shown = {name: value for name, value in facts.items() if name not in {"sign_in", "mailbox"}}
    mailbox, request_id = str(facts["mailbox"]), str(facts["sign_in"])
    with reading() as session:
        is_donor = _donor_id(session, mailbox) is not None
    secret = str(current_app.secret_key)
    url = f"{public_url}/{message.language}/my/link/{link_token_of(request_id, mailbox, secret=secret)}"
    code = code_of(request_id, mailbox, secret=secret)
    return {**shown, "code": code if is_donor else "", "sign_in_url": url if is_donor else ""}


def is_link_of(request: SignInRequest, token: str, *, secret: str) -> bool:
    """Return whether a link was mailed for this request; nothing is used up by that."""
    return is_same(token, link_token_of(request.id, email_key(request.email), secret=secret))


def sign_in_by_link(request: SignInRequest, token: str, browser: SignInBrowser, *, clock: Clock, secret: str) -> str:
    """Sign in with the link of an email; return the session.

    Raises:
        SignInRefused: It is another browser's, expired or used.
    """
    if not is_link_of(request, token, secret=secret):
        raise SignInRefused
    with transaction() as session:
        lock_counters(session, _counter("request", request.id, secret=secret), at=clock.now())
        return _open(session, request, browser, at=clock.now())


def sign_in_by_code(request: SignInRequest, typed: str, browser: SignInBrowser, *, clock: Clock, secret: str) -> str:
    """Sign in with the code of an email; return the session. Wrong codes are counted.

    Raises:
        SignInRefused: It is wrong, expired or used.
        TooManyCodes: see there.
    """
    at, mailbox = clock.now(), email_key(request.email)
    network = network_keys(browser.address).get(Kind.NETWORK, "")
    limits = {
        _counter("request", request.id, secret=secret): (MAX_TRIES, HOUR),
        _counter("email", normalized_email(request.email), secret=secret): (MAX_TRIES_OF_A_MAILBOX, DAY),
        _counter("address", network, secret=secret): (MAX_TRIES_OF_A_NETWORK, HOUR),
    }
    with transaction() as session:
        lock_counters(session, *limits, at=at)
        if any(count_of(session, one, at=at, window=span).failed >= most for one, (most, span) in limits.items()):
            raise TooManyCodes
        if is_same(typed, code_of(request.id, mailbox, secret=secret)):
            return _open(session, request, browser, at=at)
        for counter in limits:
            count_one(session, counter, at=at, column="failed")
    raise SignInRefused


def _open(session: Session, request: SignInRequest, browser: SignInBrowser, *, at: datetime) -> str:
    """Open the one session of a request; the caller holds its counter's lock."""
    donor_id = _donor_id(session, email_key(request.email))
    used = select(DonorSession.id).where(DonorSession.sign_in_id == request.id)
    if donor_id is None or not request.is_valid(at) or session.execute(used).first() is not None:
        raise SignInRefused
    new = NewDonorSession(
        donor_id=donor_id,
        sign_in_id=request.id,
        browser=browser.browser,
        system=browser.system,
        is_remembered=browser.is_remembered,
    )
    return add_session(session, new, at=at)


def _donor_id(session: Session, mailbox: str) -> int | None:
    return session.execute(select(Donor.id).where(Donor.email_key == mailbox, Donor.erased_at.is_(None))).scalar()


def _counter(what: str, value: str, *, secret: str) -> Counter:
    kind = f"my_try_{what}"
    return Counter(kind, key_of(kind, value, secret=secret))
