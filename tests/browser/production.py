"""An installation in production mode behind a proxy of its own that speaks TLS, as operators put one in front."""

import http.client
import os
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from playwright.sync_api import Browser, Page

from campaign import create_app
from campaign.jobs import work_off_everything
from tests.journeys.site import ForwardClock, Site, SiteClient, gateways_for, served, smtp_server
from tests.sandbox.running import running_sandbox
from tests.support.databases import config_for

SECRET_KEY = "0123456789abcdef-of-a-journey-ghijklmnop"  # signs the cookies of one test
NOT_HANDED_ON = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})
TIMEOUT_SECONDS = 30


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for localhost and its key; their paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)  # noqa: TID251  # the browser reads the machine's clock
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=30))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


class TlsProxy(ThreadingHTTPServer):
    """Hands requests on to the product, and what is below `/sandbox/` to the payment provider."""

    daemon_threads = True
    product = provider = ""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*write_certificate(folder))
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, *_request: Any) -> None:
        """Say nothing about a browser that left."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT_SECONDS

    def do_GET(self) -> None:
        self._hand_on()

    do_POST = do_HEAD = do_GET  # noqa: N815  # the names are http.server's

    def _hand_on(self) -> None:
        proxy = self.server
        assert isinstance(proxy, TlsProxy)
        target = urlsplit(proxy.provider if self.path.startswith("/sandbox/") else proxy.product)
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if "_" not in name}
        headers |= {"X-Forwarded-For": self.client_address[0], "X-Forwarded-Proto": "https", "Connection": "close"}
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(self.command, self.path, sent, headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in NOT_HANDED_ON:
                self.send_header(name, value)
        self.send_header("Content-Length", answer.getheader("Content-Length") or str(len(body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def tls_proxy(folder: Path) -> Iterator[TlsProxy]:
    """A proxy that listens; where it hands on to is set later."""
    proxy = TlsProxy(folder)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()


@contextmanager
def production_site(database_url: str, folder: Path) -> Iterator[Site]:
    """The product in production mode at https://localhost, with the sandbox as its provider and a real mail server."""
    apps: list[Flask] = []
    clock = ForwardClock()
    with served(apps) as server, smtp_server() as (mailbox, mail_url), tls_proxy(folder) as proxy:
        product, url = f"http://127.0.0.1:{server.server_port}", f"https://localhost:{proxy.server_port}"
        with running_sandbox(folder / "sandbox", webhook_url=f"{product}/webhooks/stripe", public_url=url) as sandbox:
            proxy.product, proxy.provider = product, sandbox.api_base
            config = replace(
                config_for(database_url, instance=folder),
                app_env="production",
                testing=False,
                shield="on",
                secret_key=SECRET_KEY,
                public_url=url,
                proxies=1,
                stripe_secret_key=sandbox.api_key,
                stripe_webhook_secrets=(sandbox.webhook_secret,),
                stripe_api_base=sandbox.api_base,
                mail_url=mail_url,
                mail_tls="offered",
                mail_from="School library <library@library.kg>",
            )
            apps.append(create_app(config, gateways_for(config, clock)))
            apps[0].test_client_class = SiteClient
            yield Site(apps[0], url, sandbox, mailbox, clock)


@dataclass
class World:
    """The installation and the browsers around it."""

    site: Site
    chromium: Browser

    def newcomer(self) -> Page:
        """Somebody who has not been here before."""
        page = self.chromium.new_context(base_url=self.site.url, ignore_https_errors=True).new_page()
        page.set_default_timeout(10_000)
        return page

    def day(self, ahead: int = 0) -> str:
        """A day of the organisation, as a form takes it."""
        today = self.site.clock.now().astimezone(ZoneInfo("Asia/Bishkek")).date()
        return (today + timedelta(days=ahead)).isoformat()

    def email_to(self, address: str, subject: str = "") -> EmailMessage:
        """The newest email to this address, after the worker has sent what waits."""
        work_off_everything()
        emails = [each for each in self.site.mailbox.emails if address in each["To"] and subject in each["Subject"]]
        assert emails, f"no email to {address}"
        return emails[-1]


def first_command(site: Site, database_url: str, email: str) -> str:
    """`kurak staff add`, as a program of its own; the link that it prints."""
    settings = {
        "APP_ENV": "production",
        "DATABASE_URL": database_url,
        "INSTANCE_DIR": str(site.app.config["KURAK"].instance_dir),
        "PUBLIC_URL": site.url,
        "SECRET_KEY": SECRET_KEY,
    }
    command = [sys.executable, "-m", "campaign", "staff", "add", email, "--role", "admin"]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=True, timeout=60)
    link = re.search(r"https://\S+", done.stdout)
    assert link, done.stdout
    return link[0]


def link_in(email: EmailMessage, path: str) -> str:
    """The first link to a page below this path in an email."""
    body = email.get_body(("plain",))
    assert body is not None
    link = re.search(rf"https://\S*{re.escape(path)}\S+", body.get_content())
    assert link, body.get_content()
    return link[0]
