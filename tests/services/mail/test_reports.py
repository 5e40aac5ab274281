"""Reports about emails: what came back stops what goes to many, once; forged and foreign reports change nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.domain.donor_consent import ConsentPurpose, ConsentSource
from campaign.domain.mail import MailFailure, MailState
from campaign.domain.mail_report import is_mail_report, read_mail_reports
from campaign.domain.news import SubscriberState
from campaign.domain.segment_mailing import SEGMENT_MAIL_KIND, LeftOut
from campaign.extensions import db
from campaign.gateways.context import Context
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign
from campaign.models.news import Subscriber
from campaign.models.outbox import Message
from campaign.models.segment_mailing import SegmentMailing
from campaign.models.staff import AuditEvent
from campaign.services import consent_log
from campaign.services.consent_log import NewConsent
from campaign.services.mail.listing import unreachable_addresses
from campaign.services.mail.reports import receive_report
from campaign.services.news import mailing
from campaign.services.news.mailing_view import mailing_view
from campaign.services.queues.outbox import OutgoingMail, enqueue
from campaign.services.segment_mailings.recipients import left_out
from tests.support.builders import a_donor
from tests.support.fakes import RecordingMailer, SettableClock
from tests.support.news import a_published_update, a_reader

pytestmark = pytest.mark.database("sqlite")
FOLDER = Path(__file__).parent / "reports"
STATUS = b"Action: failed\nStatus: 5.1.1"
Change = Callable[[bytes], bytes]


@dataclass(frozen=True)
class SentUpdate:
    """An update that has left for one reader."""

    campaign: Campaign
    public_id: str
    mail: str  # the public id of its email
    recipient: str
    context: Context

    def report(self, name: str = "postfix") -> bytes:
        """Return a report about it, as mail servers write them."""
        text = (FOLDER / f"{name}.eml").read_bytes()
        return text.replace(b"RECIPIENT", self.recipient.encode()).replace(b"MESSAGE_ID", self.message_id.encode())

    @property
    def message_id(self) -> str:
        return f"<{self.mail}@{self.context.public_url.partition('://')[2]}>"

    def receive(self, data: bytes) -> bool:
        return receive_report(data, context=self.context)

    def outcome(self) -> tuple[str, str | None]:
        """Return the state of the email and its failure."""
        with reading() as session:
            query = select(Message.state, Message.failure).where(Message.public_id == self.mail)
            state, failure = session.execute(query).one()
            return state, failure


@pytest.fixture
def sent(app: Flask, campaign: Campaign, actor_id: int, clock: SettableClock, mailer: RecordingMailer) -> SentUpdate:
    news = a_published_update(campaign, clock=clock, actor_id=actor_id)
    recipient = f"{a_reader(campaign, clock)}@example.org"
    mailing.start_mailing(campaign.id, news, actor_id=actor_id, clock=clock)
    work_off_everything()
    work_off_everything()
    (email,) = mailer.sent
    public_id = email.message_id.strip("<>").partition("@")[0]
    return SentUpdate(campaign, news, public_id, recipient, app.extensions["context"])


SENT = (MailState.SENT, None)
RETURNED = (MailState.FAILED_PERMANENTLY, MailFailure.RETURNED)
REFUSED = (MailState.FAILED_PERMANENTLY, MailFailure.REFUSED)
DELAYED = (MailState.SENT, MailFailure.DELAYED)
COMPLAINT = (MailState.SENT, MailFailure.COMPLAINT)


def changed(old: bytes, new: bytes) -> Change:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new)

    return change


def without_returned_headers(data: bytes) -> bytes:
    return data.rpartition(b"Content-Description: Undelivered Message Headers")[0]


def with_two_recipients(data: bytes) -> bytes:
    other = b"Final-Recipient: rfc822; other@example.net\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient"
    return data.replace(b"Final-Recipient", other, 1)


def about_another_recipient(data: bytes) -> bytes:
    return (
        data.replace(b"@example.org\nAction", b"@example.net\nAction")
        .replace(b"Original-Recipient: rfc822;", b"X-Was: ")
        .replace(b"Final-Recipient: rfc822; ", b"Final-Recipient: rfc822; x")
    )


def with_big_attachment(data: bytes) -> bytes:
    return data.replace(b"The house was full.", b"The house was full.\n" * 52_000)


def inside_another(data: bytes) -> bytes:
    return b"From: a@example.net\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\n" + data + b"\n--outer--\n"


CASES: list[tuple[str, str, Change | None, tuple[str, str | None]]] = [
    ("Postfix", "postfix", None, RETURNED),
    ("Exchange", "exchange", None, RETURNED),
    ("Gmail", "gmail", None, RETURNED),
    ("line ends of CR LF", "exchange", lambda data: data.replace(b"\n", b"\r\n"), RETURNED),
    ("an unknown charset", "postfix", changed(b"charset=utf-8", b"charset=no-such-set\xff"), RETURNED),
    ("letters outside ASCII", "postfix", changed(b"no mailbox of this name", "нет ящика".encode("koi8-r")), RETURNED),
    ("two recipients, one returned", "postfix", with_two_recipients, RETURNED),
    ("a megabyte comes back", "exchange", with_big_attachment, RETURNED),
    ("large letters", "postfix", changed(b"rfc822; ", b"RFC822; <"), RETURNED),
    ("refused for its content", "postfix", changed(b"Status: 5.1.1", b"Status: 5.7.1"), REFUSED),
    ("a mailbox that is full for good", "postfix", changed(b"Status: 5.1.1", b"Status: 5.2.2"), RETURNED),
    ("delayed", "postfix", changed(STATUS, b"Action: delayed\nStatus: 4.4.1"), DELAYED),
    ("given up for now", "gmail", changed(STATUS, b"Action: failed\nStatus: 4.4.7"), DELAYED),
    ("delivered", "postfix", changed(STATUS, b"Action: delivered\nStatus: 2.1.5"), SENT),
    ("an action that is none", "postfix", changed(STATUS, b"Action: exploded\nStatus: 5.1.1"), SENT),
    ("no status", "postfix", changed(b"Status: 5.1.1", b"Status: yes"), SENT),
    ("no returned headers", "postfix", without_returned_headers, SENT),
    ("another recipient", "postfix", about_another_recipient, SENT),
    ("another Message-ID", "postfix", changed(b"\nMessage-ID: <", b"\nMessage-ID: <x"), SENT),
    ("another site", "postfix", lambda data: data.replace(b"@localhost", b"@quilt.example"), SENT),
    ("a database’s own letters", "postfix", changed(b"\nMessage-ID: <", b"\nMessage-ID: <%\x00\xff"), SENT),
    ("a complaint", "complaint", None, COMPLAINT),
    ("a complaint of somebody else", "complaint", changed(b"Original-Rcpt-To: <", b"Original-Rcpt-To: <x"), SENT),
    ("a complaint that names nobody", "complaint", changed(b"Original-Rcpt-To", b"X-Removed"), COMPLAINT),
    ("the opposite of a complaint", "complaint", changed(b"Type: abuse", b"Type: not-spam"), SENT),
]


def test_each_report_means_what_it_says_of_our_email_alone(sent: SentUpdate) -> None:
    """One table over one email that left, so that each line costs no sending."""
    outcomes = {}
    for name, file, change, _outcome in CASES:
        with transaction() as session:
            session.execute(update(Message).values(state=MailState.SENT, failure=None, error=None))
        data = sent.report(file)
        assert sent.receive(change(data) if change else data), name
        outcomes[name] = sent.outcome()
    assert outcomes == {name: outcome for name, _file, _change, outcome in CASES}
    assert not sent.receive(inside_another(sent.report()))
    assert not sent.receive(b"Subject: Full house\nTo: updates@example.org\n\nText")


def test_after_an_email_came_back_nothing_goes_to_its_address(
    sent: SentUpdate, actor_id: int, clock: SettableClock, mailer: RecordingMailer
) -> None:
    assert (sent.receive(sent.report()), sent.receive(sent.report("gmail"))) == (True, True)
    with reading() as session:
        messages = session.execute(select(Message)).scalars().all()
        assert [(row.failure, row.sent_at is not None) for row in messages] == [(MailFailure.RETURNED, True)]
        assert "@" not in (messages[0].error or "")
    view = mailing_view(sent.campaign.id, sent.public_id)
    assert view is not None
    assert (view.sent, view.failed) == (0, {MailFailure.RETURNED: 1})

    clock.advance(days=1)
    news = a_published_update(sent.campaign, clock=clock, actor_id=actor_id)
    mailing.start_mailing(sent.campaign.id, news, actor_id=actor_id, clock=clock)
    work_off_everything()
    second = mailing_view(sent.campaign.id, news)
    assert second is not None
    assert (len(mailer.sent), second.refused, second.waiting) == (1, 1, 0)


def test_a_donor_gets_no_email_to_a_segment_after_one_came_back_or_was_complained_of(
    app: Flask, campaign: Campaign, actor_id: int, clock: SettableClock
) -> None:
    donor = a_donor(email="Aida@example.org")
    purpose = ConsentPurpose.INVITATIONS
    consent = NewConsent(purpose=purpose, language="en", source=ConsentSource.IN_PERSON, donor_id=donor.id)
    with transaction() as session:
        consent_log.give(session, consent, at=clock.now())
        row = {"segment_name": "All", "purpose": purpose, "title": {}, "body": {}, "started_at": clock.now()}
        session.add(SegmentMailing(public_id="m", campaign_id=campaign.id, started_by=actor_id, **row))
        facts: dict[str, object] = {"mailing": "m", "donor": donor.public_id}
        for kind in (SEGMENT_MAIL_KIND, "receipt"):
            mail = OutgoingMail(
                kind=kind, language="en", recipient="Aida@example.org", facts=facts, key=kind, campaign_id=campaign.id
            )
            enqueue(session, mail, at=clock.now())
        session.execute(update(Message).values(state=MailState.SENT, sent_at=clock.now()))
        receipt, invitation = (
            SentUpdate(campaign, "", name, "aida@EXAMPLE.org", app.extensions["context"])
            for name in session.execute(select(Message.public_id).order_by(Message.id.desc())).scalars()
        )
    receipt.receive(receipt.report())
    with reading() as session:
        assert unreachable_addresses(session, campaign.id) == 1
        assert left_out(session, [donor.id], purpose) == {donor.id: LeftOut.ADDRESS}
    handed = app.test_cli_runner().invoke(args=["mail", "receive"], input=invitation.report("complaint"))
    assert (handed.exit_code, handed.output) == (0, "")
    with reading() as session:
        assert left_out(session, [donor.id], purpose) == {donor.id: LeftOut.CONSENT}


def test_a_complaint_unsubscribes_its_reader_once_and_is_recorded(sent: SentUpdate) -> None:
    for _ in range(2):
        assert sent.receive(sent.report("complaint"))
    db.session.rollback()
    with reading() as session:
        assert session.execute(select(Subscriber.state)).scalars().all() == [SubscriberState.LEFT]
        acts = session.execute(select(AuditEvent.actor_id).where(AuditEvent.action == "subscriber:complaint")).all()
        assert [row.actor_id for row in acts] == [None]
    assert sent.outcome() == COMPLAINT


@pytest.mark.parametrize(
    "body",
    [
        b"".join(b'Content-Type: multipart/report; boundary="%d"\n\n--%d\n' % (n, n) for n in range(20_000)),
        b"--b\n" * 250_000,
        b"--b\nContent-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 60_000,
        b"--b\nContent-Type: " + b'"\\";' * 250_000 + b"\n\n",
        b"--b\n" + b"X: y\n" * 200_000,
    ],
    ids=["deep", "parts", "blocks", "parameters", "headers"],
)
def test_a_report_that_is_made_to_take_long_is_read_quickly(body: bytes) -> None:
    data = b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n' + body
    began = time.process_time()
    assert (is_mail_report(data), read_mail_reports(data)) == (True, ())
    assert time.process_time() - began < 1
