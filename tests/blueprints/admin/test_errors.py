"""What goes wrong at the desk is told at the desk: its frame, its menu, its words; strangers see the public page."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.blueprints.admin import frame
from tests.blueprints.admin.client import sit_down
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address


@pytest.fixture
def viewer(app: Flask, clock: SettableClock) -> FlaskClient:
    a_campaign()
    return sit_down(app, clock, role="viewer").client


def is_at_the_desk(page: Page) -> bool:
    return bool(page.soup.select(".desk-nav [href='/staff/donations']")) and not page.soup.select(".site-footer")


@pytest.mark.parametrize("address", ["/staff/nowhere", "/staff/donations/nothing"])
def test_what_is_not_there_is_told_in_the_desks_frame(viewer: FlaskClient, address: str) -> None:
    page = fetch_address(viewer, address, status=404)
    assert is_at_the_desk(page)
    assert "another campaign" in page.text("main .lede")
    assert page.link("Back to the overview") == "/staff/"


def test_what_the_role_does_not_include_is_told_with_a_way_on(viewer: FlaskClient) -> None:
    page = fetch_address(viewer, "/staff/people", status=403)
    assert is_at_the_desk(page)
    assert page.text("main .lede").startswith("Your role does not allow this.")


def test_a_form_without_its_mark_is_refused_at_the_desk(viewer: FlaskClient) -> None:
    page = Page(viewer.post("/staff/account/language", data={"language": "ky"}))
    assert page.answer.status_code == 400
    assert is_at_the_desk(page)


def test_a_method_that_a_page_does_not_take_is_refused_at_the_desk(viewer: FlaskClient) -> None:
    page = Page(viewer.delete("/staff/donations"))
    assert page.answer.status_code == 405
    assert is_at_the_desk(page)


def test_a_fault_of_ours_is_told_at_the_desk_in_the_persons_language(
    app: Flask, viewer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_address(viewer, "/staff/account").submit(viewer, "main form[action$=language]", language="ru")
    monkeypatch.setitem(app.view_functions, "admin.overview", broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    page = fetch_address(viewer, "/staff/", status=500)
    assert page.one("html")["lang"] == "ru"
    assert page.soup.select(".desk-nav")
    assert "Traceback" not in page.answer.text


def test_a_desk_that_cannot_be_drawn_leaves_the_public_page(
    viewer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "menu", broken)
    page = fetch_address(viewer, "/staff/nowhere", status=404)
    assert page.soup.select(".site-footer") or "Nothing has been lost" in page.answer.text


def test_a_stranger_sees_the_public_page(client: FlaskClient, viewer: FlaskClient) -> None:
    assert fetch_address(client, "/staff/nowhere", status=404).soup.select(".site-footer")


def broken(**_: object) -> str:
    raise RuntimeError("broken on purpose")
