"""Giving, from the form to the receipt in the mailbox: through HTTP, the sandbox, signed webhooks and the worker."""

import re

import pytest
from sqlalchemy import select

from campaign.extensions import db
from campaign.gateways import stripe_client
from campaign.models.donation import Donation
from campaign.models.inbox import ProviderEvent
from campaign.models.receipt import Receipt
from tests.journeys.site import FORM, Browser, Site, path_of
from tests.support.builders import a_fund
from tests.support.pages import Page

SUBJECTS = {"en": "receipt", "ru": "квитанц", "ky": "дүмүрчө"}
CHARGES = {
    ("en", "USD"): "$26.06",
    ("ru", "USD"): "26,06 $",
    ("ky", "USD"): "26,06 $",
    ("en", "EUR"): "€26.01",
    ("ru", "EUR"): "26,01 €",
    ("ky", "EUR"): "26,01 €",
    ("en", "KGS"): "KGS 1,055.62",
    ("ru", "KGS"): "1 055,62 сом",
    ("ky", "KGS"): "1 055,62 сом",
}
GIFTS = {"USD": "25", "EUR": "25", "KGS": "1000"}


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("lang", "currency"), sorted(CHARGES))
def test_a_gift_arrives_in_every_language_and_currency(site: Site, browser: Browser, lang: str, currency: str) -> None:
    a_fund(campaign=site.campaign(), code="THEME-GRANTS")
    assert raised(browser, currency) == 0

    sent = browser.fill_in(
        f"/{lang}/donate?currency={currency}", amount=GIFTS[currency], cover_fees="yes", fund="THEME-GRANTS"
    )
    assert sent.status_code == 303
    paid = browser.pay(sent.headers["Location"], email="aida@example.org")
    assert paid.status_code == 303
    assert browser.open(paid.headers["Location"]).h1  # it says what is known now, whatever that is

    site.work()
    thanks = browser.open(paid.headers["Location"])
    assert thanks.text(".raised").replace("\u00a0", " ").startswith(CHARGES[lang, currency])
    assert "a•••@example.org" in thanks.text(".facts")
    gift = db.session.execute(select(Donation)).scalar_one()
    assert (gift.state, gift.currency, gift.fee_minor is not None) == ("paid", currency, True)

    assert raised(browser, currency) == gift.gift_minor + gift.cover_minor

    check_receipt(site, browser, lang, recipient="aida@example.org")


def check_receipt(site: Site, browser: Browser, lang: str, *, recipient: str) -> None:
    """One email brought the receipt in the donor's language, and their browser gets the same file."""
    [message] = site.mailbox.emails
    assert message["To"] == recipient
    assert message["Content-Language"] == lang
    [pdf] = list(message.iter_attachments())
    assert pdf.get_content().startswith(b"%PDF-")
    number = db.session.execute(select(Receipt.number)).scalar_one()
    assert pdf.get_filename() == f"{number}.pdf"
    assert browser.client.get(path_of(f"/{lang}/thanks/receipt/{number}")).data == pdf.get_content()


def raised(browser: Browser, currency: str) -> int:
    """What the public figures say came in this currency, in minor units."""
    progress = browser.client.get("/api/v1/campaigns/quilt/progress").json
    assert progress is not None
    return sum(row["given_minor"] for row in progress["by_currency"] if row["currency"] == currency)


def test_a_declined_card_costs_nothing_and_another_card_pays(site: Site, browser: Browser) -> None:
    site.campaign()
    page = browser.fill_in("/en/donate", amount="25").headers["Location"]
    declined = browser.pay(page, email="a@example.org", number="4000000000000002")
    assert declined.status_code == 402
    site.work()
    assert db.session.execute(select(Donation.state)).scalar() == "open"
    thanks = browser.pay(page, email="a@example.org").headers["Location"]
    site.work()
    assert browser.open(thanks).h1 == "Thank you, Aida Donor"


def test_pressing_twice_reloading_and_going_back_is_one_gift_paid_once(site: Site, browser: Browser) -> None:
    site.campaign()
    form = browser.open("/en/donate")
    site.clock.advance(seconds=5)
    first, second = browser.send(form, amount="25"), browser.send(form, amount="25")
    assert first.headers["Location"] == second.headers["Location"]
    thanks = browser.pay(first.headers["Location"], email="a@example.org").headers["Location"]
    site.work()
    for _ in range(2):
        assert browser.open(thanks).h1 == "Thank you, Aida Donor"
    back = browser.send(form, amount="25")
    assert back.headers["Location"] == path_of(thanks)
    assert len(site.sandbox.truth()) == 1
    assert len(site.mailbox.emails) == 1


