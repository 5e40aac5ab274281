"""The summary above the button of the donation form: what happens when the donor continues."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.donation import Donation
from tests.support.builders import a_campaign, a_fund
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

FORM = "form[data-give]"
pytestmark = pytest.mark.database("sqlite")


@pytest.fixture(autouse=True)
def _campaign(app: Flask) -> None:
    a_fund(campaign=a_campaign(), code="THEME-GRANTS")


def summary(page: Page) -> dict[str, str]:
    """What the summary says, by the names of its rows; rows that are hidden are left out."""
    rows = page.soup.select("[data-summary] dl > div:not([hidden]) dd")
    return {str(row["data-sum"]): " ".join(row.get_text().split()) for row in rows}


def test_nothing_is_chosen_yet(client: FlaskClient) -> None:
    page = fetch_address(client, "/en/donate")
    parts = page.soup.select("[data-summary], #continue, [name=amount], [name=other_amount], [name=email]")
    names = [str(tag.get("name") or tag.get("id") or "summary") for tag in parts]
    assert names == ["amount", "amount", "amount", "amount", "other_amount", "email", "summary", "continue"]
    rows = summary(page)
    assert rows == {
        "gift": "not chosen yet",
        "total": "not chosen yet",
        "often": "one time",
        "purpose": "GEN (en)",
        "name": "the name you enter on the payment page",
    }


def test_it_says_amount_fee_total_purpose_frequency_and_name(client: FlaskClient, clock: SettableClock) -> None:
    """Without script, after the form was drawn again for any reason: here a mistake, then the switch to itself."""
    page = fetch_address(client, "/en/donate")
    clock.advance(seconds=5)
    typed = {"amount": "25", "cover_fees": "yes", "fund": "THEME-GRANTS", "frequency": "monthly"}
    refused = Page(page.submit(client, FORM, **typed, receipt_name="Aida LLC", email="nobody"))
    rows = summary(refused)
    assert rows.pop("often").startswith("every month, next on ")
    assert rows == {
        "gift": "$25",
        "fee": "$1.06",
        "total": "$26.06",
        "purpose": "THEME-GRANTS (en)",
        "name": "Aida LLC",
    }
    drawn = refused.submit(client, FORM, amount="50", cover_fees=None, to_currency="USD")
    again = fetch_address(client, drawn.headers["Location"])
    assert (summary(again)["total"], "fee" in summary(again)) == ("$50", False)
    assert again.one(".no-js button")["value"] == "USD"


@pytest.mark.parametrize("typed", ["1,500", "many", ""])
def test_an_unreadable_amount_is_not_summarized(client: FlaskClient, typed: str) -> None:
    page = fetch_address(client, "/en/donate")
    drawn = page.submit(client, FORM, other_amount=typed, to_currency="USD").headers["Location"]
    assert summary(fetch_address(client, drawn))["total"] == "not chosen yet"


@pytest.mark.parametrize(("meant", "minor"), [("25", 25_00), ("35.50", 35_50)])
def test_an_amount_chosen_and_another_typed_are_a_choice(
    client: FlaskClient, clock: SettableClock, session: Session, meant: str, minor: int
) -> None:
    page = fetch_address(client, "/en/donate")
    clock.advance(seconds=5)
    refused = Page(page.submit(client, FORM, amount="25", other_amount="35.50"))
    assert summary(refused)["total"] == "not chosen yet"
    assert [tag["value"] for tag in refused.soup.select("[name=other_amount_meant]")] == ["25", "35.50"]
    assert refused.submit(client, FORM, other_amount_meant=meant).status_code == 303
    assert session.execute(select(Donation.gift_minor)).scalar_one() == minor


@pytest.mark.parametrize(
    ("typed", "meant", "total"),
    [
        ({"other_amount": "1,500"}, "1500", "$1,500"),
        ({"other_amount": "1,500"}, "1.50", "$1.50"),
        ({"amount": "25", "other_amount": "40"}, "25", "$25"),
        ({"amount": "25", "other_amount": "40"}, "40", "$40"),
        ({"other_amount": "20"}, "1500", "$20"),
    ],
)
def test_the_chosen_reading_is_summarized_when_the_form_is_drawn_again(
    client: FlaskClient, clock: SettableClock, typed: dict[str, str], meant: str, total: str
) -> None:
    page = fetch_address(client, "/en/donate")
    clock.advance(seconds=5)
    drawn = page.submit(client, FORM, other_amount_meant=meant, to_currency="USD", **typed)
    assert summary(fetch_address(client, drawn.headers["Location"]))["total"] == total
