"""Errors of staff pages are shown in the staff layout; visitors who are not signed in see the public page."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.blueprints.admin import frame
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # services are tested on both


@pytest.fixture
def viewer(app: Flask, clock: SettableClock) -> FlaskClient:
    a_campaign()
    return sign_in_as(app, clock, role="viewer").client


def is_at_the_desk(page: Page) -> bool:
    return bool(page.soup.select(".desk-nav .groups a")) and not page.soup.select(".site-footer nav")


@pytest.mark.parametrize("address", ["/staff/nowhere", "/staff/donations/nothing"])
def test_a_missing_page_is_reported_in_the_staff_layout(viewer: FlaskClient, address: str) -> None:
    page = fetch_address(viewer, address, status=404)
    assert is_at_the_desk(page)
    assert "another campaign" in page.text("main .lede")
    assert page.link("Back to the overview") == "/staff/"


def test_a_forbidden_page_is_reported_with_a_link_to_go_on(viewer: FlaskClient) -> None:
    page = fetch_address(viewer, "/staff/people", status=403)
    assert is_at_the_desk(page)
    assert page.text("main .lede").startswith("Your role does not allow this.")


def test_a_form_without_its_csrf_token_is_refused_in_the_staff_layout(viewer: FlaskClient) -> None:
    page = Page(viewer.post("/staff/account/language", data={"language": "ky"}))
    assert page.answer.status_code == 400
    assert is_at_the_desk(page)


def test_a_method_that_a_page_does_not_accept_is_refused_in_the_staff_layout(viewer: FlaskClient) -> None:
    page = Page(viewer.delete("/staff/donations"))
    assert page.answer.status_code == 405
    assert is_at_the_desk(page)


def test_a_server_error_is_reported_in_the_staff_layout_in_the_persons_language(
    app: Flask, viewer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_address(viewer, "/staff/account").submit(viewer, "main form[action$=language]", language="ru")
    monkeypatch.setitem(app.view_functions, "admin.overview", broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    page = fetch_address(viewer, "/staff/", status=500)
    assert page.one("html")["lang"] == "ru"
    assert page.soup.select(".desk-nav")
    assert "Traceback" not in page.answer.text


def test_a_staff_layout_that_cannot_be_rendered_falls_back_to_the_public_page(
    viewer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "visible_groups", broken)
    page = fetch_address(viewer, "/staff/nowhere", status=404)
    assert page.soup.select(".site-footer") or "Nothing has been lost" in page.answer.text


def test_a_visitor_who_is_not_signed_in_sees_the_public_page(client: FlaskClient, viewer: FlaskClient) -> None:
    assert fetch_address(client, "/staff/nowhere", status=404).soup.select(".site-footer")


def broken(**_: object) -> str:
    raise RuntimeError("broken on purpose")
