"""Every page in a real browser, in three languages, narrow and wide, light and dark: no fault that axe can find.

Each public page is examined in every language at one of the four looks, another one in each; each page of the desk in one
language. `make axe` examines all of them in all languages at all looks. Nothing may stick out at the side, and nothing
may complain in the console.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.gateways.sandbox_console import SandboxConsole
from campaign.jobs import work_off_everything
from campaign.models.allocation import Allocation
from campaign.models.campaign import Campaign, Update
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.models.receipt import Receipt
from campaign.models.staff import Staff
from campaign.services.checkout import GiftRequest, start_checkout
from campaign.services.demo.content import load_plan
from campaign.services.demo.history import Stage, play_history
from campaign.services.demo.loader import load_campaign
from campaign.services.staff import DEMO_PASSWORD, add_demo_staff, add_staff
from campaign.wiring import gateways
from tests.journeys.site import Site, running_site

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = ((360, "light"), (1280, "dark"), (360, "dark"), (1280, "light"))
IS_FULL = os.environ.get("KURAK_AXE") == "full"
LANGUAGES = ("en", "ru", "ky")

PUBLIC = {
    "the campaign": "/{lang}/",
    "where the money goes": "/{lang}/transparency",
    "the events": "/{lang}/events/",
    "an event": "/{lang}/events/{event}",
    "the grants": "/{lang}/grants/",
    "a grant": "/{lang}/grants/{grant}",
    "the updates": "/{lang}/updates/",
    "an update": "/{lang}/updates/{update}",
    "the supporters": "/{lang}/supporters/",
    "other ways to give": "/{lang}/other-ways",
    "about": "/{lang}/about",
    "privacy": "/{lang}/privacy",
    "accessibility": "/{lang}/accessibility",
    "the form": "/{lang}/donate",
    "a gift that arrived": "/{lang}/thanks?s={paid}",
    "a gift that is awaited": "/{lang}/thanks?s={awaited}",
    "a gift that nobody knows": "/{lang}/thanks?s=cs_test_unknown",
    "the check of a receipt": "/{lang}/verify/",
    "a valid receipt": "/{lang}/verify/{receipt}?code={code}",
    "an unknown receipt": "/{lang}/verify/WCL-2026-999999?code=wrong",
    "a page that does not exist": "/{lang}/nothing-here",
}
DESK = {
    "overview": "/staff/",
    "donations": "/staff/donations",
    "donations, filtered": "/staff/donations?state=paid&currency=USD",
    "donations, none": "/staff/donations?text=nobody",
    "a donation": "/staff/donations/{donation}",
    "refund": "/staff/donations/{donation}/refund",
    "allocations": "/staff/allocations",
    "an allocation": "/staff/allocations/{allocation}",
    "allocate": "/staff/allocations/new?source={theme}",
    "payments out": "/staff/disbursements",
    "record a payment": "/staff/disbursements/new?fund={child}",
    "receipts": "/staff/receipts",
    "ledger": "/staff/ledger",
    "trial balance": "/staff/ledger/trial-balance",
    "fund statement": "/staff/ledger/funds",
    "inbox": "/staff/inbox",
    "an event of the inbox": "/staff/inbox/{inbox_event}",
    "mails": "/staff/mails",
    "audit trail": "/staff/audit",
    "people": "/staff/people",
    "a person": "/staff/people/{person}",
    "account": "/staff/account",
    "not allowed or not there": "/staff/nothing-here",
}
WORKSHOP = {"the components": "/dev/components", "the mail": "/dev/mail", "a mail": "/dev/mail/{mail}"}


@dataclass
class Lab:
    """The demo campaign with a short past, running, and the names that its addresses need."""

    site: Site
    names: dict[str, str]
    desk: BrowserContext
    visitor: BrowserContext


@pytest.fixture(scope="module")
def lab(chromium: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    shutil.copyfile(sqlite_template, folder / "kurak.sqlite")
    with running_site(f"sqlite:///{folder / 'kurak.sqlite'}", folder) as site, site.app.app_context():
        names = played(site)
        desk = chromium.new_context(base_url=site.url)
        sign_in(desk)
        yield Lab(site, names, desk, chromium.new_context(base_url=site.url))
        db.session.remove()
        site.close()


def played(site: Site) -> dict[str, str]:
    """Load the demo campaign, play a past of fourteen gifts, and leave one gift at the payment page."""
    plan, outside = load_plan(), gateways()
    load_campaign(plan, clock=outside.clock)
    add_demo_staff(clock=outside.clock)
    add_staff("admin@demo.kurak.example", name="Admin", roles=("admin",), clock=outside.clock, password=DEMO_PASSWORD)
    console = SandboxConsole(site.sandbox.api_base, site.sandbox.api_key)
    stage = Stage(plan=plan, payments=outside.payments, console=console, clock=outside.clock, public_url=site.url)
    play_history(stage, gifts=14, seed=3)
    awaited = start_checkout(
        GiftRequest(
            campaign_slug=plan.campaign.slug,
            form_id="awaited",
            language="en",
            gift=Money(25_00, "USD"),
            covers_fee=False,
            fund_code=None,
            email=None,
            public_name=None,
            message=None,
            is_anonymous=True,
        ),
        payments=outside.payments,
        clock=outside.clock,
        public_url=site.url,
    )
    site.sandbox.deliver()
    work_off_everything()
    return named(awaited.public_id)


def named(awaited: str) -> dict[str, str]:
    """One of each thing that has an address."""
    one = {
        "event": select(Fund.public_id).where(Fund.code == "EVENT-1"),
        "grant": select(Fund.public_id).where(Fund.code == "GRANT-1"),
        "theme": select(Fund.public_id).where(Fund.code == "THEME-EVENTS"),
        "child": select(Fund.public_id).where(Fund.code == "EVENT-1@THEME-EVENTS"),
        "update": select(Update.public_id),
        "paid": select(Donation.checkout_id).where(Donation.state == "paid"),
        "awaited": select(Donation.checkout_id).where(Donation.public_id == awaited),
        "donation": select(Donation.public_id).where(Donation.state == "paid"),
        "receipt": select(Receipt.number).order_by(Receipt.id),
        "code": select(Receipt.verify_code).order_by(Receipt.id),
        "allocation": select(Allocation.public_id),
        "inbox_event": select(ProviderEvent.event_id),
        "mail": select(Message.public_id),
        "person": select(Staff.id),
        "slug": select(Campaign.slug),
    }
    with reading() as session:
        return {name: str(session.execute(query.limit(1)).scalar_one()) for name, query in one.items()}


def sign_in(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/staff/login")
    page.fill("#email", "admin@demo.kurak.example")
    page.fill("#password", DEMO_PASSWORD)
    page.click("main button[type=submit], main button")
    page.wait_for_url("**/staff/")
    page.close()


def faults_of(page: Page, addresses: dict[str, str], lang: str) -> dict[str, list[str]]:
    """The pages that have faults, with them."""
    turn = LANGUAGES.index(lang)
    found = {}
    for number, (name, address) in enumerate(addresses.items()):
        looks = LOOKS if IS_FULL else (LOOKS[(number + turn) % len(LOOKS)],)
        found[name] = faults(page, address, looks)
    page.close()
    return {name: wrong for name, wrong in found.items() if wrong}


def faults(page: Page, address: str, looks: tuple[tuple[int, str], ...]) -> list[str]:
    """What axe, the console and a ruler find on a page."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        is_status = "Failed to load resource" in message.text and "status of 4" in message.text
        if message.type in {"error", "warning"} and not is_status:
            complaints.append(f"console: {message.text}")

    page.on("console", heard)
    page.goto(address)
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        answer = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response
        complaints += [
            f"{width} {scheme}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in answer["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            complaints.append(f"{width} {scheme}: sticks out at the side")
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        complaints.append("at twice the text size: sticks out at the side")
    page.remove_listener("console", heard)
    return complaints


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_public_page_is_without_fault(lab: Lab, lang: str) -> None:
    addresses = {name: address.format(lang=lang, **lab.names) for name, address in PUBLIC.items()}
    assert faults_of(lab.visitor.new_page(), addresses, lang) == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_of_the_desk_is_without_fault(lab: Lab, lang: str) -> None:
    page = lab.desk.new_page()
    page.goto("/staff/account")
    page.select_option("select[name=language]", lang)
    page.click("form[action='/staff/account/language'] button")
    page.wait_for_load_state()
    turn = LANGUAGES.index(lang)
    addresses = {
        name: address.format(**lab.names)
        for number, (name, address) in enumerate(DESK.items())
        if IS_FULL or number % len(LANGUAGES) == turn
    }
    assert faults_of(page, addresses, lang) == {}


def test_the_pages_for_developers_and_for_sign_in_are_without_fault(lab: Lab) -> None:
    pages = {**WORKSHOP, "sign in": "/staff/login"}
    addresses = {name: address.format(**lab.names) for name, address in pages.items()}
    assert faults_of(lab.visitor.new_page(), addresses, "en") == {}
