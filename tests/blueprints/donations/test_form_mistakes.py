"""Values of the donation form: each amount as its reader writes it, each mistake at its field, and forged or old forms."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.models.donation import Donation
from tests.blueprints.donations.form_page import FORM, mistakes, send
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = [
    pytest.mark.database("sqlite"),
    pytest.mark.usefixtures("campaign_with_fund"),
]  # services are tested on both


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


def test_a_monthly_gift_with_only_one_payment_cannot_begin(client: FlaskClient, clock: SettableClock) -> None:
    clock.at = datetime(2027, 2, 8, 23, tzinfo=UTC)
    assert len(fetch_address(client, FORM).soup.select("[name=frequency]")) == 2
    early = fetch_address(client, FORM)
    clock.at = datetime(2027, 2, 9, 0, tzinfo=UTC)
    assert len(fetch_address(client, FORM).soup.select("[name=frequency]")) == 1
    answer = early.submit(client, "form[data-give]", amount="25.00", frequency="monthly")
    assert mistakes(answer) == ["The campaign ends before a second payment. Please give once."]
