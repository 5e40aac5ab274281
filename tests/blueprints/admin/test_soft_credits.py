"""A gift is credited to somebody else besides its donor, and no sum counts it."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.donor import Donor, SoftCredit
from campaign.models.staff import AuditEvent
from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign, a_donor, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def staff(app: Flask, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    return a_paid_gift(campaign=campaign, donor_id=a_donor(email="giver@example.org").id, payer_name="Giver")


def credited(client: FlaskClient, gift: Donation, **typed: Any) -> Page:
    form = fetch(client, "admin.credit_form", public_id=gift.public_id)
    values = {"email": "helper@felt.kg", "kind": "employer", **typed}
    answers = [form.submit(client, "main form", **values) for _press in range(2)]
    return Page(client.get(answers[1].location) if answers[1].status_code == 303 else answers[1])


def test_both_pages_show_a_credit_and_no_sum_counts_it(staff: FlaskClient, gift: Donation, session: Session) -> None:
    page = credited(staff, gift)
    assert "helper@felt.kg Given on their behalf" in page.text()
    helper = session.execute(select(Donor.public_id).where(Donor.email_key == "helper@felt.kg")).scalar_one()
    shown = fetch(staff, "admin.donor", public_id=helper)
    assert shown.texts("#credits ~ .table tbody td") == ["Giver", "Given on their behalf", "December 1, 2026"]
    assert shown.texts(".kpis dd") == []
    assert fetch(staff, "admin.donors").text("[role=status]").startswith("1 donor: $25.00")
    assert page.submit(staff, "form[action*='/credit/']").status_code == 303
    assert page.submit(staff, "form[action*='/credit/']").status_code == 303
    assert "nobody else" in fetch(staff, "admin.donation", public_id=gift.public_id).text()
    assert session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars().all() == [
        "donation:credit",
        "donation:uncredit",
    ]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "GIVER@example.org"}, "This is the donor who gave the gift."),
        ({"email": "nobody"}, "Enter an email address"),
        ({"kind": None}, "Choose what part they have."),
        ({"kind": "owner"}, "Choose what part they have."),
    ],
)
def test_a_credit_that_is_refused_keeps_what_was_typed(
    staff: FlaskClient, gift: Donation, session: Session, typed: dict[str, Any], sentence: str
) -> None:
    page = credited(staff, gift, **typed)
    assert page.answer.status_code == 422
    assert sentence in page.text(".error-summary")
    assert page.one("#email")["value"] == typed.get("email", "helper@felt.kg")
    assert session.execute(select(SoftCredit.id)).all() == []


def test_a_second_credit_to_the_same_address_is_refused(staff: FlaskClient, gift: Donation) -> None:
    credited(staff, gift)
    assert "The gift is credited to this address already." in credited(staff, gift, kind="matched").text(
        ".error-summary"
    )


def test_a_gift_of_another_campaign_is_not_credited(gift: Donation, app: Flask, clock: SettableClock) -> None:
    other = a_campaign(slug="mountain", is_featured=False)
    stranger = sign_in_as(app, clock, role="finance", campaign=other).client
    fetch(stranger, "admin.credit_form", public_id=gift.public_id, status=404)
