"""The portal and the invoice page, as a donor without script sees them."""

from typing import Any

import pytest
import requests
import stripe
from bs4 import BeautifulSoup

from tests.sandbox.monthly import A_DAY, A_MONTH, another_card, monthly_params, subscribe
from tests.sandbox.running import RunningSandbox
from tests.support.stripe_contract import Json

BACK = "http://127.0.0.1:8310/en/gifts"


@pytest.fixture
def subscription(running: RunningSandbox) -> Json:
    own: Json = subscribe(running)["subscription"]
    return own


def portal(client: stripe.StripeClient, subscription: Json, **changes: Any) -> Json:  # Any: the library's parameters
    params: Any = {"customer": subscription["customer"], "return_url": BACK, **changes}
    made: Json = client.v1.billing_portal.sessions.create(params).to_dict()
    return made


def look(running: RunningSandbox, path: str) -> BeautifulSoup:
    answer = running.http.get(running.api_base + path, timeout=15)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def send(running: RunningSandbox, path: str, **fields: str) -> requests.Response:
    token = look(running, path).find("input", {"name": "token"})["value"]  # type: ignore[index]
    address = running.api_base + path
    return running.http.post(address, data={"token": str(token), **fields}, timeout=15, allow_redirects=False)


def test_the_portal_shows_the_gift_and_stops_it(
    running: RunningSandbox, client: stripe.StripeClient, subscription: Json
) -> None:
    path = f"/sandbox/p/{portal(client, subscription)['id']}"
    page = look(running, path)
    assert "10.00\N{NO-BREAK SPACE}USD a month" in page.text
    assert "visa ending in 4242" in page.text
    assert send(running, path, subscription=subscription["id"], act="stop").status_code == 303
    assert client.v1.subscriptions.retrieve(subscription["id"]).cancel_at_period_end
    send(running, path, subscription=subscription["id"], act="go_on")
    assert not client.v1.subscriptions.retrieve(subscription["id"]).cancel_at_period_end


def test_portal_and_invoice_show_each_item(running: RunningSandbox, client: stripe.StripeClient) -> None:
    lines = monthly_params()["line_items"] + monthly_params(44)["line_items"]
    lines[1]["price_data"]["product_data"]["name"] = "Fee that you add"
    session = subscribe(running, line_items=lines)
    page = look(running, f"/sandbox/p/{portal(client, session['subscription'])['id']}")
    assert "10.44\N{NO-BREAK SPACE}USD a month" in page.text
    parts = [line.get_text(" ") for line in page.select(".items > div")]
    assert parts == ["Women Creative Lab 10.00\N{NO-BREAK SPACE}USD", "Fee that you add 0.44\N{NO-BREAK SPACE}USD"]
    invoice = look(running, f"/sandbox/i/{session['invoice']['id']}")
    assert [line.get_text(" ") for line in invoice.select(".items > div")][1:] == [
        *parts,
        "Total 10.44\N{NO-BREAK SPACE}USD",
    ]


def test_the_portal_takes_another_card_and_leads_back(
    running: RunningSandbox, client: stripe.StripeClient, subscription: Json
) -> None:
    flow = {
        "type": "payment_method_update",
        "after_completion": {"type": "redirect", "redirect": {"return_url": BACK}},
    }
    path = f"/sandbox/p/{portal(client, subscription, flow_data=flow)['id']}"
    answer = send(running, path, subscription=subscription["id"], act="card", card="5555555555554444")
    assert answer.headers["Location"] == BACK
    method = client.v1.subscriptions.retrieve(subscription["id"]).default_payment_method
    assert client.v1.payment_methods.retrieve(str(method)).card.last4 == "4444"  # type: ignore[union-attr]


def test_the_portal_lets_nobody_act_for_another_donor(
    running: RunningSandbox, client: stripe.StripeClient, subscription: Json
) -> None:
    other = subscribe(running)["subscription"]
    path = f"/sandbox/p/{portal(client, subscription)['id']}"
    assert send(running, path, subscription=other["id"], act="stop").status_code == 400
    assert send(running, path, token="forged", subscription=subscription["id"], act="stop").status_code == 400
    assert not client.v1.subscriptions.retrieve(other["id"]).cancel_at_period_end
    assert running.http.get(f"{running.api_base}/sandbox/p/bps_nobody", timeout=5).status_code == 404


def test_a_refused_renewal_is_paid_on_its_page(
    running: RunningSandbox, client: stripe.StripeClient, subscription: Json
) -> None:
    another_card(client, subscription, "pm_card_chargeCustomerFail")
    running.advance(A_MONTH)
    invoice = client.v1.invoices.list({"status": "open"}).data[0]
    path = f"/sandbox/i/{invoice.id}"
    assert send(running, path, card="4000000000009995").status_code == 402
    assert send(running, path, card="4242424242424242").status_code == 303
    assert client.v1.invoices.retrieve(str(invoice.id)).status == "paid"
    assert look(running, path).find("form") is None


@pytest.mark.parametrize(("outcome", "status"), [("complete", "paid"), ("fail", "open")])
def test_a_renewal_is_confirmed_on_its_page(
    running: RunningSandbox, client: stripe.StripeClient, subscription: Json, outcome: str, status: str
) -> None:
    another_card(client, subscription, "pm_card_authenticationRequired")
    running.advance(A_MONTH)
    invoice = client.v1.invoices.list({"status": "open"}).data[0]
    path = f"/sandbox/i/{invoice.id}"
    assert "3-D Secure" in look(running, path).text
    send(running, path, outcome=outcome)
    assert client.v1.invoices.retrieve(str(invoice.id)).status == status


def test_the_truth_knows_every_monthly_payment(running: RunningSandbox, subscription: Json) -> None:
    running.advance(A_MONTH + A_DAY)  # in a month of 31 days the charge comes with the last hour, its fee after it
    rows = [row for row in running.truth() if row.get("subscription") == subscription["id"]]
    assert [(row["paid"], row["amount"], row["net"]) for row in rows] == [(True, 1000, 941)] * 2


def test_the_portal_keeps_the_language_that_was_chosen(
    running: RunningSandbox, client: stripe.StripeClient, subscription: Json
) -> None:
    path = f"/sandbox/p/{portal(client, subscription, locale='ru')['id']}"
    assert look(running, path).find("html")["lang"] == "ru"  # type: ignore[index]
    assert look(running, f"{path}?lang=tr").find("html")["lang"] == "ru"  # type: ignore[index]
    page = look(running, f"{path}?lang=ky")
    assert page.find("h1").text == "Ай сайынкы жардамдарыңыз"  # type: ignore[union-attr]
    assert "10,00\N{NO-BREAK SPACE}USD айына" in page.text
    onward = str(page.find("form")["action"])  # type: ignore[index]
    answer = send(running, onward, subscription=subscription["id"], act="stop")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}?lang=ky")
    assert "Аяктайт:" in look(running, answer.headers["Location"]).text


def test_an_invoice_keeps_the_language_that_was_chosen(
    running: RunningSandbox, client: stripe.StripeClient, subscription: Json
) -> None:
    another_card(client, subscription, "pm_card_chargeCustomerFail")
    running.advance(A_MONTH)
    path = f"/sandbox/i/{client.v1.invoices.list({'status': 'open'}).data[0].id}?lang=ky"
    declined = send(running, path, card="4000000000009995")
    assert declined.status_code == 402
    assert "Картада акча жетишсиз." in declined.text
    paid = send(running, path, card="4242424242424242")
    assert paid.headers["Location"] == path
    assert "төлөндү" in look(running, path).text
