"""Applications for a grant, sign-ups for an event, and campaigns in every state: no fault that axe can find."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.campaign_state import CampaignStage
from campaign.domain.grant_call import QuestionKind
from campaign.jobs import work_off_everything
from campaign.models.campaign import Campaign
from campaign.models.fund import Grant
from campaign.services.events.links import sign_link
from campaign.services.staff.accounts import DEMO_PASSWORD, add_staff
from tests.browser.lab import EVERYWHERE
from tests.browser.test_every_page import IS_FULL, LANGUAGES, LOOKS, complaints_of, sign_in
from tests.journeys.site import Site
from tests.support.applications import OpenCall, an_application, an_open_call
from tests.support.builders import a_campaign, a_fund, a_paid_gift, usd
from tests.support.events import a_request, an_event, public_id_of, someone

pytestmark = [pytest.mark.browser, pytest.mark.faults, pytest.mark.database("sqlite")]
APPLICANT = "applicant@quilt.example"


def looked_at(page: Page, address: str, number: int) -> list[str]:
    """What is wrong with a page, at one look or at all."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, f"{address} answered {answer.status}"
    looks = LOOKS if IS_FULL else (LOOKS[number % len(LOOKS)],)
    return [f"{address}: {one}" for one in complaints_of(page, looks)]


def open_call(site: Site, campaign: Campaign) -> OpenCall:
    """A call that is open today."""
    call, today = an_open_call(campaign), local_day(site.clock.now())
    with transaction() as session:
        grant = session.get_one(Grant, call.grant.id)
        grant.opens_on, grant.closes_on = today - timedelta(days=3), today + timedelta(days=20)
    return call


def link_to(site: Site, page: Page, call: OpenCall, lang: str) -> str:
    """The address in the email that somebody gets who wants to apply."""
    page.goto(f"/{lang}/grants/{call.grant.public_id}/apply")
    page.fill("main input[type=email]", f"{lang}.{APPLICANT}")
    page.click("main form button")
    page.wait_for_url("**sent=1")
    work_off_everything()
    body = next(each for each in site.mailbox.emails if each["To"] == f"{lang}.{APPLICANT}").get_body(("plain",))
    assert body is not None
    match = re.search(r"https?://\S+/applications/\S+", body.get_content())
    assert match
    return match[0].removeprefix(site.url)


def test_applications_and_sign_ups_are_without_fault(chromium: Browser, site: Site) -> None:
    clock: Any = site.app.extensions["context"].clock
    campaign = site.campaign()
    add_staff(EVERYWHERE, name="Everywhere", roles=("admin", "campaign"), clock=clock, password=DEMO_PASSWORD)
    begins = clock.now() + timedelta(days=5)
    event = an_event(campaign, begins_at=begins, ends_at=begins + timedelta(hours=2), starts_on=begins.date())
    for name in ("aida", "bermet"):
        someone(event, name, clock=clock, places=2)
    a_request(event, "chynar", clock=clock)
    unconfirmed = sign_link(public_id_of(event, "Chynar"))
    call = open_call(site, campaign)
    application = an_application(call)
    staff = chromium.new_context(base_url=site.url)
    sign_in(staff)
    desk, visitor = staff.new_page(), chromium.new_context(base_url=site.url).new_page()
    plan = f"/staff/plan/{call.grant.public_id}/call"
    for_staff = [
        f"/staff/plan/{event.public_id}/sign-ups",
        plan,
        f"{plan}/{call.questions[QuestionKind.CHOICE]}",
        *(f"{plan}/new/{kind}" for kind in QuestionKind),
        "/staff/applications",
        f"/staff/applications/{application}",
        f"/staff/applications/{application}/decision",
    ]
    wrong = [fault for number, address in enumerate(for_staff) for fault in looked_at(desk, address, number)]
    for turn, lang in enumerate(LANGUAGES):
        link = link_to(site, visitor, call, lang)
        addresses = [f"/{lang}/grants/{call.grant.public_id}/apply", f"/{lang}/events/{event.public_id}/sign-up", link]
        addresses += [f"/{lang}/events/place/{unconfirmed}", f"{link}/conditions"]
        wrong += [fault for number, each in enumerate(addresses) for fault in looked_at(visitor, each, number + turn)]
        visitor.check("main input[type=radio][value=yes]")
        visitor.click("main form button")
        visitor.wait_for_url("**/answers")
        further = [f"{link}/{step}" for step in ("answers", "files", "check")]
        wrong += [fault for number, each in enumerate(further) for fault in looked_at(visitor, each, number + turn)]
    assert wrong == []


def test_campaigns_in_every_state_are_without_fault(chromium: Browser, site: Site) -> None:
    clock: Any = site.app.extensions["context"].clock
    today = local_day(clock.now())
    past, week, next_year = today - timedelta(days=100), today + timedelta(days=7), today + timedelta(days=365)
    campaign = site.campaign()
    lacking = a_fund(campaign=campaign, code="THEME-SPACE", kind="theme")
    a_paid_gift(campaign=campaign, fund=lacking, gift=usd(5_00), fee_minor=7_00)
    a_paid_gift(campaign=campaign)
    for slug, stage, starts_on, ends_on in (
        ("draft", CampaignStage.DRAFT, week, next_year),
        ("scheduled", CampaignStage.PUBLISHED, week, next_year),
        ("ended", CampaignStage.PUBLISHED, past, today - timedelta(days=3)),
    ):
        a_campaign(slug=slug, is_featured=False, stage=stage, starts_on=starts_on, ends_on=ends_on)
    add_staff(EVERYWHERE, name="Everywhere", roles=("admin", "campaign"), clock=clock, password=DEMO_PASSWORD)
    staff = chromium.new_context(base_url=site.url)
    sign_in(staff)
    page = staff.new_page()
    wrong = looked_at(page, f"/staff/allocations/cover?target={lacking.public_id}", 1)
    acts = {"draft": ("open", "preview/ky"), "scheduled": ("withdraw", "feature"), "ended": ("archive",)}
    for slug, its in acts.items():
        page.goto("/staff/campaigns")
        page.click(f"form:has([name=campaign][value={slug}]) button")
        page.wait_for_load_state()
        addresses = ["/staff/campaigns", "/staff/", *(f"/staff/campaign/{act}" for act in its)]
        wrong += [fault for number, each in enumerate(addresses) for fault in looked_at(page, each, number)]
        assert page.url.endswith(addresses[-1])
    assert wrong == []
