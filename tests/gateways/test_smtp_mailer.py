"""Mail leaves encrypted, to the server that was meant, within a bounded time, or it does not leave."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from campaign.gateways import smtp_mailer
from campaign.gateways.circuit_breaker import CircuitBreaker
from campaign.gateways.clock import SystemClock
from campaign.gateways.mailer import Email, MailRefused, MailUnavailable
from campaign.gateways.smtp_mailer import SmtpMailer
from tests.journeys.site import free_port
from tests.support.builders import NOW


def a_letter() -> Email:
    return Email(
        message_id="<1@give.example>",
        recipient="donor@example.org",
        subject="Receipt",
        text="Thank you",
        html="<p>Thank you</p>",
        language="en",
        sent_at=NOW,
    )


def a_mailer(port: int, *, scheme: str = "smtp", requires_tls: bool = True, user: str = "") -> SmtpMailer:
    return SmtpMailer(
        f"{scheme}://{user}127.0.0.1:{port}", sender="Kurak <no-reply@kurak.example>", requires_tls=requires_tls
    )


class Mailbox:
    """Keeps what came, and whether it came encrypted; answers `reply` when there is one."""

    def __init__(self) -> None:
        self.came: list[bool] = []
        self.reply: str | None = None
        self.passwords: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Refuse or store the mail; the name is aiosmtpd's."""
        if self.reply:
            return self.reply
        assert server.transport
        self.came.append(server.transport.get_extra_info("sslcontext") is not None or session.ssl is not None)
        return "250 OK"

    def authenticate(self, *args: object) -> AuthResult:
        self.passwords.append(args[-1].password)  # type: ignore[attr-defined]
        return AuthResult(success=True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 in one file, which nobody trusts by default."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = SystemClock().now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@contextmanager
def serving(mailbox: Mailbox, *, starttls: Path | None = None, smtps: Path | None = None) -> Iterator[int]:
    """A real mail server until the block ends: its port."""
    options: dict[str, Any] = {}  # the library's own
    if starttls:
        options = {"tls_context": _context(starttls), "require_starttls": True, "authenticator": mailbox.authenticate}
    controller = Controller(
        mailbox, hostname="127.0.0.1", port=free_port(), ssl_context=_context(smtps) if smtps else None, **options
    )
    with pytest.MonkeyPatch.context() as patch:
        if smtps:
            patch.setenv("SSL_CERT_FILE", str(smtps))  # aiosmtpd tries its own address
        controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _context(file: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def test_a_server_without_encryption_gets_neither_mail_nor_password() -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        mailer = a_mailer(port, user="kurak:secret@")
        with pytest.raises(MailUnavailable, match=r"offers no encryption \(STARTTLS\); see MAIL_TLS"):
            mailer.send(a_letter())
        assert not mailer.is_ready
        assert (mailbox.came, mailbox.passwords) == ([], [])


def test_where_it_is_not_required_mail_leaves_without() -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        a_mailer(port, requires_tls=False).send(a_letter())
    assert mailbox.came == [False]


def test_starttls_is_used_and_the_password_is_sent_after_it(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mailbox = Mailbox()
    with serving(mailbox, starttls=certificate) as port:
        a_mailer(port, user="kurak:secret@").send(a_letter())
    assert (mailbox.came, mailbox.passwords) == ([True], [b"secret"])


def test_encrypted_from_the_first_byte(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mailbox = Mailbox()
    with serving(mailbox, smtps=certificate) as port:
        a_mailer(port, scheme="smtps").send(a_letter())
    assert mailbox.came == [True]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("requires_tls", [True, False])
def test_a_certificate_that_nobody_vouches_for_gets_no_mail(certificate: Path, scheme: str, requires_tls: bool) -> None:
    mailbox = Mailbox()
    kind = {"smtp": "starttls", "smtps": "smtps"}[scheme]
    with (
        serving(mailbox, **{kind: certificate}) as port,
        pytest.raises(MailUnavailable, match="certificate is not valid"),
    ):
        a_mailer(port, scheme=scheme, requires_tls=requires_tls).send(a_letter())
    assert mailbox.came == []


@contextmanager
def a_server_that_says(*bytes_a_time: bytes, every_seconds: float = 0.02) -> Iterator[int]:
    """A socket that takes connections and says these things again and again, or nothing at all."""
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        lines: list[socket.socket] = []

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    lines.append(listener.accept()[0])
                    if bytes_a_time:
                        threading.Thread(target=talk, args=(lines[-1],), daemon=True).start()

        def talk(line: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while not ending.wait(every_seconds):
                    line.sendall(bytes_a_time[0])

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        ending.set()
        listener.shutdown(socket.SHUT_RDWR)
        for line in lines:
            line.close()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("says", [(), (b"2",)])
def test_a_server_that_hangs_or_says_little_by_little_is_left_alone(
    scheme: str, says: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte now and then keeps every single wait short; the mail as a whole is bounded."""
    monkeypatch.setattr(smtp_mailer, "MAX_MAIL_SECONDS", 0.3)
    with a_server_that_says(*says) as port:
        mailer = a_mailer(port, scheme=scheme)
        begun = time.monotonic()
        with pytest.raises(MailUnavailable, match=r"no answer|refused us"):
            mailer.send(a_letter())
        assert time.monotonic() - begun < 2
        assert not mailer.is_ready


@pytest.mark.parametrize(
    ("reply", "error"), [("451 later", MailUnavailable), ("550 never", MailRefused), ("554 never", MailRefused)]
)
def test_a_reply_about_one_mail_is_no_reason_to_leave_the_server_alone(reply: str, error: type[Exception]) -> None:
    mailbox = Mailbox()
    mailbox.reply = reply
    with serving(mailbox) as port:
        mailer = a_mailer(port, requires_tls=False)
        with pytest.raises(error):
            mailer.send(a_letter())
        assert mailer.is_ready


def test_a_server_that_fails_again_is_left_alone_for_longer_and_forgiven_at_once() -> None:
    seconds = 0.0
    breaker = CircuitBreaker(monotonic=lambda: seconds)
    pauses = []
    for _ in range(6):
        breaker.note_failure()
        breaker.note_failure()  # another thread's try, which began before
        begun = seconds
        while breaker.is_open:
            seconds += 10.0
        pauses.append(seconds - begun)
    assert pauses == [30.0, 60.0, 120.0, 240.0, 300.0, 300.0]
    breaker.note_success()
    breaker.note_failure()
    assert breaker.is_open
    seconds += 30.0
    assert not breaker.is_open
