"""Giving in each currency that a campaign offers, yen without decimals and dinars with three: to receipt and books."""

import pytest
from sqlalchemy import select

from campaign.database import transaction
from campaign.domain.money import CURRENCIES
from campaign.extensions import db
from campaign.models.campaign import Campaign, CampaignCurrency
from campaign.models.donation import Donation
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services.campaigns.transparency import transparency_of
from tests.journeys.site import Browser, Site
from tests.receipts.samples import text_of

GIFTS = {
    "GBP": ("20.50", 20_50, "£20.50", "twenty pounds sterling and 50 pence"),
    "KZT": ("10000", 10_000_00, "₸10,000", "ten thousand tenge and 00 tiyn"),
    "TRY": ("500", 500_00, "₺500", "five hundred Turkish lira and 00 kuruş"),
    "JPY": ("2500", 2500, "¥2,500", "two thousand, five hundred Japanese yen"),
    "KWD": ("7.250", 7250, "KWD 7.250", "seven Kuwaiti dinars and 250 fils"),
    "UGX": ("50000", 50_000_00, "UGX 50,000", "fifty thousand Ugandan shillings"),
}
"""Currency → what is typed, its minor units, how it is shown, and how the receipt spells it."""


def offer(campaign: Campaign, code: str) -> None:
    """Let the campaign take a currency, from the least that the provider takes."""
    least = CURRENCIES[code].minimum_minor
    with transaction() as session:
        session.add(
            CampaignCurrency(
                campaign_id=campaign.id,
                currency=code,
                position=9,
                minimum_minor=least,
                maximum_minor=99_999_900,
                fee_basis_points=290,
                fee_fixed_minor=0,
            )
        )


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("code", sorted(GIFTS))
def test_a_gift_is_the_same_amount_from_the_form_to_the_receipt(site: Site, browser: Browser, code: str) -> None:
    typed, minor, shown, words = GIFTS[code]
    campaign = site.campaign()
    offer(campaign, code)
    sent = browser.fill_in(f"/en/donate?currency={code}", amount="other", other_amount=typed)
    assert sent.status_code == 303
    paid = browser.pay(sent.headers["Location"], email="aida@example.org")
    site.work()
    assert shown in browser.open(paid.headers["Location"]).text(".raised").replace("\u00a0", " ")

    gift = db.session.execute(select(Donation)).scalar_one()
    assert (gift.state, gift.currency, gift.gift_minor, gift.settled_currency) == ("paid", code, minor, "USD")
    [truth] = site.sandbox.truth()
    assert (truth["currency"], truth["amount"]) == (code.lower(), minor)
    text = receipt_text()
    assert words.casefold() in text.casefold()
    assert code in text

    money = transparency_of(campaign.id, "USD")
    by_code = {row.currency: row for row in money.totals}
    assert (by_code[code].given_minor, by_code[code].raised_minor) == (minor, 0)  # it is here, converted
    assert by_code["USD"].raised_minor == gift.settled_minor
    assert money.on_the_way == ()
    assert {row.given.currency: row.credited.minor for row in money.given_in}[code] == gift.settled_minor


@pytest.mark.database("sqlite")
def test_a_gift_without_a_rate_stands_apart_in_its_own_currency(site: Site, browser: Browser) -> None:
    """Until the provider reports its rate, nothing of it is in the campaign's total."""
    campaign = site.campaign()
    offer(campaign, "JPY")
    site.sandbox.fault("no_balance_transaction", times=20)
    page = browser.fill_in("/en/donate?currency=JPY", amount="other", other_amount="2500").headers["Location"]
    thanks = browser.pay(page, email="aida@example.org").headers["Location"]
    browser.open(thanks)
    money = transparency_of(campaign.id, "USD")
    assert [(amount.minor, amount.currency) for amount in money.on_the_way] == [(2500, "JPY")]
    assert money.main.raised_minor == 0
    assert "¥2,500" in browser.open("/en/transparency").text("main")
    site.heal()
    site.clock.advance(days=1)
    site.work()
    assert transparency_of(campaign.id, "USD").main.raised_minor > 0


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("code", "typed"), [("JPY", "10.50"), ("KWD", "7.255"), ("UGX", "2500.50"), ("KWD", "7.2505")])
def test_an_amount_that_the_currency_does_not_have_is_refused_at_the_form(
    site: Site, browser: Browser, code: str, typed: str
) -> None:
    offer(site.campaign(), code)
    refused = browser.fill_in(f"/en/donate?currency={code}", amount="other", other_amount=typed)
    assert refused.status_code == 422
    assert site.sandbox.truth() == []


@pytest.mark.database("sqlite")
def test_a_campaign_takes_the_currencies_that_it_chose_and_no_other(site: Site, browser: Browser) -> None:
    site.campaign()
    page = browser.open("/en/donate?currency=KWD")
    assert page.filled("form[data-give]")["currency"] == "USD"
    site.clock.advance(seconds=5)
    assert browser.send(page, amount="other", other_amount="7.250", currency="KWD").status_code == 422


def receipt_text() -> str:
    """The text of the only receipt's PDF."""
    pdf = db.session.execute(select(ReceiptFile.pdf).join(Receipt, Receipt.id == ReceiptFile.receipt_id)).scalar_one()
    return " ".join(text_of(pdf).split())
