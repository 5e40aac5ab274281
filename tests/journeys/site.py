"""The whole product for a journey: served over HTTP, paid through the sandbox, mailing to a real SMTP server."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import TestResponse

from campaign import create_app
from campaign.config import Config
from campaign.extensions import db
from campaign.gateways.clock import SystemClock
from campaign.gateways.context import Context
from campaign.gateways.smtp_mailer import SmtpMailer
from campaign.gateways.stripe_account import StripeAccount
from campaign.gateways.stripe_client import StripeClient
from campaign.gateways.stripe_payments import StripePayments
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign
from campaign.services.ledger.check import check_books
from tests.conftest import SeparateClient
from tests.sandbox.running import RunningSandbox, running_sandbox
from tests.support.builders import a_campaign
from tests.support.databases import config_for
from tests.support.pages import Page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CARD = {"number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123", "name": "Aida Donor"}
FORM = "form[data-give]"


@dataclass
class ForwardClock:
    """The machine's time, which a test may run ahead of instead of sleeping."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead

    def advance(self, **how_far: float) -> None:
        """`advance(seconds=5)`: the arguments of timedelta."""
        self.ahead += timedelta(**how_far)


@dataclass
class Mailbox:
    """What an SMTP server took."""

    emails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store the email; the name is aiosmtpd's."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        email = message_from_bytes(content, policy=policy.default)
        assert isinstance(email, EmailMessage)
        self.emails.append(email)
        return "250 stored"


@dataclass
class Site:
    """One installation and everything around it, as a journey uses it."""

    app: Flask
    url: str
    sandbox: RunningSandbox
    mailbox: Mailbox
    clock: ForwardClock

    def browser(self) -> "Browser":
        """Somebody who has not been here before."""
        return Browser(self, self.app.test_client())

    def campaign(self, **facts: Any) -> Campaign:  # the fields of a campaign
        """A campaign that takes gifts today."""
        today = datetime.now(UTC).date()  # noqa: TID251  # the sandbox and the signature live in the machine's time
        return a_campaign(starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=400), **facts)

    def close(self) -> None:
        """Look into the books once more, which must be clean, and let the database go."""
        db.session.rollback()
        problems = check_books(db.session())
        db.session.remove()
        db.engine.dispose()
        assert not problems

    def heal(self) -> None:
        """The provider has no faults any more."""
        self.sandbox.http.delete(f"{self.sandbox.api_base}/sandbox/api/faults", timeout=5).raise_for_status()

    def work(self) -> None:
        """Let the provider tell what it has to tell, and the worker do all that is due."""
        self.sandbox.advance(3)  # until the balance transaction is there
        self.sandbox.deliver()
        work_off_everything()


@dataclass
class Browser:
    """A browser without script. Its pages are examined whole, and it follows no redirect by itself."""

    site: Site
    client: FlaskClient

    def open(self, address: str) -> Page:
        """The page of an address of the site, whole or from its root on."""
        answer = self.client.get(address.removeprefix(self.site.url))
        assert answer.status_code == 200, f"{address} answered {answer.status}"
        return Page(answer, is_whole="/sandbox/" not in address)

    def fill_in(self, address: str, **typed: str | None) -> TestResponse:
        """Open the form, take some seconds, send it."""
        page = self.open(address)
        self.site.clock.advance(seconds=5)
        return self.send(page, **typed)

    def send(self, page: Page, **typed: str | None) -> TestResponse:
        return page.submit(self.client, FORM, **typed)

    def pay(self, address: str, **card: str) -> TestResponse:
        """Fill in the hosted page of an address and press its button."""
        page = self.open(address)
        return page.submit(self.client, "form", **{**CARD, **card})


class SiteClient(SeparateClient):
    """Speaks to the site under its own address, so that cookies and links are of one host."""

    def open(self, *args: Any, **kwargs: Any) -> Any:  # as Flask types it
        kwargs.setdefault("base_url", self.application.config["KURAK"].public_url)
        return super().open(*args, **kwargs)


@contextmanager
def served(app: list[Flask]) -> Iterator[BaseWSGIServer]:
    """A web server on loopback that serves `app[0]`, which may be made after its address is known."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return app[0](environ, start_response)

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Silent(WSGIRequestHandler):
    """Says nothing about requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...


@contextmanager
def smtp_server() -> Iterator[tuple[Mailbox, str]]:
    """A mail server on loopback: what it took, and its address."""
    mailbox = Mailbox()
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_site(database_url: str, folder: Path) -> Iterator[Site]:
    """Product, sandbox and mail server, joined as settings join them; the sandbox's contract is judged at the end."""
    apps: list[Flask] = []
    clock = ForwardClock()
    with served(apps) as server, smtp_server() as (mailbox, mail_url):
        url = f"http://127.0.0.1:{server.server_port}"
        hook = f"{url}/webhooks/stripe"
        with running_sandbox(folder / "sandbox", webhook_url=hook, public_url=url) as sandbox:
            config = replace(
                config_for(database_url, instance=folder),
                public_url=url,
                stripe_secret_key=sandbox.api_key,
                stripe_webhook_secrets=(sandbox.webhook_secret,),
                stripe_api_base=sandbox.api_base,
                mail_url=mail_url,
            )
            apps.append(create_app(config, gateways_for(config, clock)))
            apps[0].test_client_class = SiteClient
            yield Site(apps[0], url, sandbox, mailbox, clock)


def gateways_for(config: Config, clock: ForwardClock) -> Context:
    """The real gateways, with a clock that can be run ahead."""
    assert config.stripe_secret_key
    assert config.mail_url
    client = StripeClient(config.stripe_secret_key, api_base=config.stripe_api_base)
    payments = StripePayments(client, webhook_secrets=config.stripe_webhook_secrets)
    mailer = SmtpMailer(config.mail_url, sender=config.mail_from, requires_tls=False)
    return Context(
        clock=clock, payments=payments, mailer=mailer, account=StripeAccount(client), public_url=config.public_url
    )


def path_of(address: str) -> str:
    """The path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
