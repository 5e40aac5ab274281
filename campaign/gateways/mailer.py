"""Mail leaves here, over SMTP; a mail without a server stays in the outbox."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from campaign.domain.errors import DomainError

TIMEOUT_SECONDS = 20


class MailUnavailable(DomainError):
    """The mail server cannot be reached or asks us to come back; the mail is tried again."""


class MailRefused(DomainError):
    """The mail server will never take this mail: the address does not exist, or the content is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail, ready to leave."""

    message_id: str  # the same over all tries, so that a mailbox can see a double
    recipient: str
    subject: str
    text: str
    html: str
    language: str
    sent_at: datetime
    attachments: tuple[tuple[str, bytes], ...] = ()  # (file name, PDF bytes)

    def as_email(self, sender: str) -> EmailMessage:
        """multipart/mixed → alternative(text, html) + PDFs. A line break in a header raises ValueError."""
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = Address(addr_spec=self.recipient)
        mail["Subject"] = self.subject
        mail["Message-ID"] = self.message_id
        mail["Date"] = format_datetime(self.sent_at)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(self.text)
        mail.add_alternative(self.html, subtype="html")
        for name, pdf in self.attachments:
            mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
        mail["Content-Language"] = self.language  # last: setting a content clears the headers about it
        return mail


class Mailer(Protocol):
    """Sends a letter, or raises MailUnavailable or MailRefused."""

    @property
    def sends(self) -> bool:
        """Whether mail leaves at all."""

    def send(self, letter: Letter) -> None: ...


class KeptMail:
    """No server is set: mail stays in the outbox, where /dev/mail shows it."""

    sends = False

    def send(self, letter: Letter) -> None:
        raise MailUnavailable(f"no MAIL_URL is set, so the mail to {letter.recipient} stays")


class RehearsedMailer:
    """Beside the sandbox: a mail server that is out of order as long as somebody has put a file there."""

    def __init__(self, mailer: Mailer, *, outage: Path) -> None:
        self._mailer = mailer
        self._outage = outage

    @property
    def sends(self) -> bool:
        return self._mailer.sends or self._outage.exists()

    def send(self, letter: Letter) -> None:
        if self._outage.exists():
            raise MailUnavailable("a drill has taken the mail server away")
        self._mailer.send(letter)


class SmtpMailer:
    """A real SMTP server, by URL: smtp:// (with STARTTLS where offered) or smtps://."""

    sends = True

    def __init__(self, url: str, *, sender: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._is_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._is_tls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender
        self._envelope_sender = parseaddr(sender)[1]

    def send(self, letter: Letter) -> None:
        mail = letter.as_email(self._sender)
        try:
            with self._connection() as server:
                server.send_message(mail, from_addr=self._envelope_sender, to_addrs=[letter.recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise (MailRefused if code >= 500 else MailUnavailable)(f"the address was refused ({code})") from error
        except smtplib.SMTPResponseException as error:
            raise (MailRefused if error.smtp_code >= 550 else MailUnavailable)(
                f"refused ({error.smtp_code})"
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailUnavailable(f"no answer from the mail server ({type(error).__name__})") from error

    def _connection(self) -> smtplib.SMTP:
        if self._is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
        if self._user:
            server.login(self._user, self._password)
        return server
