"""The donation form in tests: how it is filled in and sent, and the mistakes that it shows."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

FORM = "/en/donate"


def send(client: FlaskClient, clock: SettableClock, address: str = FORM, **typed: str | None) -> TestResponse:
    """Open the form, take one's time, fill in and send."""
    page = fetch_address(client, address)
    clock.advance(seconds=10)
    return page.submit(client, "form[data-give]", **typed)


def mistakes(answer: TestResponse) -> list[str]:
    assert answer.status_code == 422
    page = Page(answer)
    assert page.text("title").startswith("Error: ")
    assert page.one("main .wrap > *").get("role") == "alert"
    return page.texts(".error-summary li")
