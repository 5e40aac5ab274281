"""The donation form drawn again in another currency or language: everything typed and chosen stays (cases 03 and 11)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.models.donation import Donation
from tests.support.builders import a_campaign, a_fund
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")

FORM = "/en/donate"
TYPED = {
    "frequency": "monthly",
    "other_amount": "75",
    "cover_fees": "yes",
    "fund": "THEME-GRANTS",
    "anonymous": "0",
    "public_name": "Aida",
    "receipt_name": "Ak-Jol LLC",
    "message": "For my sister\nand for me",
    "email": "aida@example.com",
}
"""The entries of a donor before they press a switch."""


@pytest.fixture(autouse=True)
def _campaign(app: Flask) -> None:
    a_fund(campaign=a_campaign(), code="THEME-GRANTS")


def pressed(page: Page, client: FlaskClient, button: str, **typed: str | None) -> Page:
    """The page after one of the form's switches was pressed, as a browser without script sends it."""
    tag = page.one(button)
    values = {name: value for name, value in page.filled("form[data-give]", **typed).items() if value is not None}
    address = str(tag.get("formaction") or page.one("form[data-give]")["action"])
    answer = client.post(address, data={**values, str(tag["name"]): str(tag["value"])})
    assert answer.status_code == 303
    assert "aida" not in address + answer.headers["Location"]
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=3600"} <= set(answer.headers["Set-Cookie"].split("; "))
    return fetch_address(client, answer.headers["Location"])


@pytest.mark.parametrize("button", ["[value=EUR]", "[value=ru]"])
@pytest.mark.parametrize("address", [FORM, f"{FORM}?frequency=once&amount=25&currency=USD&fund=GEN"])
def test_another_currency_or_language_keeps_everything_typed(
    client: FlaskClient, clock: SettableClock, session: Session, address: str, button: str
) -> None:
    """Cases 03 and 11: what is typed now goes along, never what the address said at first."""
    shown = pressed(fetch_address(client, address), client, button, **TYPED, amount=None)
    filled = shown.filled("form[data-give]")
    assert {name: filled.get(name) for name in TYPED} == TYPED
    assert "amount" not in filled
    assert not shown.soup.select(".error-summary, .field-error, [aria-invalid]")
    clock.advance(seconds=3)
    assert shown.submit(client, "form[data-give]").status_code == 303
    gift = session.execute(select(Donation)).scalar_one()
    assert (gift.frequency, gift.gift_minor, gift.currency) == ("monthly", 75_00, "EUR" if "EUR" in button else "USD")
    assert gift.language == ("en" if "EUR" in button else "ru")


@pytest.mark.database("sqlite")
def test_a_form_that_was_refused_keeps_everything_in_another_language(
    client: FlaskClient, clock: SettableClock
) -> None:
    page = fetch_address(client, FORM)
    clock.advance(seconds=10)
    refused = Page(page.submit(client, "form[data-give]", **{**TYPED, "email": "nobody"}))
    assert refused.answer.status_code == 422
    shown = pressed(refused, client, "[value=ky]")
    filled = shown.filled("form[data-give]")
    assert {name: filled.get(name) for name in TYPED} == {**TYPED, "email": "nobody"}
    assert (shown.one("html")["lang"], filled["currency"]) == ("ky", "USD")


@pytest.mark.database("sqlite")
def test_a_draft_is_for_its_own_browser_and_its_own_address(
    app: Flask, client: FlaskClient, clock: SettableClock
) -> None:
    shown = pressed(fetch_address(client, FORM), client, "[value=ru]", **TYPED, amount=None)
    address = shown.answer.request.full_path
    assert fetch_address(client, address).filled("form[data-give]")["email"] == TYPED["email"]
    for elsewhere, other in ((app.test_client(), address), (client, FORM), (client, f"{FORM}?draft=none")):
        assert fetch_address(elsewhere, other).filled("form[data-give]")["email"] == ""


@pytest.mark.database("sqlite")
def test_a_form_too_long_for_a_cookie_is_drawn_at_once(client: FlaskClient) -> None:
    page = fetch_address(client, FORM)
    typed = "".join(chr(0x4E00 + number) for number in range(2000))
    answer = page.submit(client, "form[data-give]", message=typed, to_currency="EUR")
    assert answer.status_code == 200
    assert Page(answer).filled("form[data-give]").items() >= {"message": typed, "currency": "EUR"}.items()


@pytest.mark.database("sqlite")
def test_a_form_with_a_mistake_can_be_reopened(client: FlaskClient, clock: SettableClock) -> None:
    """With script the page takes the address of its draft, for a browser sends no form again by itself."""
    page = fetch_address(client, FORM)
    clock.advance(seconds=10)
    refused = Page(page.submit(client, "form[data-give]", **{**TYPED, "email": "nobody"}))
    address = str(refused.one("form[data-give]")["data-draft"])
    filled = fetch_address(client, address).filled("form[data-give]")
    assert {name: filled.get(name) for name in TYPED} == {**TYPED, "email": "nobody"}


@pytest.mark.database("sqlite")
def test_a_monthly_gift_can_be_switched_back_to_one_time(client: FlaskClient) -> None:
    """Case 03 b: the address said monthly, the donor chose one time."""
    page = fetch_address(client, f"{FORM}?frequency=monthly&amount=75&currency=USD")
    assert pressed(page, client, "[value=EUR]", frequency="once").filled("form[data-give]")["frequency"] == "once"


@pytest.mark.database("sqlite")
def test_an_offered_amount_becomes_the_one_that_makes_the_same_possible(client: FlaskClient) -> None:
    page = pressed(fetch_address(client, FORM), client, "[value=KGS]", amount="25")
    assert page.filled("form[data-give]")["amount"] == "1000"
    assert pressed(page, client, "[value=USD]").filled("form[data-give]")["amount"] == "25"


@pytest.mark.database("sqlite")
def test_a_form_that_was_drawn_again_keeps_its_age_and_its_gift(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    page = fetch_address(client, FORM)
    clock.advance(hours=23)
    shown = pressed(page, client, "[value=ru]", amount="25")
    clock.advance(hours=1, seconds=1)
    assert shown.submit(client, "form[data-give]").status_code == 422
    again = pressed(shown, client, "[value=en]")
    clock.advance(seconds=3)
    assert again.submit(client, "form[data-give]").status_code == 303
    assert pressed(again, client, "[value=ru]", form_id="forged").filled("form[data-give]")["form_id"] != "forged"
    assert session.execute(select(func.count(Donation.id))).scalar() == 1


@pytest.mark.database("sqlite")
def test_enter_goes_on_to_the_payment_and_not_to_another_language(client: FlaskClient) -> None:
    """A browser presses the first button of a form, in the order of the page."""
    first = fetch_address(client, FORM).soup.select("[form=gift], form[data-give] button")[0]
    assert (first["type"], "name" in first.attrs) == ("submit", False)
