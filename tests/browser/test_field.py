"""Field mode in a real browser: written without a line, sent once there is one; a sign-out loses nothing that waits."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from campaign.services.staff.accounts import DEMO_PASSWORD, add_demo_staff
from tests.journeys.site import Site
from tests.support.builders import a_campaign

pytestmark = [pytest.mark.browser, pytest.mark.faults, pytest.mark.database("sqlite")]


SCRIPTS_AND_STYLES = ("css/site.css", "css/desk.css", "js/site.js", "js/field.js", "js/field-store.js", "img/mark.svg")
STORED = {"/staff/field", *(f"/static/{name}" for name in SCRIPTS_AND_STYLES)}
"""What a browser may store; nothing else of the desk."""


def sign_in(page: Page) -> None:
    page.fill("#email", "campaign@demo.kurak.example")
    page.fill("#password", DEMO_PASSWORD)
    page.click("main form button")


def write(page: Page, title: str, picture: Path | None = None) -> None:
    page.fill("#title", title)
    page.fill("#body", "Written in Toktogul.")
    if picture is not None:
        page.set_input_files("#files", [picture])
        expect(page.locator("[data-chosen] li")).to_contain_text(picture.name)
    page.dblclick("form#entry .button:not(.quiet)")


def a_reload_loses_no_title(page: Page) -> None:
    page.fill("#title", "Half a title")
    page.wait_for_timeout(500)
    page.click("[data-entries] button >> text=Edit")
    expect(page.locator("[data-mistake]")).to_contain_text("Send or clear what is in the form first.")
    page.reload()
    expect(page.locator("#title")).to_have_value("Half a title")
    page.fill("#title", "")


def stored_addresses(page: Page, site: str) -> set[str]:
    names = "caches.open('kurak-field').then((it) => it.keys()).then((all) => all.map((it) => it.url))"
    return {address.removeprefix(site).partition("?")[0] for address in page.evaluate(names)}


def stored_titles(page: Page) -> list[str]:
    return page.evaluate(  # type: ignore[no-any-return]
        """() => import("/static/js/field-store.js").then((store) => store.entries()).then((all) => all.map((it) => it.title))"""
    )


def a_session_that_ends_clears_what_was_sent_alone(page: Page) -> None:
    """The phone shows the sign-in page: nobody reads there what was sent, and nothing that was typed is lost."""
    page.goto("/staff/field")
    page.fill("#title", "Half a title")
    page.wait_for_timeout(500)
    assert stored_titles(page) == ["Felt day"]
    page.context.clear_cookies()
    page.goto("/staff/field")
    expect(page.locator("#password")).to_be_visible()
    page.wait_for_timeout(300)
    assert stored_titles(page) == []
    sign_in(page)
    page.wait_for_url("**/staff/field")
    expect(page.locator("#title")).to_have_value("Half a title")
    page.fill("#title", "")
    page.wait_for_timeout(500)
    page.goto("/staff/updates")
    assert page.locator("tbody tr").count() == 1


def test_an_update_written_without_a_line_is_sent_once(chromium: Browser, site: Site, tmp_path: Path) -> None:
    a_campaign()
    add_demo_staff(clock=site.app.extensions["context"].clock)
    picture = tmp_path / "loom.jpg"
    packed = io.BytesIO()
    Image.new("RGB", (400, 360), "#8c1c2b").save(packed, "JPEG")
    picture.write_bytes(packed.getvalue())
    context = chromium.new_context(base_url=site.url, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto("/staff/field")
    sign_in(page)
    page.goto("/staff/field")
    expect(page.locator("[data-line]")).to_contain_text("You’re online.")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    context.set_offline(True)
    page.reload()
    expect(page.locator("[data-line]")).to_contain_text("You’re offline.")
    write(page, "Felt day", picture)
    expect(page.locator("[data-entries]")).to_contain_text("Waiting")
    expect(page.locator("[data-entries] li")).to_have_count(1)
    a_reload_loses_no_title(page)
    context.clear_cookies()  # the session has ended meanwhile
    context.set_offline(False)
    expect(page.locator("[data-line]")).to_contain_text("You are signed out.")
    expect(page.locator("[data-entries]")).to_contain_text("Waiting")
    page.click("[data-line] a")
    sign_in(page)
    page.goto("/staff/field")
    expect(page.locator("[data-entries]")).to_contain_text("Sent: it is a draft now")
    page.click("[data-entries] a")
    expect(page.locator("#title_en")).to_have_value("Felt day")
    assert stored_addresses(page, site.url) <= STORED
    a_session_that_ends_clears_what_was_sent_alone(page)
    page.click(".desk-header form button")
    expect(page.locator("#password")).to_be_visible()
    page.wait_for_timeout(300)
    sign_in(page)
    page.goto("/staff/field")
    expect(page.locator("[data-none]")).to_be_visible()  # what was sent left this browser with the sign-out
    context.close()
