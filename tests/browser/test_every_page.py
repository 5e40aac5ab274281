"""Every page in a real browser, in three languages, narrow and wide, light and dark: no fault that axe can find.

Each page is examined in one of the languages, each language at pages of its own, at one of the four looks. `make axe`
examines all of them in all languages at all looks. Nothing may stick out at the side, and nothing may complain in the
console.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect

from campaign.extensions import db
from campaign.services.staff.accounts import DEMO_PASSWORD
from tests.browser.addresses import FURTHER_PUBLIC, FURTHER_STAFF
from tests.browser.axe import violations
from tests.browser.keyboard import keyboard_complaints
from tests.browser.lab import EVERYWHERE, Lab, played
from tests.journeys.site import running_site
from tests.support.pictures import file_of

pytestmark = [pytest.mark.browser, pytest.mark.faults]

LOOKS = ((360, "light"), (1280, "dark"), (360, "dark"), (1280, "light"))
IS_FULL = os.environ.get("KURAK_AXE") == "full"
LANGUAGES = ("en", "ru", "ky")
NOT_THERE = ("nothing-here", "/unknown", "code=wrong")
"""Parts of addresses at which nothing is to be found."""

PUBLIC = {
    "the campaign": "/{lang}/",
    "where the money goes": "/{lang}/transparency",
    "the events": "/{lang}/events/",
    "an event": "/{lang}/events/{event}",
    "sign up for an event": "/{lang}/events/{event}/sign-up",
    "one’s own sign-up": "/{lang}/events/place/{place_word}",
    "the grants": "/{lang}/grants/",
    "a grant": "/{lang}/grants/{grant}",
    "applying for a grant": "/{lang}/grants/{grant}/apply",
    "the updates": "/{lang}/updates/",
    "an update": "/{lang}/updates/{update}",
    "the supporters": "/{lang}/supporters/",
    "other ways to give": "/{lang}/other-ways",
    "about": "/{lang}/about",
    "privacy": "/{lang}/privacy",
    "accessibility": "/{lang}/accessibility",
    "the form": "/{lang}/donate",
    "a gift that arrived": "/{lang}/thanks?s={paid}",
    "a gift that is awaited": "/{lang}/thanks?s={awaited_page}",
    "a gift whose payment takes days": "/{lang}/thanks?s={processing_page}",
    "a monthly gift that arrived": "/{lang}/thanks?s={monthly_page}",
    "the donor's page of a monthly gift": "/{lang}/p/{pledge_word}",
    "a gift that nobody knows": "/{lang}/thanks?s=cs_test_unknown",
    "the check of a receipt": "/{lang}/verify/",
    "a valid receipt": "/{lang}/verify/{receipt}?code={code}",
    "an unknown receipt": "/{lang}/verify/WCL-2026-999999?code=wrong",
    "a page that does not exist": "/{lang}/nothing-here",
}
STAFF_PAGES = {
    "overview": "/staff/",
    "applications": "/staff/applications",
    "texts": "/staff/texts",
    "a text": "/staff/texts/story",
    "a text with problems": "/staff/texts/hero",
    "the preview of a text": "/staff/texts/other_ways/preview",
    "the preview of an email": "/staff/texts/mail:receipt/preview",
    "field mode": "/staff/field",
    "what a publication changes": "/staff/texts/hero/publish",
    "the versions of a text": "/staff/texts/partners/versions",
    "a version of a text": "/staff/texts/partners/versions/2",
    "pictures": "/staff/pictures",
    "upload a picture": "/staff/pictures/new",
    "record a consent": "/staff/consents/new",
    "sign-ups": "/staff/plan/{event}/sign-ups",
    "add somebody to an event": "/staff/plan/{event}/sign-ups/add",
    "delete the data of a sign-up": "/staff/plan/{event}/sign-ups/{guest}/erase",
    "cancel a sign-up": "/staff/plan/{event}/sign-ups/{guest}/cancel",
    "who came": "/staff/plan/{event}/sign-ups/attendance",
    "the attendance sheet": "/staff/plan/{event}/sign-ups/sheet",
    "donations": "/staff/donations",
    "donations, filtered": "/staff/donations?state=paid&currency=USD",
    "donations, none": "/staff/donations?text=nobody",
    "a donation": "/staff/donations/{donation}",
    "a disputed donation": "/staff/donations/{disputed}",
    "a suspected donation": "/staff/donations/{suspected}",
    "refund": "/staff/donations/{donation}/refund",
    "donors": "/staff/donors?status=new",
    "donors, none": "/staff/donors?text=nobody",
    "segments": "/staff/donors/segments",
    "possible duplicates": "/staff/donors/duplicates",
    "credit somebody": "/staff/donations/{donation}/credit",
    "the personal data of a donor": "/staff/donors/{donor}/privacy",
    "erase a donor": "/staff/donors/{donor}/erase",
    "monthly gifts": "/staff/pledges",
    "monthly gifts, none": "/staff/pledges?state=stopped",
    "a monthly gift": "/staff/pledges/{pledge}",
    "allocations": "/staff/allocations",
    "an allocation": "/staff/allocations/{allocation}",
    "allocate": "/staff/allocations/new?source={theme}",
    "spending": "/staff/disbursements",
    "record a payment": "/staff/disbursements/new?fund={child}",
    "receipts": "/staff/receipts",
    "a receipt on hold": "/staff/receipts/{held}/held",
    "reconciliation": "/staff/reconciliation",
    "a movement": "/staff/reconciliation/{movement}",
    "a payout": "/staff/payouts/{payout}",
    "shield": "/staff/shield",
    "ledger": "/staff/ledger",
    "trial balance": "/staff/ledger/trial-balance",
    "fund statement": "/staff/ledger/funds",
    "inbox": "/staff/inbox?state=all",
    "inbox, none": "/staff/inbox?state=failed_permanently",
    "an event of the inbox": "/staff/inbox/{inbox_event}",
    "mails": "/staff/mails",
    "audit trail": "/staff/audit",
    "the campaign that follows": "/staff/campaign/successor",
    "the languages of the campaign": "/staff/campaign/languages",
    "people": "/staff/people",
    "a person": "/staff/people/{person}",
    "account": "/staff/account",
    "not allowed or not there": "/staff/nothing-here",
}
WORKSHOP = {"the components": "/dev/components", "the mail": "/dev/mail", "a mail": "/dev/mail/{mail}"}


@pytest.fixture(scope="module")
def lab(chromium: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    shutil.copyfile(sqlite_template, folder / "kurak.sqlite")
    with running_site(f"sqlite:///{folder / 'kurak.sqlite'}", folder) as site, site.app.app_context():
        names = played(site)
        staff = chromium.new_context(base_url=site.url)
        sign_in(staff)
        yield Lab(site, names, staff, chromium.new_context(base_url=site.url))
        db.session.remove()
        site.close()


def sign_in(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/staff/login")
    page.fill("#email", EVERYWHERE)
    page.fill("#password", DEMO_PASSWORD)
    page.click("main button[type=submit], main button")
    page.wait_for_url("**/staff/")
    page.close()


def turn_of(lang: str, pages: dict[str, str]) -> list[tuple[str, str]]:
    """The pages that are looked at in this language: every third, or all of them."""
    return list(pages.items()) if IS_FULL else list(pages.items())[LANGUAGES.index(lang) :: len(LANGUAGES)]


def faults_of(page: Page, addresses: dict[str, str], lang: str) -> dict[str, list[str]]:
    """The pages that have faults, with them."""
    turn = LANGUAGES.index(lang)
    complaints = {}
    for number, (name, address) in enumerate(addresses.items()):
        looks = LOOKS if IS_FULL else (LOOKS[(number + turn) % len(LOOKS)],)
        complaints[name] = faults(page, address, looks)
    page.close()
    return {name: wrong for name, wrong in complaints.items() if wrong}


def faults(page: Page, address: str, looks: tuple[tuple[int, str], ...]) -> list[str]:
    """What the console, axe and a ruler find at an address."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        is_status = "Failed to load resource" in message.text and "status of 4" in message.text
        is_own_script = "frame is sandboxed" in message.text  # axe in the preview of a text, whose frame runs no script
        if message.type in {"error", "warning"} and not is_status and not is_own_script:
            complaints.append(f"console: {message.text}")

    page.on("console", heard)
    answer = page.goto(address)
    if "/staff/verify?next=" in page.url:  # a full look takes longer than a password counts as fresh
        page.fill("#password", DEMO_PASSWORD)
        page.click("main form button")
        answer = page.goto(address)
    if (answer and answer.ok) == any(word in address for word in NOT_THERE):
        complaints.append(f"answers {answer.status if answer else 'nothing'}")
    if not page.url.endswith(address):
        complaints.append(f"leads to {page.url}")
    complaints += keyboard_complaints(page)
    complaints += complaints_of(page, looks)
    page.remove_listener("console", heard)
    return complaints


