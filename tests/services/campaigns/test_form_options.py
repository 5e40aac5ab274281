"""What the form may offer, and what a donor may see of their gift."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from campaign.domain.donation import DonationState
from campaign.domain.errors import NotFound
from campaign.domain.money import Money
from campaign.services.campaigns.form_options import giving_options
from campaign.services.gifts.donor_view import gift_named, gift_of_checkout, gift_of_form
from tests.support.builders import a_campaign, a_donation, a_donor, a_fund, a_paid_gift, general_fund_of, usd


def test_the_featured_campaign_is_given_to_unless_another_is_named(app: Flask) -> None:
    a_campaign(slug="quilt")
    a_campaign(slug="second", is_featured=False)
    assert giving_options().slug == "quilt"
    assert giving_options("second").slug == "second"
    with pytest.raises(NotFound):
        giving_options("third")


def test_each_currency_brings_its_own_bounds_fee_and_amounts(app: Flask) -> None:
    a_campaign()
    offers = giving_options().offers
    assert [offer.currency for offer in offers] == ["USD", "EUR", "KGS"]
    assert [preset.amount.minor for preset in offers[2].presets] == [400_00, 1000_00, 2000_00, 4000_00]
    assert offers[2].minimum == Money(200_00, "KGS")
    assert giving_options().offer_in("KGS") is not None
    assert giving_options().offer_in("XXX").currency == "USD"


def test_a_language_opens_with_the_currency_of_its_readers_where_the_campaign_takes_it(app: Flask) -> None:
    a_campaign()
    options = giving_options()
    assert [options.first_offer_in(language).currency for language in ("en", "ru", "ky")] == ["USD", "USD", "KGS"]
    without_som = replace(options, offers=options.offers[:2])
    assert without_som.first_offer_in("ky").currency == "USD"


def test_a_donor_chooses_among_the_general_fund_and_the_themes_only(app: Flask) -> None:
    campaign = a_campaign()
    a_fund(campaign=campaign, code="THEME-GRANTS")
    a_fund(campaign=campaign, code="EVENT-1", kind="event")
    assert [purpose.code for purpose in giving_options().purposes] == ["GEN", "THEME-GRANTS"]
    assert [purpose.is_general for purpose in giving_options().purposes] == [True, False]


def test_a_campaign_takes_gifts_from_its_first_day_to_its_last(app: Flask) -> None:
    options = giving_options(a_campaign(starts_on=date(2026, 10, 1), ends_on=date(2027, 3, 8)).slug)
    assert options.is_open_on(date(2026, 10, 1))
    assert options.is_open_on(date(2027, 3, 8))
    assert not options.is_open_on(date(2026, 10, 1) - timedelta(days=1))
    assert not options.is_open_on(date(2027, 3, 9))


def test_a_gift_is_found_by_its_name_its_form_and_its_payment_page(app: Flask) -> None:
    campaign = a_campaign()
    open_gift = a_donation(
        campaign=campaign, state=DonationState.OPEN, cover_minor=1_06, form_id="form", checkout_id="cs_test_1"
    )
    for gift in (gift_named(open_gift.public_id), gift_of_form("form"), gift_of_checkout("cs_test_1")):
        assert gift is not None
        assert (gift.gift, gift.charge) == (usd(25_00), usd(26_06))
        assert gift.state is DonationState.OPEN
        assert gift.purpose_code == general_fund_of(campaign).code
    assert gift_named("nobody") is None


def test_the_address_comes_from_the_form_until_the_donor_is_known(app: Flask) -> None:
    campaign = a_campaign()
    unpaid = a_donation(campaign=campaign, checkout_params={"customer_email": "form@example.org"})
    paid = a_paid_gift(campaign=campaign, donor_id=a_donor(email="known@example.org").id, payer_name="Aida")
    first, second = gift_named(unpaid.public_id), gift_named(paid.public_id)
    assert first is not None
    assert second is not None
    assert (first.email, first.payer_name) == ("form@example.org", None)
    assert (second.email, second.payer_name) == ("known@example.org", "Aida")
