"""Finding gifts on the staff pages, on both databases: by names in any case and script, parts of addresses, and numbers."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.receipt import Receipt
from campaign.services.gifts.listing import DonationFilter, donations
from campaign.services.mail.listing import MailFilter, mails
from campaign.services.pledges.listing import pledges
from campaign.services.receipts.listing import ReceiptFilter, receipts
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge, months_of, pledge_of
from tests.support.builders import a_campaign, a_donation, a_donor, a_paid_gift


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


@pytest.fixture
def aigul(campaign: Campaign) -> Donation:
    """A gift of Айгүл Өмүрбекова, named Gul to the public, with a receipt for their company."""
    donor = a_donor(email="Family@Example.kg")
    return a_paid_gift(
        campaign=campaign,
        donor_id=donor.id,
        payer_name="Айгүл Өмүрбекова",
        receipt_name="ОсОО «Чыңгыз»",
        public_name="Gül",
        invoice_id="in_1Abc",
    )


def matches(campaign: Campaign, text: str, **filters: Any) -> list[str]:
    """Public ids in the list."""
    rows, _ = donations(DonationFilter(campaign_id=campaign.id, text=text, **{"sees_donors": True, **filters}))
    return [row.public_id for row in rows]


NAMED = (
    *("Айгүл", "айгүл", "АЙГҮЛ", "айгул", "өмүрбекова", "Омурбекова Айгүл", "мүрбек", "осоо чынгыз"),
    *("GUL", "gül", "family", "example.kg", "FAMILY@EXAMPLE.KG", "in_1Abc", "айгүл family"),
)
UNNAMED = ("%", "_", "айгүл%", "\\", "бермет", "\x00", "\u200b", "айгүл bermet", "in_1abc", "a" * 5000)


def test_a_gift_is_found_by_its_names_and_address(campaign: Campaign, aigul: Donation) -> None:
    a_paid_gift(campaign=campaign, payer_name="Łukasz", public_name=None)
    assert [text for text in NAMED if matches(campaign, text) != [aigul.public_id]] == []
    assert [text for text in UNNAMED if matches(campaign, text)] == []


def test_letters_with_a_stroke_are_folded_too(campaign: Campaign, aigul: Donation) -> None:
    lukasz = a_paid_gift(campaign=campaign, payer_name="Łukasz", public_name=None)
    for text in ("łukasz", "LUKASZ", "Łuk"):
        assert matches(campaign, text) == [lukasz.public_id]


def test_a_gift_is_found_by_every_number_it_has(campaign: Campaign, aigul: Donation, session: Session) -> None:
    a_paid_gift(campaign=campaign)
    number = session.execute(select(Receipt.number).where(Receipt.donation_id == aigul.id)).scalar_one()
    ids = (aigul.payment_id, aigul.charge_id, aigul.checkout_id, aigul.settlement_id, aigul.public_id)
    typed = [
        number,
        number.lower(),
        number[-6:],
        f"№ {number}",
        number.replace("-", " "),
        number.replace("-", "–"),
        number.replace("-", ""),
    ]
    for text in (*ids, *typed, f" {aigul.public_id.upper()} "):
        assert matches(campaign, str(text)) == [aigul.public_id], text


def test_another_campaigns_gifts_are_not_found(campaign: Campaign, aigul: Donation) -> None:
    other = a_campaign(slug="other", is_featured=False)
    for text in ("айгүл", "family", "in_1Abc", aigul.public_id):
        assert matches(other, text) == []


def test_staff_without_access_to_donors_search_public_names_only(campaign: Campaign, aigul: Donation) -> None:
    hidden = a_paid_gift(campaign=campaign, is_anonymous=True, public_name="Bermet", payer_name="Bermet")
    assert matches(campaign, "gul", sees_donors=False) == [aigul.public_id]
    for text in ("айгүл", "family", "чыңгыз", "bermet"):
        assert matches(campaign, text, sees_donors=False) == []
    assert matches(campaign, hidden.public_id, sees_donors=False) == [hidden.public_id]


def test_a_gift_that_is_not_paid_is_found_by_the_address_of_the_form(campaign: Campaign) -> None:
    gift = a_donation(campaign=campaign, checkout_params={"customer_email": "tried@example.org"})
    assert matches(campaign, "tried@") == [gift.public_id]


def test_the_names_of_a_payment_are_found_once_it_is_known(engine: Engine) -> None:
    public_id = engine.open()
    campaign = engine.session.execute(select(Campaign)).scalar_one()
    assert matches(campaign, "donor@example") == [public_id]
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout, name="Бермет Асанова")
    engine.tell("checkout.session.completed", checkout)
    engine.work()
    assert matches(campaign, "асанова donor@") == [public_id]


def test_only_monthly_gifts_are_listed_by_the_filter_for_them(campaign: Campaign, aigul: Donation) -> None:
    with transaction() as session:
        session.execute(update(Donation).where(Donation.id == aigul.id).values(frequency="monthly"))
    a_paid_gift(campaign=campaign)
    assert matches(campaign, "", frequency="monthly") == [aigul.public_id]


def test_monthly_gifts_receipts_and_emails_are_found_alike(engine: Engine) -> None:
    subscription = begin_pledge(engine)
    engine.give()
    campaign_id = engine.session.execute(select(Campaign.id)).scalar_one()
    pledge, (month,) = pledge_of(subscription), months_of(subscription)
    for text in (pledge.public_id, subscription, str(month.invoice_id), f"{month.public_id.upper()} "):
        rows, _ = pledges(campaign_id, text=text, sees_donors=True)
        assert [row.public_id for row in rows] == [pledge.public_id]
        receipt_rows = receipts(ReceiptFilter(campaign_id=campaign_id, text=text))
        assert [row.donation_public_id for row in receipt_rows] == [month.public_id]
        emails, _ = mails(MailFilter(campaign_id=campaign_id, text=text))
        assert [row.donation_public_id for row in emails] == [month.public_id]
    assert len(receipts(ReceiptFilter(campaign_id=campaign_id, text="DONOR@example"))) == 2
    assert pledges(campaign_id, text="donor@", sees_donors=False) == ([], False)
    assert pledges(campaign_id, text="%", sees_donors=True) == ([], False)
