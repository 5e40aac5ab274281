"""The donation form: what it offers, in which currency and language, and when it is closed."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.donation import Donation
from tests.blueprints.donations.form_page import FORM, send
from tests.support.builders import a_campaign
from tests.support.fakes import FakePayments, SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = [
    pytest.mark.database("sqlite"),
    pytest.mark.usefixtures("campaign_with_fund"),
]  # services are tested on both


def test_the_form_opens_with_only_anonymity_chosen(client: FlaskClient) -> None:
    page = fetch_address(client, FORM)
    assert page.h1 == "Donate"
    assert page.texts("label:has([name=amount]) b") == ["$10", "$25", "$50", "$100"]
    assert set(page.filled("form[data-give]")) - {"form_id"} == {
        "frequency",
        "currency",
        "fund",
        "anonymous",
        "other_amount",
        "public_name",
        "receipt_name",
        "message",
        "email",
        "homepage",
    }
    assert page.filled("form[data-give]")["anonymous"] == "1"
    assert page.filled("form[data-give]")["fund"] == "GEN"


@pytest.mark.parametrize(
    ("lang", "currency", "amounts"),
    [
        ("en", "USD", ["$10", "$25", "$50", "$100"]),
        ("ru", "EUR", ["10\u00a0€", "25\u00a0€", "50\u00a0€", "100\u00a0€"]),
        ("ky", "KGS", ["400\u00a0сом", "1\u00a0000\u00a0сом", "2\u00a0000\u00a0сом", "4\u00a0000\u00a0сом"]),
    ],
)
def test_every_currency_has_amounts_of_its_own_in_every_language(
    client: FlaskClient, lang: str, currency: str, amounts: list[str]
) -> None:
    page = fetch_address(client, f"/{lang}/donate?currency={currency}")
    shown = [tag.get_text().strip() for tag in page.soup.select("label:has([name=amount]) b")]
    assert shown == amounts
    assert page.one("input[name=currency]")["value"] == currency


@pytest.mark.parametrize(
    ("lang", "heading", "mistake"),
    [
        ("en", "Donate", "Choose an amount."),
        ("ru", "Пожертвовать", "Выберите сумму."),
        ("ky", "Жардам берүү", "Сумманы тандаңыз."),
    ],
)
def test_the_form_speaks_the_readers_language(
    client: FlaskClient, clock: SettableClock, lang: str, heading: str, mistake: str
) -> None:
    assert fetch_address(client, f"/{lang}/donate").h1 == heading
    assert Page(send(client, clock, f"/{lang}/donate")).texts(".error-summary li") == [mistake]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("lang", "query", "currency"),
    [
        ("ky", "", "KGS"),
        ("ky", "?frequency=monthly", "KGS"),
        ("ky", "?currency=USD", "USD"),
        ("ky", "?amount=25", "USD"),  # written before a language had a currency of its own
        ("ky", "?amount=400&currency=KGS", "KGS"),
        ("en", "?amount=400&currency=kgs", "KGS"),
        ("ru", "", "USD"),
        ("en", "", "USD"),
    ],
)
def test_a_form_opens_in_the_readers_own_currency_unless_its_address_names_another(
    client: FlaskClient, lang: str, query: str, currency: str
) -> None:
    page = fetch_address(client, f"/{lang}/donate{query}")
    assert page.filled("form[data-give]")["currency"] == currency
    order = [str(button["value"]) for button in page.soup.select("#currency button")]
    assert order == ["USD", "EUR", "KGS"]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("query", "amount", "other"),
    [
        ("amount=25", "25", ""),
        ("amount=37", None, "37"),
        ("amount=12.50", None, "12.50"),
        ("amount=400&currency=KGS", "400", ""),
        ("amount=%3Cscript%3E", None, ""),
        ("amount=25&fund=NONE&left=nobody", "25", ""),
        ("amount=.5", None, "0.50"),
        ("amount=25&currency=XXX", None, ""),
        ("amount=1000&currency=JPY", None, ""),  # one that we know and this campaign does not take
    ],
)
def test_an_address_may_fill_in_the_amount(client: FlaskClient, query: str, amount: str | None, other: str) -> None:
    filled = fetch_address(client, f"{FORM}?{query}").filled("form[data-give]")
    assert (filled.get("amount"), filled["other_amount"]) == (amount, other)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("query", "said"),
    [("currency=xyz&amount=1000", 1), ("currency=xyz", 1), ("currency=kgs&amount=1000", 0), ("amount=1000", 0)],
)
def test_a_link_in_a_currency_that_is_not_accepted_says_so(client: FlaskClient, query: str, said: int) -> None:
    notices = fetch_address(client, f"{FORM}?{query}").texts(".notice")
    assert len([notice for notice in notices if "a currency that we don’t take" in notice]) == said


@pytest.mark.database("sqlite")
def test_a_form_in_a_currency_that_is_not_accepted_loses_the_amount_with_it(
    client: FlaskClient, clock: SettableClock
) -> None:
    page = Page(send(client, clock, currency="XXX", other_amount="1000"))
    assert page.filled("form[data-give]")["other_amount"] == ""
    assert "Choose one of the listed currencies." in page.texts(".error-summary li")


@pytest.mark.database("sqlite")
def test_a_switch_to_a_currency_that_is_not_accepted_changes_nothing(client: FlaskClient, clock: SettableClock) -> None:
    answer = send(client, clock, f"{FORM}?currency=KGS", other_amount="777", to_currency="XXX")
    filled = fetch_address(client, answer.location).filled("form[data-give]")
    assert (filled["currency"], filled["other_amount"]) == ("KGS", "777")


def test_the_values_of_the_form_are_stored(
    client: FlaskClient, clock: SettableClock, session: Session, payments: FakePayments
) -> None:
    answer = send(
        client,
        clock,
        amount="25",
        cover_fees="yes",
        fund="THEME-GRANTS",
        anonymous="0",
        public_name="  Айгүл \u202e Өмүрбекова\x00 ",
        message="Ийгилик!\r\n\r\n\r\n\r\nБир\u200bдей",
        email=" Aida@Example.ORG ",
    )
    assert answer.status_code == 303
    gift = session.execute(select(Donation)).scalar_one()
    assert (gift.currency, gift.gift_minor, gift.cover_minor) == ("USD", 25_00, 1_06)
    assert (gift.public_name, gift.message, gift.is_anonymous) == ("Айгүл Өмүрбекова", "Ийгилик!\n\nБирдей", False)
    assert gift.checkout_params["customer_email"] == "Aida@example.org"
    assert payments.calls == ["open_checkout"]


def test_a_post_from_another_site_is_refused(client: FlaskClient) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post(FORM, data={"amount": "25"}, headers=headers).status_code == 403


def test_a_campaign_that_does_not_exist_and_a_language_that_does_not_exist_are_not_found(client: FlaskClient) -> None:
    assert client.get(f"{FORM}?campaign=nothing").status_code == 404
    assert client.post(f"{FORM}?campaign=nothing").status_code == 404
    assert client.get("/de/donate").status_code == 404


def test_another_campaign_is_given_to_by_its_name(client: FlaskClient, clock: SettableClock, session: Session) -> None:
    second = a_campaign(slug="second", is_featured=False)
    assert send(client, clock, f"{FORM}?campaign=second", amount="25").status_code == 303
    assert session.execute(select(Donation.campaign_id)).scalar() == second.id


def test_a_campaign_that_has_ended_says_so_and_accepts_nothing(client: FlaskClient, session: Session) -> None:
    a_campaign(slug="old", is_featured=False, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    page = fetch_address(client, f"{FORM}?campaign=old")
    assert page.text(".notice").startswith("This campaign ended on December 31, 2025.")
    assert not page.soup.select("form")


def test_the_form_may_be_cached_by_the_browser_alone(client: FlaskClient) -> None:
    assert client.get(FORM).headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in client.get(FORM).headers


def test_a_monthly_gift_says_that_it_ends_with_the_campaign(client: FlaskClient, clock: SettableClock) -> None:
    page = fetch_address(client, FORM)
    assert "It ends with the campaign on March 8, 2027." in page.text("form[data-give]").replace("\xa0", " ")
