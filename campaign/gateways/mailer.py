"""Emails, and mailers that send none; `smtp_mailer` sends them."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol

import idna

from campaign.domain.errors import DomainError

ENCODED_WORD = "=?"
"""Where mail programs begin to decode a part of a header."""
LIST_HEADERS = frozenset({"list-id", "list-unsubscribe", "list-unsubscribe-post"})


class _Policy(EmailPolicy):
    """Folds some headers in its own way.

    Headers of a list stay on one line: a mail program could not read an address that is folded and encoded. A long subject
    is folded by `Header`: the policy of the standard library drops a space between two encoded words. So is the name of the
    sender: in one with other letters the policy writes `<` as it is, and the name could bring another address.
    """

    def fold(self, name: str, value: str) -> str:
        """Return a header as text."""
        if name.lower() in LIST_HEADERS:
            return f"{name}: {value}{self.linesep}"
        if name.lower() == "subject" and _needs_encoding(value):
            return f"{name}: {self._encoded(name, value)}{self.linesep}"
        sender = next(iter(getattr(value, "addresses", ())), None)
        if name.lower() == "from" and sender and _needs_encoding(sender.display_name):
            return f"{name}: {self._encoded(name, sender.display_name)} <{sender.addr_spec}>{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as bytes."""
        is_own = name.lower() in LIST_HEADERS | {"subject", "from"}
        return self.fold(name, value).encode("ascii") if is_own else super().fold_binary(name, value)

    def _encoded(self, name: str, text: str) -> str:
        return Header(str(text), "utf-8", header_name=name).encode(linesep=self.linesep)


POLICY = _Policy()


class MailUnavailable(DomainError):
    """The mail server cannot be reached or asks for a later attempt; the email is retried."""


class MailRefused(DomainError):
    """The mail server will never accept this email: the address does not exist, or the content is refused."""


class AddressRefused(MailRefused):
    """No email for this address will ever be accepted: it does not exist, or this server cannot reach it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """One email, ready to be sent."""

    message_id: str  # the same over all tries, so that a mailbox can see a double
    recipient: str
    subject: str
    text: str
    html: str
    language: str
    sent_at: datetime
    sender_name: str = ""  # shown beside the sender's address; empty: as the mailer is set
    reply_to: str | None = None  # an address that people read
    attachments: tuple[tuple[str, bytes], ...] = ()  # (file name, bytes) of a PDF, or of a file for calendars (.ics)
    list_headers: tuple[tuple[str, str], ...] = ()  # of an email to a list of readers: (name, value in ASCII)

    def as_email(self, sender: str) -> EmailMessage:
        """multipart/mixed → alternative(text, html) + attachments.

        Raises:
            AddressRefused: the recipient is not an address.
            ValueError: a header contains a line break.
        """
        mail = EmailMessage(policy=POLICY)
        mail["From"] = Address(self.sender_name, addr_spec=parseaddr(sender)[1]) if self.sender_name else sender
        mail["To"] = deliverable(self.recipient)
        if self.reply_to:
            mail["Reply-To"] = deliverable(self.reply_to)
        mail["Subject"] = _literal(self.subject)
        mail["Message-ID"] = self.message_id
        mail["Date"] = format_datetime(self.sent_at)
        mail["Auto-Submitted"] = "auto-generated"
        for name, value in self.list_headers:
            mail[name] = value
        mail.set_content(self.text)
        mail.add_alternative(self.html, subtype="html")
        for name, content in self.attachments:
            if name.endswith(".ics"):
                mail.add_attachment(content.decode(), subtype="calendar", filename=name)
            else:
                mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        mail["Content-Language"] = self.language  # last: setting a content clears the headers about it
        return mail


def _needs_encoding(text: str) -> bool:
    return not text.isascii() or ENCODED_WORD in text


def _literal(text: str) -> str:
    """Return a text so that it is read as it stands: an encoded word typed by somebody could be a line break, and headers."""
    return Header(text, "utf-8").encode(maxlinelen=0) if ENCODED_WORD in text else text


class Mailer(Protocol):
    """Sends an email, or raises MailUnavailable or MailRefused."""

    @property
    def sends(self) -> bool:
        """Return whether emails are sent at all."""

    @property
    def is_ready(self) -> bool:
        """Return False while the server is not used because it did not answer; waiting costs an email no attempt."""

    def send(self, email: Email) -> None: ...


class NoMailer:
    """No server is set: emails stay in the outbox, where /dev/mail shows them."""

    sends = False
    is_ready = True

    def send(self, email: Email) -> None:
        raise MailUnavailable(f"no MAIL_URL is set, so the mail to {email.recipient} stays")


class FaultyMailer:
    """Beside the sandbox: a mail server that fails as long as a file exists."""

    def __init__(self, mailer: Mailer, *, outage: Path) -> None:
        self._mailer = mailer
        self._outage = outage

    @property
    def sends(self) -> bool:
        return self._mailer.sends or self._outage.exists()

    @property
    def is_ready(self) -> bool:
        return self._mailer.is_ready or self._outage.exists()

    def send(self, email: Email) -> None:
        if self._outage.exists():
            raise MailUnavailable("a drill has taken the mail server away")
        self._mailer.send(email)


def deliverable(recipient: str) -> Address:
    """Return the recipient with the domain in its DNS form, so that an international domain needs no special mail server.

    Raises:
        AddressRefused: the text is not an address.
    """
    local_part, _, domain = recipient.strip().rpartition("@")
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii")
        if not local_part.isascii():  # the parser knows no such address, some mail servers do
            return Address(username=local_part, domain=ascii_domain)
        return Address(addr_spec=f"{local_part}@{ascii_domain}")
    except (idna.IDNAError, HeaderParseError, ValueError, IndexError) as error:
        raise AddressRefused("it is not an email address") from error
