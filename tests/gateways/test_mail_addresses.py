"""What a real SMTP server answers, and what it means: the address is wrong, the mail is refused, or later."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from campaign.gateways.mailer import AddressRefused, Email, MailRefused, MailUnavailable
from campaign.gateways.smtp_mailer import SmtpMailer
from tests.journeys.site import free_port
from tests.support.builders import NOW


@dataclass
class Server:
    """An SMTP server that gives one answer to every recipient, and remembers whom it took."""

    answer: str = "250 OK"
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Give the answer; a recipient that was taken stands in the envelope."""
        if self.answer.startswith("250"):
            self.recipients.append(address)
            self.senders.append(str(envelope.mail_from))
            envelope.rcpt_tos.append(address)
        return self.answer

    @contextmanager
    def running(self, *, bounce_address: str = "", **options: Any) -> Iterator[SmtpMailer]:
        port = free_port()
        controller = Controller(self, hostname="127.0.0.1", port=port, **options)
        controller.start()
        try:
            yield SmtpMailer(
                f"smtp://127.0.0.1:{port}",
                sender="Kurak <hello@quilt.example>",
                requires_tls=False,
                bounce_address=bounce_address,
            )
        finally:
            controller.stop()


def mail(recipient: str) -> Email:
    return Email(
        message_id="<1@quilt.example>",
        recipient=recipient,
        subject="Receipt",
        text="Thank you",
        html="<p>Thank you</p>",
        language="en",
        sent_at=NOW,
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("550 5.1.1 No such user here", AddressRefused),
        ("550 No such user here", AddressRefused),
        ("553 5.1.3 Bad address", AddressRefused),
        ("550 5.7.1 We do not want mail from you", MailRefused),
        ("554 5.7.1 Relay access denied", MailRefused),
        ("450 4.2.0 Greylisted, come back", MailUnavailable),
        ("452 4.2.2 Mailbox full", MailUnavailable),
    ],
)
def test_an_answer_says_whether_the_address_is_wrong(answer: str, expected: type[Exception]) -> None:
    with Server(answer).running() as mailer, pytest.raises(expected) as refused:
        mailer.send(mail("nobody@example.org"))
    assert type(refused.value) is expected


def test_an_address_that_only_some_servers_take_is_sent_where_it_is_taken() -> None:
    server = Server()
    with server.running(enable_SMTPUTF8=True) as mailer:
        mailer.send(mail("айда@example.com"))
    assert server.recipients == ["айда@example.com"]
    with Server().running(enable_SMTPUTF8=False) as mailer, pytest.raises(AddressRefused):
        mailer.send(mail("айда@example.com"))


@pytest.mark.parametrize("bounce_address", ["", "bounces@quilt.example"])
def test_what_cannot_be_delivered_comes_back_to_its_own_address(bounce_address: str) -> None:
    server = Server()
    with server.running(bounce_address=bounce_address) as mailer:
        mailer.send(mail("aida@example.org"))
    assert server.senders == [bounce_address or "hello@quilt.example"]


def test_an_international_domain_needs_no_special_server() -> None:
    server = Server()
    with server.running(enable_SMTPUTF8=False) as mailer:
        mailer.send(mail("info@почта.рф"))
    assert server.recipients == ["info@xn--80a1acny.xn--p1ai"]


@pytest.mark.parametrize("recipient", ["nobody", "a b@example.org", "@example.org", "a@", "a@b@c@", "a@-.org", ""])
def test_what_is_no_address_is_refused_before_it_is_sent(recipient: str) -> None:
    with Server().running() as mailer, pytest.raises(AddressRefused):
        mailer.send(mail(recipient))


@pytest.mark.parametrize("length", range(20, 60))
def test_a_long_subject_keeps_its_spaces(length: int) -> None:
    subject = ("Приглашение на рабочее место сотрудников школьной библиотеки")[:length].strip()
    letter = replace(mail("aigul@example.org"), subject=subject).as_email("Library <give@library.kg>")
    assert message_from_bytes(letter.as_bytes(), policy=default)["Subject"] == subject
