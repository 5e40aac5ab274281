"""A donor with a gift, and a browser in which they sign in."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.services.engine import Engine
from tests.support.fakes import FakePayments, RecordingMailer, SettableClock
from tests.support.pages import Page, fetch_address

DONOR = "donor@example.org"


@dataclass
class Browser:
    """One browser, and what arrives in the donor's mailbox."""

    client: FlaskClient
    engine: Engine

    def ask(self, email: str = DONOR) -> Page:
        """Ask for link and code; return the page that follows."""
        answer = self.client.post("/en/my/", data={"email": email})
        assert answer.status_code == 303
        return fetch_address(self.client, answer.headers["Location"])

    def mailed(self) -> tuple[str, str]:
        """Return the code and the path of the link in the latest email."""
        self.engine.work()
        text = self.engine.mailer.sent[-1].text
        return re.findall(r"\b\d{6}\b", text)[0], re.findall(r"http://[^/\s]+(/\w\w/my/link/\S+)", text)[0]

    def enter(self, code: str, **more: str) -> TestResponse:
        return self.client.post("/en/my/code", data={"code": code, **more})

    def sign_in(self, email: str = DONOR, **more: str) -> "Browser":
        self.ask(email)
        assert self.enter(self.mailed()[0], **more).status_code == 303
        return self

    def home(self) -> Page:
        return fetch_address(self.client, "/en/my/")

    @property
    def is_signed_in(self) -> bool:
        return "Signed in as" in self.client.get("/en/my/").text


@pytest.fixture
def engine(app: Flask, payments: FakePayments, mailer: RecordingMailer, clock: SettableClock) -> Engine:
    return Engine.started(app, payments, mailer, clock)


@pytest.fixture
def browser(client: FlaskClient, engine: Engine) -> Browser:
    """A browser, after one gift with its receipt."""
    engine.give()
    engine.work()
    return Browser(client, engine)


def another(browser: Browser) -> Browser:
    """Another browser that reads the same mailbox."""
    return Browser(browser.engine.app.test_client(), browser.engine)
