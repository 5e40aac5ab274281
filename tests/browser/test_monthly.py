"""A monthly gift in a real browser without script: begun on the form, then changed, paused, repaired and stopped."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from campaign.extensions import db
from campaign.models.pledge import Pledge
from tests.browser.test_giving import is_narrow_enough, opened, pay
from tests.journeys.site import Site
from tests.sandbox.monthly import A_MONTH

pytestmark = [pytest.mark.browser, pytest.mark.faults, pytest.mark.database("sqlite")]


def begun(chromium: Browser, site: Site) -> Page:
    """Give a monthly gift, settle and confirm it by email; return the page of its link."""
    site.campaign()
    page = opened(chromium, site, "/en/donate?frequency=monthly", script=False)
    expect(page.locator("#frequency-1")).to_be_checked()
    page.check("#amount-1")
    page.click("#continue")
    pay(page)
    site.work()
    email = site.mailbox.emails[-1].get_body(("plain",))
    assert email is not None
    page.goto(re.findall(r"http://\S+/p/\S+", email.get_content())[0])
    return page


def pledge() -> Pledge:
    db.session.rollback()
    return db.session.execute(select(Pledge)).scalar_one()


def press(page: Page, words: str) -> None:
    page.click(f"button:has-text('{words}')")


def test_the_whole_life_of_a_monthly_gift_without_script(chromium: Browser, site: Site) -> None:
    page = begun(chromium, site)
    expect(page.locator("h1")).to_have_text("Your monthly gift")
    expect(page.locator("main")).to_contain_text("$25")

    page.fill("#amount", "1")
    press(page, "Change the amount")
    expect(page.locator(".error-summary")).to_contain_text("The minimum gift is $5.")
    page.fill("#amount", "30")
    press(page, "Change the amount")
    expect(page.locator("#code-step")).to_have_text("Confirm that it’s you")
    site.work()
    code = re.findall(r"Your code: (\d{6})", str(site.mailbox.emails[-1]["Subject"]))
    page.fill("#code", code[0])
    press(page, "Raise the amount")
    expect(page.locator(".notice")).to_contain_text("The new amount applies from your next payment")

    press(page, "Skip the gift of")
    expect(page.locator(".notice")).to_contain_text("The next payment is skipped")
    press(page, "Resume now")
    page.select_option("#pause-for", "3")
    page.click("button:text-is('Pause')")
    expect(page.locator(".tag").first).to_have_text("Paused")
    press(page, "Resume now")

    site.sandbox.advance(A_MONTH)
    site.work()
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("$30")

    press(page, "Stop on")
    expect(page.locator(".tag").first).to_have_text("Ends soon")
    press(page, "Keep my monthly gift")
    press(page, "Stop now")
    expect(page.locator(".notice")).to_contain_text("nothing more will be charged")
    assert pledge().state == "stopped"
    expect(page.locator("main form")).to_have_count(0)


def test_a_refused_card_is_replaced_in_the_portal(chromium: Browser, site: Site) -> None:
    page = begun(chromium, site)
    client = site.sandbox.client()
    attached = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": pledge().customer_id})
    client.v1.subscriptions.update(pledge().subscription_id, {"default_payment_method": attached.id})
    site.sandbox.advance(A_MONTH)
    site.work()
    page.reload()
    expect(page.locator("#unpaid")).to_have_text("The last gift could not be charged")
    assert is_narrow_enough(page)

    press(page, "Use another card")
    page.wait_for_url(re.compile("/sandbox/p/"))
    page.locator("select[name=card], input[name=card]").first.wait_for()
    page.select_option("select[name=card]", "5555555555554444")
    page.click("button[value=card]")
    page.wait_for_url(re.compile("/en/p/"))
    expect(page.locator(".notice")).to_contain_text("If you added another card")
    site.work()
    page.reload()
    expect(page.locator("main")).to_contain_text("Mastercard •••• 4444")
    expect(page.locator(".tag").first).to_have_text("Active")
