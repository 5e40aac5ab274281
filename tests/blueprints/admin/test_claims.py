"""Disputes, fraud warnings and second payments on staff pages: what they are, by when, and what to do about them."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from campaign.database import reading, transaction
from campaign.models.campaign import Campaign
from campaign.models.donation import Dispute, Donation, FraudWarning, Refund
from campaign.services.overview.attention import AttentionItem
from campaign.services.overview.page import overview
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.support.builders import NOW, a_paid_gift, add_history
from tests.support.fakes import SettableClock
from tests.support.pages import fetch

pytestmark = pytest.mark.database("sqlite")  # services are tested on both

DUE = NOW + timedelta(days=7)


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    return a_paid_gift(campaign=campaign)


def dispute(gift: Donation, *, state: str = "open", status: str = "needs_response", reason: str = "fraudulent") -> None:
    with transaction() as session:
        session.execute(
            insert(Dispute),
            {
                "donation_id": gift.id,
                "provider_id": "dp_1",
                "currency": gift.currency,
                "amount_minor": 5_00,
                "reason": reason,
                "state": state,
                "status": status,
                "opened_at": NOW,
                "due_at": DUE,
            },
        )
        add_history(session, gift.id, f"dispute_{state}")


def suspect(gift: Donation) -> None:
    warning = {"donation_id": gift.id, "provider_id": "issfr_1", "fraud_type": "misc", "made_at": NOW}
    with transaction() as session:
        session.execute(insert(FraudWarning), warning | {"is_actionable": True})
        session.execute(update(Donation).where(Donation.id == gift.id).values(fraud_hold="waiting"))


@pytest.fixture
def viewer(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="viewer").client


@pytest.fixture
def campaigner(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def concerns(campaign: Campaign) -> dict[str, AttentionItem]:
    return {concern.kind: concern for concern in overview(campaign.id, "USD", at=NOW).concerns}


def test_an_open_dispute_says_why_by_when_and_what_to_do(finance: FlaskClient, gift: Donation) -> None:
    dispute(gift)
    page = fetch(finance, "admin.donation", public_id=gift.public_id)
    text = page.text("section[aria-labelledby=disputes]")
    assert "The owner of the card says that they did not make this payment." in text
    assert "Respond at the payment provider before this date" in text
    assert "8 December 2026" in text or "December 8, 2026" in text
    assert "$5.00" in text


def test_a_disputed_gift_offers_no_refund_and_says_why(finance: FlaskClient, gift: Donation) -> None:
    dispute(gift)
    page = fetch(finance, "admin.donation", public_id=gift.public_id)
    assert "Refund" not in page.text()
    assert finance.get(f"/staff/donations/{gift.public_id}/refund").status_code == 303
    assert "a refund now would pay twice" in fetch(finance, "admin.donation", public_id=gift.public_id).text()


def test_an_inquiry_offers_the_refund_that_ends_it(finance: FlaskClient, gift: Donation) -> None:
    dispute(gift, state="inquiry", status="warning_needs_response", reason="a_reason_of_next_year")
    page = fetch(finance, "admin.donation", public_id=gift.public_id)
    assert "refund the whole gift to close it" in page.text("section[aria-labelledby=disputes]")
    assert "a_reason_of_next_year" in page.text("section[aria-labelledby=disputes]")
    assert "Refund" in page.text()


def test_a_dispute_under_review_needs_no_action(finance: FlaskClient, gift: Donation, campaign: Campaign) -> None:
    dispute(gift, status="under_review")
    page = fetch(finance, "admin.donation", public_id=gift.public_id)
    assert "the bank is deciding" in page.text("section[aria-labelledby=disputes]")
    assert concerns(campaign)["disputed"].until is None


def test_the_overview_names_the_first_day_to_respond_by(
    finance: FlaskClient, gift: Donation, campaign: Campaign
) -> None:
    dispute(gift)
    concern = concerns(campaign)["disputed"]
    assert (concern.count, concern.until) == (1, DUE)
    attention = fetch(finance, "admin.overview").text("section[aria-labelledby=attention]").replace("\xa0", " ")
    assert "Evidence can be given until December 8, 2026" in attention
    assert gift.public_id in fetch(finance, "admin.donations", state="disputed").text()


def test_a_suspected_gift_is_refunded_in_two_steps(finance: FlaskClient, gift: Donation) -> None:
    suspect(gift)
    page = fetch(finance, "admin.donation", public_id=gift.public_id)
    assert "usually prevents a dispute" in page.text("section[aria-labelledby=suspected]")
    address, token = f"/staff/donations/{gift.public_id}/refund", token_of(finance)
    typed = {"how_much": "whole", "reason": "The card’s bank suspects fraud.", "csrf_token": token}

    preview = finance.post(address, data=typed | {"step": "preview"})
    assert "Send $25.00 back?" in preview.text
    done = finance.post(address, data=typed | {"step": "confirm", "form_id": "23456789abcdefgh"})

    assert done.status_code == 303
    with reading() as session:
        assert session.execute(select(Refund.state)).scalars().all() == ["requested"]


def test_a_gift_under_suspicion_is_approved_once(campaigner: FlaskClient, gift: Donation, campaign: Campaign) -> None:
    suspect(gift)
    assert concerns(campaign)["suspected"].count == 1
    assert gift.public_id in fetch(campaigner, "admin.donations", state="suspected").text()
    address = f"/staff/donations/{gift.public_id}/approve"
    typed = {"csrf_token": token_of(campaigner), "reason": "x" * 501}
    refusal = campaigner.post(address, data=typed)
    assert (refusal.status_code, "x" * 501 in refusal.text) == (422, True)
    for flash in ("Approved.", "Nobody has to decide"):
        assert campaigner.post(address, data=typed | {"reason": "We know them."}).status_code == 303
        assert flash in fetch(campaigner, "admin.donation", public_id=gift.public_id).text()
    assert "suspected" not in concerns(campaign)


def test_who_only_reads_approves_nothing(viewer: FlaskClient, gift: Donation) -> None:
    suspect(gift)
    page = fetch(viewer, "admin.donation", public_id=gift.public_id)
    assert page.soup.select("section[aria-labelledby=suspected] form") == []
    answer = viewer.post(f"/staff/donations/{gift.public_id}/approve", data={"csrf_token": token_of(viewer)})
    assert answer.status_code == 403


def test_a_gift_paid_twice_is_reported_until_one_is_refunded(
    finance: FlaskClient, gift: Donation, campaign: Campaign
) -> None:
    again = a_paid_gift(campaign=campaign)
    with transaction() as session:
        session.execute(update(Donation).where(Donation.id == again.id).values(paid_again_for_id=gift.id))
    assert concerns(campaign)["paid_again"].count == 1
    text = fetch(finance, "admin.donation", public_id=again.public_id).text("section[aria-labelledby=twice]")
    assert gift.public_id in text
    assert "Send $25.00 back" in text
    assert again.public_id in fetch(finance, "admin.donation", public_id=gift.public_id).text()


def test_the_page_says_where_to_submit_the_evidence(app: Flask, clock: SettableClock, gift: Donation) -> None:
    dispute(gift)
    page = fetch(sign_in_as(app, clock, role="viewer").client, "admin.donation", public_id=gift.public_id)
    assert "sandbox’s console" in page.text("section[aria-labelledby=disputes]")
