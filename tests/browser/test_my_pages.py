"""A donor's own pages, signed in by the code of a real email: no fault that axe can find, in each language and look."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from campaign.jobs import work_off_everything
from tests.browser.test_every_page import LANGUAGES
from tests.browser.test_giving import opened
from tests.browser.test_new_rooms import looked_at
from tests.journeys.site import Site
from tests.support.builders import a_donor, a_paid_gift

pytestmark = [pytest.mark.browser, pytest.mark.faults, pytest.mark.database("sqlite")]
DONOR = "donor@example.org"


def code_page(chromium: Browser, site: Site) -> Page:
    """The page on which the code is entered, after a gift with its receipt."""
    campaign = site.campaign()
    a_paid_gift(campaign=campaign, donor_id=a_donor(email=DONOR).id, payer_name="Aida Donor")
    page = opened(chromium, site, "/en/my/")
    page.fill("#email", DONOR)
    page.click("main form button")
    page.wait_for_url("**/my/code")
    work_off_everything()
    return page


def test_the_pages_of_a_donor_are_without_fault(chromium: Browser, site: Site) -> None:
    page = code_page(chromium, site)
    wrong = [fault for lang in LANGUAGES for fault in looked_at(page, f"/{lang}/my/code", 0)]
    code = re.findall(r"\d{6}", str(site.mailbox.emails[-1]["Subject"]))[0]
    page.fill("#code", code)
    page.click("main form button")
    expect(page.locator("main")).to_contain_text(DONOR)
    places = [f"/{lang}/my/{name}" for lang in LANGUAGES for name in ("", "statements", "data", "sessions")]
    for number, address in enumerate(places):
        wrong += looked_at(page, address, number)
    assert wrong == []
