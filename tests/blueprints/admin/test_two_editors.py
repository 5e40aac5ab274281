"""Two people change the same thing: the second one sees both values, keeps what they typed, and may save again."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.fund import FundKind
from campaign.services.campaigns import plan_changes
from campaign.services.campaigns.plan import plan_of
from tests.blueprints.admin.client import sign_in_as
from tests.services.campaigns.test_plan import DAYS, TEXTS, TIMES
from tests.services.pictures.test_consents import a_consent
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")


def save_twice(client: FlaskClient, address: str, form: str, first: dict[str, str], second: dict[str, str]) -> Page:
    """Save one form, then the other that was opened at the same time; return the page that refuses it."""
    early, late = fetch_address(client, address), fetch_address(client, address)
    assert early.submit(client, form, **first).status_code == 303
    assert early.submit(client, form, **first).status_code == 303, "a double press saves once"
    refused = Page(late.submit(client, form, **second))
    assert refused.answer.status_code == 409
    assert refused.texts(".notice h2") == ["Someone else saved this while you were writing"]
    return refused


def rows(page: Page) -> list[str]:
    return page.texts("[aria-label='What differs'] tbody tr")


def test_settings_currencies_plan_goals_and_consents(app: Flask, clock: SettableClock) -> None:
    staff = sign_in_as(app, clock, role="campaign")
    campaign = a_campaign()
    admin = sign_in_as(app, clock, role="admin").client
    main = "main form:has([name=version])"
    page = save_twice(
        admin, "/staff/campaign/settings", main, {"goal": "2 000"}, {"goal": "3 000", "name-en": "The quilt"}
    )
    assert rows(page)[:2] == ["Name (English) Quilt (en) The quilt", "Goal 2000 3000"]
    assert page.one("#name-en")["value"] == "The quilt"
    assert page.submit(admin, main).status_code == 303
    assert fetch_address(admin, "/staff/campaign/settings").one("#goal")["value"] == "3000"
    page = save_twice(admin, "/staff/campaign/currencies/USD", main, {"minimum": "6"}, {"minimum": "7"})
    assert rows(page) == ["Smallest gift 6 7"]
    draft = replace(TEXTS, details=DAYS)
    plan_changes.add_item(campaign.id, FundKind.GRANT, draft, actor_id=staff.staff_id, clock=clock)
    item = plan_of(campaign.id)[-1].public_id
    page = save_twice(staff.client, f"/staff/plan/{item}", main, {"title-en": "Silk"}, {"title-en": "Wool"})
    assert rows(page) == ["Name (English) Silk Wool"]
    draft = replace(TEXTS, details=TIMES)
    event = plan_changes.add_item(campaign.id, FundKind.EVENT, draft, actor_id=staff.staff_id, clock=clock)
    first, second = {"begins_at": "2026-12-05T11:00"}, {"begins_at": "2026-12-05T12:00"}
    page = save_twice(staff.client, f"/staff/plan/{event}", main, first, second)
    assert rows(page) == ["Begins December 5, 2026, 11:00 December 5, 2026, 12:00"]
    page = save_twice(staff.client, "/staff/progress/goals", main, {"gifts": "10"}, {"gifts": "20", "donors": "5"})
    assert rows(page) == ["Number of gifts 10 20", "Number of donors nothing 5"]
    agreed = a_consent(campaign, staff.staff_id, clock)
    page = save_twice(
        staff.client,
        f"/staff/consents/{agreed}",
        main,
        {"stored_at": "Folder 4"},
        {"way": "voice", "stored_at": "Disk"},
    )
    assert rows(page)[0].startswith("How they agreed")


def test_roles_that_another_administrator_changed(app: Flask, clock: SettableClock) -> None:
    admin, member = sign_in_as(app, clock, role="admin").client, a_member_of_staff(role="finance")
    page = save_twice(
        admin,
        f"/staff/people/{member.id}",
        "main form:has([name=version])",
        {"roles": "campaign"},
        {"roles": "approver"},
    )
    [row] = rows(page)
    assert row.startswith("Roles Campaign: writes")
    assert row.endswith("Approver: decides on allocations")


def test_a_plan_that_its_costs_make_differs_in_no_amount(app: Flask, clock: SettableClock) -> None:
    client = sign_in_as(app, clock, role="campaign").client
    a_campaign()
    new = fetch_address(client, "/staff/plan/new/grant")
    grant = new.submit(client, **{"title-en": "Felt", "opens_on": "2026-12-01", "closes_on": "2026-12-24"}).location
    costs = {"cost-title-en": "Wool", "cost-amount": "70"}
    fetch_address(client, grant).submit(client, f"form[action='{grant}/costs']", **costs)
    main = "main form:has([name=version])"
    page = save_twice(client, grant, main, {"title-en": "Felt and wool"}, {"title-en": "Wool"})
    assert rows(page) == ["Name (English) Felt and wool Wool"]