def complaints_of(page: Page, looks: tuple[tuple[int, str], ...]) -> list[str]:
    """What axe and a ruler find on the page that is open."""
    complaints: list[str] = []
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        complaints += [f"{width} {scheme}: {one}" for one in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            complaints.append(f"{width} {scheme}: sticks out at the side")
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        complaints.append("at twice the text size: sticks out at the side")
    return complaints


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_public_page_is_without_fault(lab: Lab, lang: str) -> None:
    addresses = {name: address.format(lang=lang, **lab.names) for name, address in turn_of(lang, PUBLIC)}
    assert faults_of(lab.visitor.new_page(), addresses, lang) == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_staff_page_is_without_fault(lab: Lab, lang: str) -> None:
    page = staff_page(lab, lang)
    addresses = {name: address.format(**lab.names) for name, address in turn_of(lang, STAFF_PAGES)}
    assert faults_of(page, addresses, lang) == {}


def staff_page(lab: Lab, lang: str) -> Page:
    """A page of somebody who reads the desk in this language."""
    page = lab.staff.new_page()
    page.goto("/staff/account")
    page.select_option("select[name=language]", lang)
    page.click("form[action='/staff/account/language'] button")
    page.wait_for_load_state()
    return page


def test_the_preview_in_another_window_follows_what_is_typed(lab: Lab) -> None:
    editor, preview = lab.staff.new_page(), lab.staff.new_page()
    editor.goto("/staff/texts/questions")
    preview.goto("/staff/texts/questions/preview?lang=en")
    editor.locator("form#document [name$='.question.en']").first.fill("Who weaves it?")
    expect(preview.frame_locator("iframe.phone").locator("main")).to_contain_text("Who weaves it?", timeout=15_000)
    editor.close()
    preview.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_further_page_is_without_fault(lab: Lab, lang: str) -> None:
    addresses = {name: address.format(lang=lang, **lab.names) for name, address in turn_of(lang, FURTHER_PUBLIC)}
    assert faults_of(lab.visitor.new_page(), addresses, lang) == {}
    page = staff_page(lab, lang)
    addresses = {name: address.format(**lab.names) for name, address in turn_of(lang, FURTHER_STAFF)}
    assert faults_of(page, addresses, lang) == {}


def test_the_page_before_a_replay_of_many_is_without_fault(lab: Lab) -> None:
    page = lab.staff.new_page()
    page.goto("/staff/inbox?state=all")
    page.check(f"input[value='{lab.names['inbox_event']}']")
    page.click("button[value=chosen]")
    expect(page.locator("button[value=confirm]")).to_be_visible()
    assert complaints_of(page, LOOKS if IS_FULL else LOOKS[:1]) == []
    page.close()


def test_the_pages_for_developers_and_for_sign_in_are_without_fault(lab: Lab) -> None:
    pages = {**WORKSHOP, "sign in": "/staff/login"}
    addresses = {name: address.format(**lab.names) for name, address in pages.items()}
    assert faults_of(lab.visitor.new_page(), addresses, "en") == {}


def test_what_was_typed_without_a_line_or_a_session_is_not_lost(lab: Lab, chromium: Browser) -> None:
    context = chromium.new_context(base_url=lab.site.url)
    sign_in(context)
    page = context.new_page()
    page.clock.install()
    page.goto("/staff/texts/questions")
    field, status = page.locator("textarea[data-kind=line], textarea").first, page.locator("[data-save-status]")

    form = page.locator("form#document")
    saved = re.compile("Saved|Сохранено в|Сакталды:")  # whichever language the person reads

    def typed(text: str, answer: str | re.Pattern[str]) -> None:
        field.fill(text)
        page.clock.run_for(2000)
        expect(status).to_contain_text(answer)

    typed("With a line", saved)
    context.set_offline(True)
    typed("Without a line", form.get_attribute("data-offline") or "")
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.run_for(100)
    expect(status).to_contain_text(saved)
    assert page.evaluate("localStorage.length") == 0
    context.clear_cookies()
    typed("After the session", form.get_attribute("data-ended") or "")
    page.close()
    sign_in(context)
    page = context.new_page()
    page.goto("/staff/texts/questions")
    expect(page.locator("form#document textarea").first).to_have_value("Without a line")
    page.click("[data-take]")
    expect(page.locator("form#document textarea").first).to_have_value("After the session")
    assert page.evaluate("localStorage.length") == 0
    context.close()


def test_a_form_that_was_sent_without_a_line_is_offered_again(lab: Lab, chromium: Browser) -> None:
    context = chromium.new_context(base_url=lab.site.url)
    sign_in(context)
    page = context.new_page()
    forms = {"plan/{event}": "summary-en", "plan/{event}/cancel": "reason-en", "organisation": "links"}
    for path, field in forms.items():
        address = f"/staff/{path.format(**lab.names)}"
        page.goto(address)
        page.fill(f"[name={field}]", "An hour of typing")
        context.set_offline(True)
        page.locator(f"form:has([name={field}]) button.button").first.click()
        context.set_offline(False)
        page.goto(address)
        page.click("[data-restore]")
        expect(page.locator(f"[name={field}]")).to_have_value("An hour of typing")
        page.locator(f"[name={field}]").fill("")
    context.close()


def test_a_picture_is_sent_again_by_itself_when_the_line_breaks(lab: Lab) -> None:
    page = lab.staff.new_page()
    page.clock.install()
    page.goto("/staff/pictures/new")
    tries: list[str] = []

    def break_first(route: Route) -> None:
        tries.append(route.request.method)
        if tries.count("POST") == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/staff/pictures/new", break_first)
    status, form = page.locator("form [role=status]"), page.locator("form[data-sending]")
    page.set_input_files("#file", {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": file_of()})
    page.click("form[data-sending] button")
    expect(status).to_have_text(form.get_attribute("data-again") or "")
    page.clock.run_for(1000)
    expect(page).to_have_url(re.compile("/staff/pictures/[a-z0-9]{16}$"))
    expect(page.locator("form#description")).to_be_visible()
    assert tries.count("POST") == 2
    page.close()