@pytest.mark.database("sqlite")
def test_the_payment_page_shows_gift_fee_and_purpose(site: Site, browser: Browser) -> None:
    a_fund(campaign=site.campaign(), code="THEME-GRANTS")
    chosen = {"amount": "25", "cover_fees": "yes", "fund": "THEME-GRANTS"}
    once = browser.open(browser.fill_in("/en/donate", **chosen).headers["Location"])
    assert once.texts(".items > div") == [
        "A campaign (en) For: THEME-GRANTS (en) 25.00 USD",
        "Fee that you add 1.06 USD",
        "Total 26.06 USD",
    ]
    elsewhere = site.browser()
    monthly = elsewhere.open(elsewhere.fill_in("/en/donate", **chosen, frequency="monthly").headers["Location"])
    assert monthly.texts(".items > div") == [
        "A campaign (en) For: THEME-GRANTS (en) 25.00 USD",
        "Fee that you add 1.06 USD",
        "Total 26.06 USD a month",
    ]


def test_leaving_the_payment_page_and_coming_back_pays_the_same_page(site: Site, browser: Browser) -> None:
    site.campaign()
    page = browser.fill_in("/en/donate", amount="other", other_amount="37").headers["Location"]
    left = browser.open(browser.open(page).link("Back to Women Creative Lab"))
    assert left.text(".notice") == "You left the payment page. You haven’t been charged."
    site.clock.advance(seconds=5)
    again = browser.send(left)
    assert again.headers["Location"] == page


def test_an_expired_payment_page_is_reported_and_the_form_is_fresh(site: Site, browser: Browser) -> None:
    site.campaign()
    form = browser.open("/en/donate")
    site.clock.advance(seconds=5)
    browser.send(form, amount="25")
    site.sandbox.advance(2 * 3600)
    site.work()
    checkout = db.session.execute(select(Donation.checkout_id)).scalar_one()
    assert browser.open(f"/en/thanks?s={checkout}").h1 == "Your payment did not go through"
    closed = browser.send(form, amount="25")
    assert closed.status_code == 410


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("fault", ["reset_after", "error_after", "reset", "error_before", "rate_limit"])
def test_a_payment_page_that_failed_to_open_is_opened_by_the_next_press(
    site: Site, browser: Browser, fault: str
) -> None:
    """The row is there, the page may be: the crash between the two ends in one gift that is paid once."""
    site.campaign()
    form = browser.open("/en/donate")
    site.clock.advance(seconds=5)
    site.sandbox.fault(fault, method="POST", path="/v1/checkout/sessions", times=3)
    failed = browser.send(form, amount="25")
    assert failed.status_code == 503
    site.heal()
    opened = browser.send(form, amount="25")
    assert opened.status_code == 303
    thanks = browser.pay(opened.headers["Location"], email="a@example.org").headers["Location"]
    site.work()
    assert browser.open(thanks).h1 == "Thank you, Aida Donor"
    assert db.session.execute(select(Donation.state)).scalars().all() == ["paid"]
    assert [row["paid"] for row in site.sandbox.truth() if row.get("paid")] == [True]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product waits half a second for the provider, not twelve."""
    monkeypatch.setattr(stripe_client, "READ_SECONDS", 0.5)


def test_a_slow_provider_is_reported_and_the_page_it_made_is_used(
    impatient: None, site: Site, browser: Browser
) -> None:
    site.campaign()
    form = browser.open("/en/donate")
    site.clock.advance(seconds=5)
    site.sandbox.fault("timeout_after", method="POST", path="/v1/checkout/sessions", seconds=3, times=2)
    slow = browser.send(form, amount="25", email="a@example.org")
    assert slow.status_code == 503
    again = Page(slow)
    assert again.filled(FORM)["email"] == "a@example.org"
    opened = browser.send(again)
    assert opened.status_code == 303
    browser.pay(opened.headers["Location"])
    site.work()
    assert db.session.execute(select(Donation.state)).scalars().all() == ["paid"]
    assert len(site.sandbox.truth()) == 1


def test_lost_and_doubled_webhooks_are_one_gift(site: Site, browser: Browser) -> None:
    site.campaign()
    page = browser.fill_in("/en/donate", amount="25").headers["Location"]
    site.sandbox.fault("duplicate", type="checkout.session.completed")
    site.sandbox.fault("duplicate_event", type="payment_intent.succeeded")
    thanks = browser.pay(page, email="a@example.org").headers["Location"]
    for _ in range(3):
        site.work()
    assert browser.open(thanks).h1 == "Thank you, Aida Donor"
    states = set(db.session.execute(select(ProviderEvent.state)).scalars())
    assert states <= {"processed", "ignored"}
    assert len(site.mailbox.emails) == 1


def test_a_thank_you_page_opened_before_any_webhook_looks_up_the_payment(site: Site, browser: Browser) -> None:
    site.campaign()
    page = browser.fill_in("/en/donate", amount="25").headers["Location"]
    thanks = browser.pay(page, email="a@example.org").headers["Location"]
    assert browser.open(thanks).h1 == "Thank you, Aida Donor"
    assert db.session.execute(select(ProviderEvent.id)).all() == []
    site.work()
    assert len(site.mailbox.emails) == 1


def test_the_hosted_page_speaks_the_donors_language_or_says_that_it_cannot(site: Site, browser: Browser) -> None:
    site.campaign()
    page = browser.open(browser.fill_in("/ky/donate?currency=USD", amount="25").headers["Location"])
    assert page.one("html")["lang"] == "ru"
    assert re.search("Төлөм барагы кыргызча жок", page.text("body"))
