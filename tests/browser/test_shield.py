"""Behind the shield in a real browser: the script does the work by itself; without script a code comes by email."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from campaign.gateways.clock import SystemClock
from campaign.jobs import work_off_everything
from campaign.services.shield.state import activate_manually
from tests.browser.axe import violations
from tests.browser.test_giving import SIGHTS, gifts, is_narrow_enough, opened, pay
from tests.journeys.site import Site
from tests.support.builders import a_member_of_staff

pytestmark = [pytest.mark.browser, pytest.mark.database("sqlite")]


@pytest.fixture(autouse=True)
def _shield_up(site: Site) -> None:
    site.app.config["KURAK"] = replace(site.app.config["KURAK"], shield="on")
    site.campaign()
    activate_manually(actor_id=a_member_of_staff(role="finance").id, reason="A test", clock=SystemClock())


def test_the_script_does_the_work_and_the_donor_notices_nothing(chromium: Browser, site: Site) -> None:
    page = opened(chromium, site, "/en/donate?amount=25")
    page.click("#continue")  # at once: it waits for the work by itself
    pay(page)
    expect(page.locator("h1")).to_have_text("Thank you, Aida Donor")
    assert gifts() == [("paid", 25_00)]


def typed_code(site: Site, page: Page) -> None:
    work_off_everything()
    email = site.mailbox.emails[-1]
    text = email.get_body(("plain",))
    assert text
    match = re.search(r"\b(\d{6})\b", text.get_content())
    assert match
    page.fill("#code", match[1])


@pytest.mark.faults
@pytest.mark.parametrize(("lang", "width"), SIGHTS[-2:])
def test_without_script_an_emailed_code_opens_the_form_and_axe_finds_nothing(
    chromium: Browser, site: Site, lang: str, width: int
) -> None:
    looked_at = opened(chromium, site, f"/{lang}/donate?amount=25", width=width)
    assert violations(looked_at) == []
    page = opened(chromium, site, f"/{lang}/donate?amount=25", script=False, width=width)
    page.fill("#email", "aida@example.org")
    page.click("#continue")
    expect(page.locator(".notice[data-focus]")).to_contain_text("aida@example.org")
    assert is_narrow_enough(page)
    typed_code(site, page)
    page.click("#continue")
    page.wait_for_url(re.compile("/sandbox/c/"))
    assert gifts() == [("open", 25_00)]
