"""Names and addresses on the donation form: three names for three uses, and addresses that mail servers take."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campaign.models.donation import Donation
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")  # the form, not the database, is what is tested


@pytest.fixture(autouse=True)
def _campaign(app: Flask) -> None:
    a_campaign()


def send(client: FlaskClient, clock: SettableClock, **typed: str | None) -> TestResponse:
    """Open the form, take one's time, fill in and send."""
    page = fetch_address(client, "/en/donate")
    clock.advance(seconds=10)
    return page.submit(client, "form[data-give]", **typed)


def test_a_slip_in_an_address_is_questioned_once_and_never_refused(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    answer = send(client, clock, amount="25", email="aida@gmail.con")
    assert Page(answer).texts(".error-summary li") == [
        "Did you mean aida@gmail.com? Choose below, or continue to keep what you typed."
    ]
    page = Page(answer)
    assert page.submit(client, "form[data-give]", email_meant="aida@gmail.com").status_code == 303
    assert page.submit(client, "form[data-give]").status_code == 303
    assert page.submit(client, "form[data-give]", email="aida@gmial.com").status_code == 422
    params_sent = session.execute(select(Donation.checkout_params).order_by(Donation.id)).scalars()
    assert [params["customer_email"] for params in params_sent] == ["aida@gmail.com", "aida@gmail.con"]


def test_an_international_domain_is_shown_as_typed_and_sent_in_ascii(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    assert send(client, clock, amount="25", email="aida@Почта.рф").status_code == 303
    gift = session.execute(select(Donation)).scalar_one()
    assert gift.checkout_params["customer_email"] == "aida@xn--80a1acny.xn--p1ai"
    again = fetch_address(client, f"/en/donate?left={gift.public_id}")
    assert again.filled("form[data-give]")["email"] == "aida@почта.рф"


@pytest.mark.parametrize("anonymous", [None, "", "1"])
def test_a_name_is_shown_by_the_donors_own_choice_alone(
    client: FlaskClient, clock: SettableClock, session: Session, anonymous: str | None
) -> None:
    assert send(client, clock, amount="25", public_name="Aida", anonymous=anonymous).status_code == 303
    assert session.execute(select(Donation.public_name, Donation.is_anonymous)).one() == (None, True)
    refused = Page(send(client, clock, amount="", public_name="Aida", anonymous=anonymous))
    assert refused.filled("form[data-give]")["anonymous"] == "1"


def test_the_name_for_the_receipt_is_another_one_than_the_name_to_show(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    assert send(client, clock, amount="25", receipt_name="  «Ак-Жол»   ЖЧК ").status_code == 303
    names = select(Donation.receipt_name, Donation.public_name, Donation.payer_name)
    assert session.execute(names).one() == ("«Ак-Жол» ЖЧК", None, None)
    refused = send(client, clock, amount="25", receipt_name="A" * 81)
    assert Page(refused).text("#receipt_name-error") == "Error: Shorten the name to 80 characters."


@pytest.mark.parametrize("anonymous", ["1", "yes", "on"])
def test_an_anonymous_donor_has_no_stored_name(
    client: FlaskClient, clock: SettableClock, session: Session, anonymous: str
) -> None:
    assert send(client, clock, amount="25", public_name="Aida", anonymous=anonymous).status_code == 303
    gift = session.execute(select(Donation)).scalar_one()
    assert (gift.public_name, gift.is_anonymous) == (None, True)


def test_a_form_without_a_name_is_anonymous_whatever_it_says(
    client: FlaskClient, clock: SettableClock, session: Session
) -> None:
    assert send(client, clock, amount="25", anonymous=None).status_code == 303
    assert session.execute(select(Donation.is_anonymous)).scalar() is True
