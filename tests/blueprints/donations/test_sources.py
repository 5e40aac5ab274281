"""Where a donor came from stays with the gift, without a cookie: the form carries it in hidden fields."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.gift_source import PARAMETERS
from campaign.models.donation import Donation
from tests.blueprints.donations.form_page import send
from tests.support.builders import a_campaign, a_fund
from tests.support.fakes import SettableClock
from tests.support.pages import fetch_address

pytestmark = pytest.mark.database("sqlite")
LINK = "/en/donate?utm_source=Newsletter&utm_medium=email&utm_campaign=spring+2027"


@pytest.fixture(autouse=True)
def _campaign(app: Flask) -> None:
    a_fund(campaign=a_campaign(), code="THEME-GRANTS")


def sources(session: Session) -> list[tuple[str | None, ...]]:
    rows = session.execute(select(*(getattr(Donation, name) for name in PARAMETERS)).order_by(Donation.id))
    results = [tuple(row) for row in rows]
    session.rollback()
    return results


@pytest.mark.database("sqlite", "postgresql")
def test_the_tags_of_a_link_and_the_site_before_stay_with_the_gift(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    page = fetch_address(client, f"{LINK}&referrer_host=www.facebook.com")
    clock.advance(seconds=10)
    page.submit(client, "form[data-give]", amount="25")
    assert sources(session) == [("newsletter", "email", "spring 2027", "facebook.com")]


def test_of_the_address_before_only_the_host_is_taken_and_never_ours(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    for referrer in ("https://t.me/group/aida?token=1", "http://localhost/en/", "https://localhost/en/"):
        client.environ_base["HTTP_REFERER"] = referrer
        page = client.get("/en/donate").text
        assert ('name="referrer_host" value="t.me"' in page) == ("t.me" in referrer)
        assert "aida" not in page
        assert ('name="referrer_host"' in page) == ("t.me" in referrer)


def test_what_an_address_tries_is_cut_and_cleaned(client: FlaskClient, clock: SettableClock, session: Session) -> None:
    send(
        client,
        clock,
        f"/en/donate?utm_source={'x' * 900}&utm_medium=aida@example.org&utm_campaign=%3Cb%3E",
        amount="25",
    )
    assert sources(session) == [("x" * 60, None, "b", None)]


def test_a_field_that_was_changed_by_hand_is_cleaned_too(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    send(client, clock, LINK, amount="25", utm_source="A\u202eB" * 50, utm_medium="", referrer_host="http://x/y?z")
    assert sources(session) == [(("ab" * 50)[:60], None, "spring 2027", None)]


def test_it_goes_along_to_another_language_and_currency(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    page = fetch_address(client, LINK)
    values = page.filled("form[data-give]")
    answer = client.post("/ru/donate", data={**values, "to_language": "ru"})
    again = fetch_address(client, answer.headers["Location"])
    assert again.filled("form[data-give]")["utm_campaign"] == "spring 2027"


def test_another_link_makes_no_second_gift_of_the_same_form(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    page = fetch_address(client, LINK)
    clock.advance(seconds=10)
    first = page.submit(client, "form[data-give]", amount="25").headers["Location"]
    second = page.submit(client, "form[data-give]", amount="25", utm_source="other").headers["Location"]
    assert first == second
    assert [row[0] for row in sources(session)] == ["newsletter"]
