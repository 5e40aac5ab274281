"""From the form to the payment page: once, whatever is pressed twice and whatever fails in between."""

import sqlite3
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign import create_app, database
from campaign.extensions import db
from campaign.gateway_registry import current_context, set_context
from campaign.gateways.payments import CheckoutPage, CheckoutParams, NoPayments
from campaign.jobs import work_off_everything
from campaign.models.donation import Donation
from campaign.services.gifts.settlement import refresh_checkout
from tests.support.builders import a_campaign, add_other_way
from tests.support.fakes import FakePayments, SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")

FORM = "form[data-give]"


@pytest.fixture(autouse=True)
def _campaign(app: Flask) -> None:
    add_other_way(a_campaign())


@pytest.fixture
def page(client: FlaskClient, clock: SettableClock) -> Page:
    """The form, open long enough to be filled in by a person."""
    shown = fetch_address(client, "/en/donate")
    clock.advance(seconds=10)
    return shown


def gifts(session: Session) -> int:
    return session.execute(select(func.count(Donation.id))).scalar_one()


def bring_up_to_date(payments: FakePayments, clock: SettableClock, checkout_id: str = "cs_test_000001") -> None:
    refresh_checkout(checkout_id, context=current_context())


def test_the_donor_is_sent_to_the_payment_page(client: FlaskClient, page: Page, session: Session) -> None:
    answer = page.submit(client, FORM, amount="25")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "https://checkout.example/pay/cs_test_000001"
    assert "https://checkout.example" in page.answer.headers["Content-Security-Policy"]
    assert session.execute(select(Donation.state)).scalar() == "open"


