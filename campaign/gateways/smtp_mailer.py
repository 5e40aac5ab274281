"""Sends mail over SMTP: within a bounded time, and encrypted where that is required."""

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

from campaign.gateways.circuit_breaker import CircuitBreaker
from campaign.gateways.mailer import AddressRefused, Email, MailRefused, MailUnavailable, deliverable

MAX_STEP_SECONDS = 10.0
"""How long the server may take for one answer."""
MAX_MAIL_SECONDS = 30.0
"""How long one mail may take in all: a server that sends a letter now and then must not hold a worker for ever."""
PERMANENT = 500
TRANSACTION_FAILED = 554
"""The reply code by which many servers turn away a sender that they do not want, such as one on a block list."""
SERVICE_CLOSING = 421
"""The reply code by which a server says that it, and not this mail, is the trouble."""


class _ServerUnavailable(MailUnavailable):
    """The server is the trouble, not the mail: other mails need not try it now."""


class SmtpMailer:
    """A real SMTP server, by URL: smtp:// (with STARTTLS) or smtps://.

    Mail that cannot be delivered comes back to `bounce_address`, or to the sender where there is none.

    With `requires_tls`, no mail and no password leaves unless the connection is encrypted and the certificate is the
    server's own; without it, STARTTLS is used where the server offers it.
    """

    sends = True

    def __init__(
        self,
        url: str,
        *,
        sender: str,
        requires_tls: bool,
        bounce_address: str = "",
        breaker: CircuitBreaker | None = None,
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._is_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._is_tls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender
        self._envelope_sender = bounce_address or parseaddr(sender)[1]
        self._requires_tls = requires_tls
        self._breaker = breaker or CircuitBreaker()

    @property
    def is_ready(self) -> bool:
        return not self._breaker.is_open

    def send(self, letter: Email) -> None:
        """Send within MAX_MAIL_SECONDS. Raises MailUnavailable or MailRefused."""
        mail = letter.as_email(self._sender)
        try:
            self._send(mail, deliverable(letter.recipient).addr_spec)
        except _ServerUnavailable:
            self._breaker.note_failure()
            raise
        except (MailRefused, MailUnavailable):
            self._breaker.note_success()  # it answered
            raise
        self._breaker.note_success()

    def _send(self, mail: EmailMessage, recipient: str) -> None:
        try:
            with self._connection() as server:
                server.ehlo_or_helo_if_needed()
                if not recipient.isascii() and not server.has_extn("smtputf8"):
                    raise AddressRefused("the mail server takes no address with letters outside ASCII")
                server.send_message(mail, from_addr=self._envelope_sender, to_addrs=[recipient])
        except smtplib.SMTPRecipientsRefused as error:
            raise _of_recipient(*next(iter(error.recipients.values()))) from error
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused, smtplib.SMTPConnectError) as error:
            raise _ServerUnavailable(f"the mail server refused us ({error.smtp_code})") from error
        except smtplib.SMTPResponseException as error:
            raise _of_reply(error.smtp_code) from error
        except ssl.SSLCertVerificationError as error:
            raise _ServerUnavailable(f"the mail server's certificate is not valid ({error.verify_message})") from error
        except (smtplib.SMTPException, OSError) as error:
            raise _ServerUnavailable(f"no answer from the mail server ({type(error).__name__})") from error

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """A connection, encrypted and signed in; it is cut when the time for one mail is over."""
        cutter = _Cutter(time.monotonic() + MAX_MAIL_SECONDS)
        with cutter, self._connect(cutter) as server:
            if not self._is_tls:
                self._start_tls(server)
            if self._user:
                server.login(self._user, self._password)
            yield server

    def _connect(self, cutter: "_Cutter") -> smtplib.SMTP:
        if self._is_tls:
            return _CuttableTls(
                self._host, self._port, timeout=MAX_STEP_SECONDS, context=ssl.create_default_context(), cutter=cutter
            )
        return _Cuttable(self._host, self._port, timeout=MAX_STEP_SECONDS, cutter=cutter)

    def _start_tls(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif self._requires_tls:
            raise _ServerUnavailable("the mail server offers no encryption (STARTTLS); see MAIL_TLS")


def _of_recipient(code: int, answer: bytes) -> MailRefused | MailUnavailable:
    """What an answer to RCPT means. A server that wants no mail from us says nothing about the address."""
    if code < PERMANENT:
        return MailUnavailable(f"the address was refused for now ({code})")
    is_policy = code == TRANSACTION_FAILED or answer.startswith(b"5.7.")
    return (MailRefused if is_policy else AddressRefused)(f"the address was refused ({code})")


def _of_reply(code: int) -> MailRefused | MailUnavailable:
    if code == SERVICE_CLOSING:
        return _ServerUnavailable(f"refused ({code})")
    return (MailRefused if code >= 550 else MailUnavailable)(f"refused ({code})")


class _Cutter:
    """Cuts a connection at a moment, whatever its owner is waiting for then."""

    def __init__(self, deadline: float) -> None:
        self._timer = threading.Timer(max(deadline - time.monotonic(), 0), self._cut)
        self._timer.daemon = True
        self._line: socket.socket | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None

    def watch(self, line: socket.socket) -> None:
        """Cut this one: a handle of its own, for TLS takes the owner's away."""
        self._line = line.dup()

    def _cut(self) -> None:
        with self._lock, contextlib.suppress(OSError):
            if self._line is not None:
                self._line.shutdown(socket.SHUT_RDWR)


class _Watched(smtplib.SMTP):
    """Hands its connection to a cutter as soon as there is one: the server's greeting is waited for already."""

    _cutter: _Cutter

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # not in the type stubs
        self._cutter.watch(line)
        return line


class _WithCutter:
    """Takes the cutter before the library connects."""

    def __init__(self, *args: Any, cutter: _Cutter, **options: Any) -> None:  # the library's own
        self._cutter = cutter
        super().__init__(*args, **options)


class _Cuttable(_WithCutter, _Watched):
    """A connection that begins in the clear."""


class _CuttableTls(_WithCutter, smtplib.SMTP_SSL, _Watched):
    """A connection that begins with TLS."""
