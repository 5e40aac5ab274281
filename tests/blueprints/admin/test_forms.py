"""Forms of the staff pages with wrong input: 422, an error at its field, and what was typed is still there."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.models.campaign import Campaign
from campaign.models.fund import Fund
from campaign.models.staff import AuditEvent
from tests.blueprints.admin.client import sign_in_as
from tests.blueprints.admin.test_mails import a_mail
from tests.support.builders import a_campaign, a_fund, a_member_of_staff, a_paid_gift, general_fund_of, usd
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # about pages alone
TOO_LONG = "x" * 501


@dataclass
class Pages:
    """A browser of finance, and the pages of forms by name."""

    client: FlaskClient
    addresses: dict[str, str]

    def send(self, name: str, **typed: str) -> Page:
        """Send a form with this filled in; the page that it is answered with."""
        answer = fetch_address(self.client, self.addresses[name]).submit(self.client, "main form[method=post]", **typed)
        assert answer.status_code == 422
        return Page(answer)


@pytest.fixture
def pages(app: Flask, clock: SettableClock, session: Session) -> Pages:
    campaign = a_campaign()
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    gift = a_paid_gift(campaign=campaign, gift=usd(100_00), fee_minor=0)
    a_paid_gift(campaign=campaign, fund=event, gift=usd(50_00), fee_minor=0)
    general: Fund = general_fund_of(campaign)
    return Pages(
        client=sign_in_as(app, clock, role="finance").client,
        addresses={
            "allocation": f"/staff/allocations/new?source={general.public_id}",
            "disbursement": f"/staff/disbursements/new?fund={event.public_id}",
            "refund": f"/staff/donations/{gift.public_id}/refund",
            "correction": f"/staff/donations/{gift.public_id}/correct",
            "resend": f"/staff/mails/{a_mail(session.get_one(Campaign, campaign.id)).public_id}/again",
            "shield": "/staff/shield",
        },
    )


def errors(page: Page) -> list[tuple[str, str]]:
    """(id of the field, sentence) of each error, which is also shown beside its field."""
    links = [(str(link["href"])[1:], link.get_text()) for link in page.soup.select(".error-summary a")]
    for name, sentence in links:
        assert sentence in page.text(f".field:has(#{name}) .field-error")
    assert page.text("title").startswith("Error:")
    return links


@pytest.mark.parametrize(
    ("name", "typed", "fields"),
    [
        ("allocation", {"reason": TOO_LONG}, ["target", "amount", "reason"]),
        ("allocation", {"currency": "XXX", "reason": "r"}, ["target", "currency"]),
        ("disbursement", {"payee": "x" * 201, "evidence": ""}, ["amount", "payee", "evidence"]),
        ("disbursement", {"paid_on": "", "amount": "ten", "payee": "p"}, ["amount", "paid_on", "evidence"]),
        ("refund", {"how_much": "part", "amount": "1,5,5", "reason": TOO_LONG}, ["amount", "reason"]),
        (
            "correction",
            {"receipt_name": "x" * 201, "email": "nobody", "reason": ""},
            ["receipt_name", "email", "reason"],
        ),
        ("resend", {"recipient": "nobody", "reason": TOO_LONG}, ["recipient", "reason"]),
        ("shield", {"reason": TOO_LONG}, ["reason"]),
    ],
)
def test_wrong_input_is_refused_at_its_field_and_stays_in_the_form(
    pages: Pages, session: Session, name: str, typed: dict[str, str], fields: list[str]
) -> None:
    before = session.execute(select(func.count(AuditEvent.id))).scalar_one()
    page = pages.send(name, **typed)
    assert [name for name, _ in errors(page)] == fields
    sent = page.filled("main form[method=post]")
    assert sent.items() >= {name: text for name, text in typed.items() if name != "currency"}.items()
    assert session.execute(select(func.count(AuditEvent.id))).scalar_one() == before


def test_a_text_that_is_too_long_is_refused_with_its_limit(pages: Pages) -> None:
    assert errors(pages.send("shield", reason=TOO_LONG)) == [("reason", "Shorten this to 500 characters.")]


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_errors_are_in_the_readers_language(pages: Pages, language: str) -> None:
    account = fetch_address(pages.client, "/staff/account")
    account.submit(pages.client, "form[action$=language]", language=language)
    page = pages.send("refund", how_much="whole", reason=TOO_LONG)
    assert "500" in page.text(".error-summary li")
    assert "Shorten" not in page.text(".error-summary li")


def test_a_forged_choice_is_refused(pages: Pages) -> None:
    account = fetch_address(pages.client, "/staff/account")
    refused = Page(account.submit(pages.client, "form[action$=language]", language="de"))
    assert refused.texts(".error-summary li") == ["Choose one of the languages shown."]
    shield = fetch_address(pages.client, "/staff/shield")
    assert shield.submit(pages.client, "main form", turn="sideways", reason="r").status_code == 400


def test_a_role_that_does_not_exist_is_refused_beside_the_roles(app: Flask, clock: SettableClock) -> None:
    a_campaign()
    admin, viewer = sign_in_as(app, clock, role="admin"), a_member_of_staff(role="viewer")
    page = fetch_address(admin.client, f"/staff/people/{viewer.id}")
    answer = page.submit(admin.client, f"form[action='/staff/people/{viewer.id}']", roles="owner")
    assert (answer.status_code, Page(answer).text(".field-error")) == (422, "Error: Choose one of the roles shown.")