def test_pressing_twice_is_one_gift_and_one_payment_page(client: FlaskClient, page: Page, session: Session) -> None:
    first, second = (page.submit(client, FORM, amount="25") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert gifts(session) == 1


def test_going_back_and_changing_the_amount_pays_the_new_amount(
    client: FlaskClient, page: Page, session: Session
) -> None:
    first, changed = page.submit(client, FORM, amount="25"), page.submit(client, FORM, amount="50")
    assert first.headers["Location"] != changed.headers["Location"]
    amounts = session.execute(select(Donation.gift_minor).order_by(Donation.id)).scalars().all()
    assert list(amounts) == [25_00, 50_00]


def test_a_form_that_is_paid_already_leads_to_the_thanks(
    client: FlaskClient, page: Page, payments: FakePayments, clock: SettableClock, session: Session
) -> None:
    page.submit(client, FORM, amount="25")
    payments.pay("cs_test_000001")
    bring_up_to_date(payments, clock)
    again = page.submit(client, FORM, amount="25")
    assert (again.status_code, again.headers["Location"]) == (303, "/en/thanks?s=cs_test_000001")
    assert gifts(session) == 1


def test_a_form_whose_payment_page_has_closed_offers_a_fresh_one(
    client: FlaskClient, page: Page, payments: FakePayments, clock: SettableClock
) -> None:
    page.submit(client, FORM, amount="25")
    payments.expire("cs_test_000001")
    bring_up_to_date(payments, clock)
    closed = page.submit(client, FORM, amount="25", public_name="Aida", anonymous="0")
    assert closed.status_code == 303  # another name is another gift, and it is open
    closed = page.submit(client, FORM, amount="25")
    assert closed.status_code == 410
    fresh = Page(closed)
    assert fresh.text(".notice p").startswith("The payment page of this form has closed, and nothing was charged.")
    assert fresh.filled(FORM)["amount"] == "25"
    clock.advance(seconds=3)
    assert fresh.submit(client, FORM).headers["Location"].endswith("cs_test_000003")


def test_two_tabs_in_which_the_same_is_filled_in_lead_to_one_page(
    client: FlaskClient, page: Page, clock: SettableClock, session: Session
) -> None:
    other_tab = fetch_address(client, "/en/donate")
    clock.advance(seconds=3)
    first = page.submit(client, FORM, amount="25")
    second = other_tab.submit(client, FORM, amount="25")
    assert second.headers["Location"] == first.headers["Location"]
    assert gifts(session) == 1


def test_two_tabs_in_which_different_things_are_filled_in_are_two_gifts(
    client: FlaskClient, page: Page, clock: SettableClock, session: Session
) -> None:
    other_tab = fetch_address(client, "/en/donate")
    clock.advance(seconds=3)
    page.submit(client, FORM, amount="25")
    other_tab.submit(client, FORM, amount="50")
    assert gifts(session) == 2


def test_after_the_back_button_a_form_shown_anew_goes_on_from_the_gift_that_waits(
    client: FlaskClient, page: Page, clock: SettableClock, session: Session
) -> None:
    """Where the browser keeps no page, it asks for the form again: the same leads to the same page, another closes it."""
    first = page.submit(client, FORM, amount="25")
    shown_again = fetch_address(client, "/en/donate")
    clock.advance(seconds=3)
    assert shown_again.submit(client, FORM, amount="25").headers["Location"] == first.headers["Location"]
    shown_again.submit(client, FORM, amount="50")
    superseded = session.execute(select(Donation.superseded_at.is_not(None)).order_by(Donation.id)).scalars().all()
    assert superseded == [True, False]


def test_an_expired_page_is_not_reused_before_its_end_is_reported(
    client: FlaskClient, page: Page, clock: SettableClock, session: Session
) -> None:
    page.submit(client, FORM, amount="25")
    clock.advance(minutes=61)
    again = fetch_address(client, "/en/donate")
    clock.advance(seconds=3)
    assert again.submit(client, FORM, amount="25").headers["Location"].endswith("cs_test_000002")
    assert gifts(session) == 2


def test_a_donor_who_has_paid_gets_a_fresh_form(
    client: FlaskClient, page: Page, payments: FakePayments, clock: SettableClock, session: Session
) -> None:
    page.submit(client, FORM, amount="25")
    payments.pay("cs_test_000001")
    bring_up_to_date(payments, clock)
    again = fetch_address(client, "/en/donate")
    clock.advance(seconds=3)
    again.submit(client, FORM, amount="25")
    assert gifts(session) == 2


@pytest.mark.parametrize("fault", ["is_down", "loses_answers"])
def test_a_provider_that_fails_costs_nothing_that_was_typed(
    client: FlaskClient, page: Page, payments: FakePayments, session: Session, fault: str
) -> None:
    setattr(payments, fault, True)
    failed = page.submit(client, FORM, amount="other", other_amount="35,50", email="a@example.org", message="Salam")
    assert failed.status_code == 503
    assert int(failed.headers["Retry-After"]) > 0
    shown = Page(failed)
    assert shown.text("title").startswith("Error: ")
    assert shown.text(".notice.bad p").startswith("Card payments aren’t working right now. You haven’t been charged")
    assert shown.link("Other ways to give") == "/en/other-ways"
    filled = shown.filled(FORM)
    assert (filled["other_amount"], filled["email"], filled["message"]) == ("35,50", "a@example.org", "Salam")
    setattr(payments, fault, False)
    assert shown.submit(client, FORM).headers["Location"] == "https://checkout.example/pay/cs_test_000001"
    assert gifts(session) == 1


def test_without_a_key_the_page_says_so_and_shows_no_form(app: Flask, client: FlaskClient, page: Page) -> None:
    set_context(app, replace(current_context(), payments=NoPayments()))
    shown = fetch_address(client, "/en/donate")
    assert shown.text(".notice").startswith("Card payments are not set up here yet.")
    assert not shown.soup.select(FORM)
    refused = page.submit(client, FORM, amount="25")
    assert refused.status_code == 503
    assert Page(refused).filled(FORM)["amount"] == "25"


class Strayed(FakePayments):
    """A provider whose payment page is somewhere else than it should be."""

    def open_checkout(self, params: CheckoutParams, *, key: str) -> CheckoutPage:
        return replace(super().open_checkout(params, key=key), url="https://evil.example/pay")


def test_nobody_is_redirected_to_a_foreign_address(
    app: Flask, client: FlaskClient, page: Page, clock: SettableClock
) -> None:
    set_context(app, replace(current_context(), payments=Strayed(clock=clock)))
    refused = page.submit(client, FORM, amount="25")
    assert refused.status_code == 503
    assert "evil.example" not in refused.text


@pytest.mark.database("sqlite")
def test_a_locked_database_is_reported_plainly_and_the_form_stays(
    client: FlaskClient, page: Page, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    db.engine.dispose()  # new connections wait less
    other = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    busy = page.submit(client, FORM, amount="25")
    other.close()
    assert busy.status_code == 503
    assert Page(busy).filled(FORM)["amount"] == "25"
    assert gifts(session) == 0


def test_leaving_the_payment_page_restores_everything_in_the_same_browser(
    client: FlaskClient, page: Page, session: Session, clock: SettableClock
) -> None:
    typed = {"public_name": "Aida", "anonymous": "0", "message": "Salam", "email": "aida@example.org"}
    first = page.submit(client, FORM, amount="other", other_amount="37", cover_fees="yes", **typed)
    left = fetch_address(client, cancel_address(session))
    assert left.text(".notice") == "You left the payment page. You haven’t been charged."
    filled = left.filled(FORM)
    assert filled.items() >= {"other_amount": "37", "cover_fees": "yes", **typed}.items()
    clock.advance(seconds=3)
    assert left.submit(client, FORM).headers["Location"] == first.headers["Location"]
    assert gifts(session) == 1


def test_going_back_and_changing_the_amount_closes_the_first_payment_page(
    client: FlaskClient, page: Page, session: Session, payments: FakePayments
) -> None:
    page.submit(client, FORM, amount="25")
    assert page.submit(client, FORM, amount="50").headers["Location"].endswith("cs_test_000002")
    assert payments.calls == ["open_checkout", "expire_checkout", "open_checkout"]  # closed before the second opens
    work_off_everything()
    assert session.execute(select(Donation.state).order_by(Donation.id)).scalars().all() == ["expired", "open"]
    again = page.submit(client, FORM, amount="25")
    assert (again.status_code, again.headers["Location"].endswith("cs_test_000003")) == (303, True)


def test_leaving_the_payment_page_shows_another_browser_nothing_personal(
    app: Flask, client: FlaskClient, page: Page, session: Session
) -> None:
    page.submit(client, FORM, amount="25", public_name="Aida", anonymous="0", message="Salam", email="a@example.org")
    elsewhere = fetch_address(app.test_client(), cancel_address(session))
    filled = elsewhere.filled(FORM)
    assert (filled["amount"], filled["public_name"], filled["message"], filled["email"]) == ("25", "", "", "")
    assert "Aida" not in elsewhere.answer.text
    assert "a@example.org" not in elsewhere.answer.text
    assert elsewhere.soup.select(".notice") == []


def test_the_id_of_a_gift_reveals_nothing_and_opens_nothing(
    app: Flask, client: FlaskClient, page: Page, session: Session, clock: SettableClock
) -> None:
    first = page.submit(client, FORM, amount="other", other_amount="37", email="a@example.org")
    address = f"/en/donate?left={session.execute(select(Donation.public_id)).scalar_one()}"
    stranger = app.test_client()
    form = fetch_address(stranger, address)
    assert form.filled(FORM)["other_amount"] == ""
    clock.advance(seconds=10)
    for amount in ("37", "50"):  # the same gift again, and a changed one
        answer = form.submit(stranger, FORM, amount="other", other_amount=amount, email="b@example.org")
        assert answer.headers["Location"] not in {first.headers["Location"], "/en/thanks?s=cs_test_000001"}
    work_off_everything()
    assert session.execute(select(Donation.state).order_by(Donation.id).limit(1)).scalar_one() == "open"
    current_context().payments.pay("cs_test_000001")  # type: ignore[attr-defined]  # the fake one
    client.get("/en/thanks?s=cs_test_000001")
    assert stranger.get(address).status_code == 200
    assert client.get(address).status_code == 303


def test_leaving_a_page_that_is_paid_leads_to_the_thanks(
    client: FlaskClient, page: Page, session: Session, payments: FakePayments, clock: SettableClock
) -> None:
    page.submit(client, FORM, amount="25")
    payments.pay("cs_test_000001")
    bring_up_to_date(payments, clock)
    answer = client.get(cancel_address(session))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/en/thanks?s=cs_test_000001")


def test_the_cookie_is_for_this_site_alone_and_no_script(client: FlaskClient, page: Page) -> None:
    cookie = page.submit(client, FORM, amount="25").headers["Set-Cookie"]
    assert cookie.startswith("gifts=")
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=86400"} <= set(cookie.split("; "))


@pytest.mark.database("sqlite")
def test_a_forged_cookie_is_no_cookie(client: FlaskClient, page: Page, session: Session, app: Flask) -> None:
    page.submit(client, FORM, amount="25", email="a@example.org")
    forger = app.test_client()
    forger.set_cookie("gifts", "WyJhYmMiXQ.x.y")
    assert fetch_address(forger, cancel_address(session)).filled(FORM)["email"] == ""


def cancel_address(session: Session) -> str:
    """Where the payment page's «back» leads."""
    params = session.execute(select(Donation.checkout_params).order_by(Donation.id).limit(1)).scalar_one()
    return str(params["cancel_url"]).removeprefix("http://localhost")


@pytest.mark.database("sqlite")
def test_six_hundred_presses_in_ten_minutes_are_enough_even_for_a_shared_address(app: Flask, page: Page) -> None:
    unforgiving = create_app(replace(app.config["KURAK"], testing=False), current_context())
    client = unforgiving.test_client()
    elsewhere = [client.post("/en/donate?campaign=nothing").status_code for _ in range(599)]
    assert set(elsewhere) == {404}
    assert page.submit(client, FORM, amount=None).status_code == 422
    refused = page.submit(client, FORM, amount=None)
    assert refused.status_code == 429
    assert Page(refused).h1 == "Too many requests"
