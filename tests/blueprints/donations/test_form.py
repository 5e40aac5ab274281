"""The donation form: what it offers, in which currency and language, and when it is closed."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campaign.models.donation import Donation
from tests.support.builders import a_campaign, a_fund
from tests.support.fakes import FakePayments, SettableClock
from tests.support.pages import Page, fetch_address

FORM = "/en/donate"


@pytest.fixture(autouse=True)
def _campaign(app: Flask) -> None:
    """USD gifts of 5 to 50,000, offered 10, 25, 50 and 100; som from 200."""
    a_fund(campaign=a_campaign(), code="THEME-GRANTS")


def send(client: FlaskClient, clock: SettableClock, address: str = FORM, **typed: str | None) -> TestResponse:
    """Open the form, take one's time, fill in and send."""
    page = fetch_address(client, address)
    clock.advance(seconds=10)
    return page.submit(client, "form[data-give]", **typed)


def mistakes(answer: TestResponse) -> list[str]:
    assert answer.status_code == 422
    page = Page(answer)
    assert page.text("title").startswith("Error: ")
    assert page.one("main .wrap > *").get("role") == "alert"
    return page.texts(".error-summary li")


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


@pytest.mark.database("sqlite")  # nothing is written
@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "Choose an amount."),
        ({"amount": "37"}, "Choose an amount."),
        ({"amount": "other"}, "Enter an amount, like 35 or 35.50."),
        ({"amount": "other", "other_amount": "a lot"}, "Enter an amount, like 35 or 35.50."),
        ({"amount": "other", "other_amount": "-5"}, "Enter an amount, like 35 or 35.50."),
        ({"amount": "other", "other_amount": "1e3"}, "Enter an amount, like 35 or 35.50."),
        ({"amount": "other", "other_amount": "500 сом"}, "That amount is in a different currency."),
        ({"amount": "other", "other_amount": "0"}, "The minimum gift is $5."),
        ({"amount": "other", "other_amount": "4.99"}, "The minimum gift is $5."),
        ({"amount": "other", "other_amount": "50000.01"}, "For gifts above $50,000, email hello@quilt.example."),
        ({"amount": "25", "other_amount": "35"}, "You chose $25 and also typed an amount."),
        ({"amount": "25", "currency": "XXX"}, "Choose one of the listed currencies."),
        ({"amount": "25", "currency": ""}, "Choose one of the listed currencies."),
        ({"amount": "25", "fund": "EVENT-99"}, "Choose one of the purposes in the list."),
        ({"amount": "25", "frequency": "daily"}, "Choose one time or every month."),
        ({"amount": "25", "email": "nobody"}, "Enter an email address, like name@example.com."),
        ({"amount": "25", "email": "a@b"}, "Enter an email address"),
        ({"amount": "25", "email": "a@b.example, c@d.example"}, "Enter an email address"),
        ({"amount": "25", "email": "\u0430ida@mail.ru"}, "This looks Latin but is Cyrillic: “\u0430”."),
        ({"amount": "25", "email": "айда@example.com"}, "There can be no Cyrillic letters before the @: “й”, “д”."),
        ({"amount": "25", "email": f"{'a' * 65}@b.example"}, "Shorten the part before the @ to 64 characters."),
        ({"amount": "25", "anonymous": "0", "public_name": "\u3164\u2800"}, "Enter the name to show"),
        (
            {"amount": "25", "email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.org"},
            "Shorten the address to 254",
        ),
        ({"amount": "25", "anonymous": "0"}, "Enter the name to show, or choose to stay anonymous."),
        ({"amount": "25", "public_name": "А" * 81, "anonymous": "0"}, "Shorten the name to 80 characters."),
        ({"amount": "25", "message": "м" * 281}, "Shorten the message to 280 characters; it has 281."),
    ],
)
def test_a_mistake_is_reported_at_its_field_and_keeps_typed_values(
    client: FlaskClient, clock: SettableClock, session: Session, typed: dict[str, str], message: str
) -> None:
    answer = send(client, clock, **typed)
    messages = mistakes(answer)
    assert len(messages) == 1
    assert messages[0].startswith(message)
    page = Page(answer)
    assert messages[0] in page.text(".field-error, [role=alert]")
    filled = page.filled("form[data-give]")
    assert all(
        filled.get(name, "") == value for name, value in typed.items() if name in {"message", "email", "other_amount"}
    )
    assert session.execute(select(func.count(Donation.id))).scalar() == 0


