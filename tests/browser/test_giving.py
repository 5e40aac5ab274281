"""Giving in a real browser: with its script off, with its script on, by keyboard alone, and examined by axe."""

import os
import re

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from sqlalchemy import select

from campaign.extensions import db
from campaign.models.donation import Donation
from tests.browser.axe import violations
from tests.journeys.site import CARD, Site
from tests.support.builders import a_fund

pytestmark = [pytest.mark.browser, pytest.mark.database("sqlite")]

IS_FULL = os.environ.get("KURAK_AXE") == "full"
"""`make axe` looks at every language at both widths, in light and in dark; `make faults` at each language once."""
SIGHTS = [(lang, width) for lang in ("en", "ru", "ky") for width in (320, 1280)]
if not IS_FULL:
    SIGHTS = [("en", 320), ("ru", 1280), ("ky", 320)]


def opened(
    chromium: Browser, site: Site, address: str, *, script: bool = True, width: int = 360, dark: bool = False
) -> Page:
    """A fresh browser at an address of the site, which stays there for some seconds."""
    context = chromium.new_context(
        java_script_enabled=script,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
        base_url=site.url,
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(address)
    site.clock.advance(seconds=5)  # people take their time
    return page


def pay(page: Page) -> None:
    """Fill in the hosted page and press its button."""
    page.wait_for_url(re.compile("/sandbox/c/"))
    for name, typed in {"email": "aida@example.org", **CARD}.items():
        page.fill(f"#{name}", typed)
    page.click("main button[type=submit], form button[type=submit]")
    page.wait_for_url(re.compile("/thanks"))


def is_narrow_enough(page: Page) -> bool:
    """Nothing sticks out at the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def gifts() -> list[tuple[str, int]]:
    """(state, amount in minor units) of every gift."""
    db.session.rollback()
    rows = db.session.execute(select(Donation.state, Donation.gift_minor).order_by(Donation.id))
    return [(row[0], row[1]) for row in rows]


def test_a_gift_without_script_on_a_small_phone(chromium: Browser, site: Site) -> None:
    a_fund(campaign=site.campaign(), code="THEME-GRANTS")
    page = opened(chromium, site, "/en/donate", script=False, width=320)
    page.fill("#other_amount", "12,50")
    page.check("#cover_fees")
    page.click("summary:has-text('Choose what it pays for')")
    page.check("#fund-1")
    page.click("#continue")
    pay(page)
    expect(page.locator("h1")).to_have_text("Thank you, Aida Donor")
    assert gifts() == [("paid", 12_50)]
    site.work()
    page.reload()
    with page.expect_download() as download:
        page.click("text=Download the receipt")
    assert download.value.suggested_filename.endswith(".pdf")


def test_a_gift_with_script_shows_the_cover_live_and_survives_a_double_click(chromium: Browser, site: Site) -> None:
    site.campaign()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "/favicon.ico" not in message.location["url"]:  # the hosted page has none
            complaints.append(message.text)

    page = opened(chromium, site, "/en/donate")
    page.on("console", listen)
    label = page.locator("label[for=cover_fees] b")
    expect(label).to_contain_text("about 2.9% + $0.30")
    page.check("#amount-1")
    expect(label).to_have_text("Add $1.06 so that the full $25 arrives")
    page.fill("#other_amount", "1234.50")
    expect(page.locator("#amount-1")).not_to_be_checked()
    expect(label).to_have_text("Add $37.18 so that the full $1,234.50 arrives")
    page.check("#amount-1")
    expect(page.locator("#other_amount")).to_have_value("")
    page.click("summary:has-text('Add your name')")
    page.fill("#message", "Salam!")
    expect(page.locator("#message-hint")).to_contain_text("Characters left: 274")
    page.fill("#public_name", "Aida")
    expect(page.locator("#anonymous-0")).to_be_checked()  # typing a name does not show it
    page.check("#anonymous-1")
    page.check("#anonymous-0")
    page.fill("#public_name", "Aida B")
    expect(page.locator("#anonymous-0")).to_be_checked()  # nor does correcting it after another choice
    page.fill("#public_name", "Aida")
    page.check("#anonymous-1")
    page.fill("#receipt_name", "Ak-Jol LLC")
    page.dblclick("#continue", no_wait_after=True)
    pay(page)
    expect(page.locator("h1")).to_have_text("Thank you, Aida")
    expect(page.locator(".facts")).to_contain_text("Ak-Jol LLC")
    assert gifts() == [("paid", 25_00)]
    assert complaints == []


def test_the_summary_follows_what_is_chosen(chromium: Browser, site: Site) -> None:
    site.campaign()
    page = opened(chromium, site, "/en/donate?amount=25")
    total = page.locator("[data-sum=total]")
    expect(total).to_have_text("$25")
    page.check("#cover_fees")
    expect(total).to_have_text("$26.06")
    page.check("#frequency-1")
    expect(page.locator("[data-sum=often]")).to_contain_text("every month, next on ")
    page.fill("#receipt_name", "Aida LLC")
    expect(page.locator("[data-sum=name]")).to_have_text("Aida LLC")
    page.fill("#other_amount", "1 500")
    expect(page.locator("[data-sum=gift]")).to_have_text("$1,500")
    page.fill("#other_amount", "1,500")
    expect(total).to_have_text("not chosen yet")


def test_the_page_confirms_a_late_payment_by_itself(chromium: Browser, site: Site) -> None:
    site.campaign()
    page = opened(chromium, site, "/en/donate?amount=25")
    page.click("#continue")
    page.wait_for_url(re.compile("/sandbox/c/"))
    site.sandbox.fault("error_before", method="GET", path="/v1/checkout/sessions", times=3)
    pay(page)
    expect(page.locator("h1")).to_have_text("We are confirming your payment")
    expect(page.locator("h1")).to_have_text("Thank you, Aida Donor", timeout=20_000)
    expect(page.locator("[data-receipt]")).to_contain_text("Your receipt is being prepared")
    site.work()
    expect(page.locator("[data-receipt] a[href$='-000001']")).to_be_visible(timeout=10_000)


def test_the_back_button_brings_the_form_back_ready_to_use(chromium: Browser, site: Site) -> None:
    site.campaign()
    page = opened(chromium, site, "/en/donate?amount=25")
    page.click("#continue")
    page.wait_for_url(re.compile("/sandbox/c/"))
    page.go_back()
    expect(page.locator("#continue")).not_to_have_attribute("aria-disabled", "true")
    site.clock.advance(seconds=5)
    page.click("#continue")
    page.wait_for_url(re.compile("/sandbox/c/"))
    pay(page)
    # A browser that cached the page sends the same form; this one fetches a new form, so the first page stays unpaid.
    assert [state for state, _ in gifts()].count("paid") == 1


def test_a_mistake_takes_the_focus_and_leads_to_its_field(chromium: Browser, site: Site) -> None:
    site.campaign()
    page = opened(chromium, site, "/en/donate")
    page.fill("#email", "nobody")
    page.click("#continue")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    page.click(".error-summary a[href='#email']")
    expect(page.locator("#email")).to_be_focused()
    expect(page.locator("#email")).to_have_value("nobody")


@pytest.mark.parametrize("lang", ["en", "ru", "ky"])
def test_the_form_is_short_and_distinguishes_choices_from_errors(chromium: Browser, site: Site, lang: str) -> None:
    """At 360 px at most 1,500 px before the optional parts, and all of it above them without sideways scrolling."""
    a_fund(campaign=site.campaign(), code="THEME-GRANTS")
    page = opened(chromium, site, f"/{lang}/donate?amount=25&currency=USD")
    top = "element => element.getBoundingClientRect().top + scrollY"
    assert page.locator("form[data-give] details").first.evaluate(top) <= 1500
    look = "element => { const s = getComputedStyle(element); return [s.borderTopColor, s.borderInlineStartWidth] }"
    chosen = page.locator("label[for=amount-1]").evaluate(look)
    page.fill("#other_amount", "1,500")
    page.click("#continue")
    faulty = page.locator(".check.other")
    assert faulty.evaluate(look)[0] != chosen[0]
    assert faulty.evaluate(look)[1] != chosen[1]
    assert page.locator(".check.other .field-error").evaluate("e => getComputedStyle(e, '::before').content") == '"!"'
    page.click("label[for=other_amount_meant-0]")
    expect(page.locator("[data-sum=total]")).to_have_text(re.compile("1.?500"))
    page.fill("#other_amount", "20")
    expect(page.locator("[data-sum=total]")).to_have_text(re.compile("20"))
    assert is_narrow_enough(page)


@pytest.mark.parametrize("script", [True, False])
def test_another_currency_and_language_keep_what_was_chosen(chromium: Browser, site: Site, script: bool) -> None:
    a_fund(campaign=site.campaign(), code="THEME-GRANTS")
    page = opened(chromium, site, "/en/donate?frequency=once&amount=25", script=script)
    page.check("#frequency-1")
    page.check("#cover_fees")
    page.click("summary:has-text('Choose what it pays for')")
    page.check("#fund-1")
    page.fill("#email", "aida@example.com")
    page.click("text=Kyrgyz som")
    expect(page.locator("[name=currency]")).to_have_value("KGS")
    page.click("text=Русский")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator("[name=currency]")).to_have_value("KGS")
    for chosen in ("#frequency-1", "#cover_fees", "#fund-1"):
        expect(page.locator(chosen)).to_be_checked()
    expect(page.locator("#email")).to_have_value("aida@example.com")
    page.fill("#other_amount", "many")
    page.press("#email", "Enter")
    expect(page.locator(".error-summary")).to_be_visible()
    page.fill("#other_amount", "1000")
    page.press("#email", "Enter")
    page.wait_for_url(re.compile("/sandbox/c/"))
    if script:
        page.go_back()
        expect(page.locator("#email")).to_have_value("aida@example.com")


def test_a_gift_by_keyboard_alone(chromium: Browser, site: Site) -> None:
    site.campaign()
    page = opened(chromium, site, "/en/donate", script=False)
    tab_to(page, "amount-0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    tab_to(page, "email")
    page.keyboard.type("aida@example.org")
    tab_to(page, "continue")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/sandbox/c/"))
    assert gifts() == [("open", 10_00)]


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element with this id has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(f"#{name}:focus").count():
            return
    raise AssertionError(f"Tab never reached #{name}")


@pytest.mark.faults
@pytest.mark.parametrize(("lang", "width"), SIGHTS)
def test_axe_finds_nothing_from_the_form_to_the_thanks(chromium: Browser, site: Site, lang: str, width: int) -> None:
    a_fund(campaign=site.campaign(), code="THEME-GRANTS")
    for dark in (False, True) if IS_FULL else (lang != "ru",):
        page = opened(chromium, site, f"/{lang}/donate?currency=KGS", width=width, dark=dark)
        for summary in page.locator("details > summary").all():
            summary.click()
        assert violations(page) == []
        assert is_narrow_enough(page)
        page.fill("#email", "nobody")
        page.fill("#public_name", "А" * 81)
        page.click("#continue")
        expect(page.locator(".error-summary")).to_be_visible()
        assert violations(page) == []
        assert is_narrow_enough(page)
        page.fill("#email", "")
        page.fill("#public_name", "Айгүл")
        page.check("#amount-1")
        page.click("#continue")
        page.wait_for_url(re.compile("/sandbox/c/"))
        site.sandbox.fault("error_before", method="GET", path="/v1/checkout/sessions", times=3)
        pay(page)
        assert violations(page) == []
        site.heal()
        page.goto(page.url)
        assert violations(page) == []
        assert is_narrow_enough(page)
        page.context.close()