@pytest.mark.parametrize("lang", ["en", "ru", "ky"])
def test_an_amount_is_read_as_the_reader_writes_it(
    client: FlaskClient, clock: SettableClock, session: Session, lang: str
) -> None:
    answer = send(client, clock, f"/{lang}/donate", amount="other", other_amount="1 234,50")
    assert answer.status_code == 303
    assert session.execute(select(Donation.gift_minor)).scalar() == 1234_50


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("lang", ["en", "ru", "ky"])
@pytest.mark.parametrize(
    ("typed", "minor"), [("1 500", 1500_00), ("1500.00", 1500_00), ("40,23", 40_23), ("1.500,00", 1500_00)]
)
def test_a_clear_amount_is_accepted_in_every_language(
    client: FlaskClient, clock: SettableClock, session: Session, lang: str, typed: str, minor: int
) -> None:
    assert send(client, clock, f"/{lang}/donate?currency=USD", other_amount=typed).status_code == 303
    assert session.execute(select(Donation.gift_minor)).scalar() == minor


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("lang", "typed", "readings"),
    [
        ("en", "1,500", ["$1,500", "$1.50"]),
        ("ru", "1.500", ["1\u00a0500\u00a0$", "1,50\u00a0$"]),
        ("ky", "10.001", ["10\u00a0001\u00a0$", "10\u00a0$"]),
    ],
)
def test_an_ambiguous_amount_is_refused_with_both_readings(
    client: FlaskClient, clock: SettableClock, session: Session, lang: str, typed: str, readings: list[str]
) -> None:
    refused = send(client, clock, f"/{lang}/donate?currency=USD", other_amount=typed)
    assert refused.status_code == 422
    page = Page(refused)
    assert f"“{typed}”" in page.text(".error-summary").replace("«", "“").replace("»", "”")
    assert [tag.get_text().strip() for tag in page.soup.select("label:has([name=other_amount_meant])")] == readings
    value = page.one("#other_amount_meant-0")["value"]
    assert page.submit(client, "form[data-give]", other_amount_meant=value).status_code == 303
    assert session.execute(select(Donation.gift_minor)).scalar() == int(str(value)) * 100


def test_a_reading_that_was_chosen_stays_when_something_else_is_wrong(
    client: FlaskClient, clock: SettableClock
) -> None:
    answer = send(client, clock, other_amount="1,500", other_amount_meant="1500", email="nobody")
    assert Page(answer).filled("form[data-give]")["other_amount"] == "1500"


def test_an_amount_that_is_only_typed_needs_no_radio(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    assert send(client, clock, other_amount="12").status_code == 303
    assert session.execute(select(Donation.gift_minor)).scalar() == 12_00


def test_the_same_amount_chosen_and_typed_is_no_contradiction(client: FlaskClient, clock: SettableClock) -> None:
    assert send(client, clock, amount="25", other_amount="25,00").status_code == 303


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


def test_a_form_sent_too_fast_is_shown_again_and_then_accepted(client: FlaskClient, clock: SettableClock) -> None:
    page = fetch_address(client, FORM)
    clock.advance(seconds=1.9)
    too_fast = page.submit(client, "form[data-give]", amount="25")
    assert mistakes(too_fast) == ["That was quick. Please check your details, then continue."]
    clock.advance(seconds=0.1)
    assert Page(too_fast).submit(client, "form[data-give]").status_code == 303


def test_a_real_mistake_hides_the_message_about_speed(client: FlaskClient, clock: SettableClock) -> None:
    page = fetch_address(client, FORM)
    clock.advance(seconds=1)
    too_fast = page.submit(client, "form[data-give]", email="nobody", amount="25")
    assert [words.partition(",")[0] for words in mistakes(too_fast)] == ["Enter an email address"]
    clock.advance(seconds=1)
    assert Page(too_fast).submit(client, "form[data-give]", email="").status_code == 303


def test_a_form_of_yesterday_is_shown_again_and_then_accepted(client: FlaskClient, clock: SettableClock) -> None:
    page = fetch_address(client, FORM)
    clock.advance(hours=24, seconds=1)
    late = page.submit(client, "form[data-give]", amount="25")
    assert mistakes(late)[0].startswith("This form was open for more than a day.")
    clock.advance(seconds=3)
    assert Page(late).submit(client, "form[data-give]").status_code == 303


@pytest.mark.parametrize("form_id", ["", "forged", "W10.x", None])
def test_a_forged_form_is_shown_again_and_then_accepted(
    client: FlaskClient, clock: SettableClock, form_id: str | None
) -> None:
    forged = send(client, clock, amount="25", form_id=form_id)
    assert mistakes(forged)[0].startswith("We could not verify this form.")
    clock.advance(seconds=3)
    assert Page(forged).submit(client, "form[data-give]").status_code == 303


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_page(client: FlaskClient, clock: SettableClock) -> None:
    answer = send(client, clock, email="nobody", public_name="A" * 81)
    assert [link["href"] for link in Page(answer).soup.select(".error-summary a")] == [
        "#amount-0",
        "#public_name",
        "#email",
    ]


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
    assert page.text(".notice").startswith("This campaign isn’t accepting gifts right now.")
    assert not page.soup.select("form")


def test_the_form_may_be_cached_by_the_browser_alone(client: FlaskClient) -> None:
    assert client.get(FORM).headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in client.get(FORM).headers


def test_a_monthly_gift_says_that_it_ends_with_the_campaign(client: FlaskClient, clock: SettableClock) -> None:
    page = fetch_address(client, FORM)
    assert "It ends with the campaign on March 8, 2027." in page.text("form[data-give]").replace("\xa0", " ")


def test_a_monthly_gift_with_only_one_payment_cannot_begin(client: FlaskClient, clock: SettableClock) -> None:
    clock.at = datetime(2027, 2, 8, 23, tzinfo=UTC)
    assert len(fetch_address(client, FORM).soup.select("[name=frequency]")) == 2
    early = fetch_address(client, FORM)
    clock.at = datetime(2027, 2, 9, 0, tzinfo=UTC)
    assert len(fetch_address(client, FORM).soup.select("[name=frequency]")) == 1
    answer = early.submit(client, "form[data-give]", amount="25.00", frequency="monthly")
    assert mistakes(answer) == ["The campaign ends before a second payment. Please give once."]
