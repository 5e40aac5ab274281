"""Gifts by bank: complete at once, paid or failed some days later."""

from urllib.parse import urlsplit

import pytest
import stripe
from bs4 import BeautifulSoup

from tests.sandbox.gifts import full_session, open_gift
from tests.sandbox.running import Listener, RunningSandbox
from tests.sandbox.test_pages import Visitor

A_DAY = 24 * 3600
PAID, FAILED = "AT611904300234573201", "AT861904300235473202"


def test_a_debit_completes_the_session_unpaid_and_pays_later(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    session = open_gift(client)
    running.pay(session["id"], method="pm_sepaDebit_success_at")
    running.deliver()
    current = full_session(client, session["id"])
    assert (current["status"], current["payment_status"]) == ("complete", "unpaid")
    assert current["payment_intent"]["status"] == "processing"
    assert (current["payment_intent"]["latest_charge"]["status"], running.truth()[0]["paid"]) == ("pending", False)
    assert listener.types() == ["payment_intent.processing", "checkout.session.completed"]
    running.advance(5)
    running.deliver()
    paid = full_session(client, session["id"])
    assert (paid["payment_status"], paid["payment_intent"]["status"]) == ("paid", "succeeded")
    assert listener.types()[-2:] == ["payment_intent.succeeded", "checkout.session.async_payment_succeeded"]
    movement = paid["payment_intent"]["latest_charge"]["balance_transaction"]
    assert (movement["type"], movement["amount"], movement["fee"]) == ("payment", 2500, 20)


def test_a_failed_debit_leaves_the_session_unpaid_and_no_money_behind(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    session = open_gift(client)
    running.pay(session["id"], method="pm_sepaDebit_failed_at")
    running.advance(5)
    running.deliver()
    current = full_session(client, session["id"])
    assert (current["status"], current["payment_status"]) == ("complete", "unpaid")
    assert current["payment_intent"]["status"] == "requires_payment_method"
    assert listener.types()[-2:] == ["payment_intent.payment_failed", "checkout.session.async_payment_failed"]
    charge = current["payment_intent"]["latest_charge"]
    assert charge["failure_balance_transaction"] is not None
    movements = client.v1.balance_transactions.list({"source": charge["id"]}).data
    assert [one.type for one in movements] == ["payment_failure_refund", "payment"]
    assert sum(one.net for one in movements) == 0


@pytest.mark.parametrize(
    ("method", "status"),
    [("pm_sepaDebit_successDelayed_at", "paid"), ("pm_sepaDebit_failedDelayed_at", "unpaid")],
)
def test_some_debits_take_three_minutes(
    running: RunningSandbox, client: stripe.StripeClient, method: str, status: str
) -> None:
    session = open_gift(client)
    running.pay(session["id"], method=method)
    running.advance(179)
    assert full_session(client, session["id"])["payment_intent"]["status"] == "processing"
    running.advance(1)
    current = full_session(client, session["id"])
    assert (current["payment_status"], current["payment_intent"]["status"] == "processing") == (status, False)


def test_a_transfer_arrives_a_day_later(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    session = open_gift(client)
    running.pay(session["id"], method="pm_bankTransfer_success")
    current = full_session(client, session["id"])
    assert (current["status"], current["payment_status"]) == ("complete", "unpaid")
    assert current["payment_intent"]["next_action"]["type"] == "display_bank_transfer_instructions"
    due = current["payment_intent"]["next_action"]["display_bank_transfer_instructions"]
    assert (due["type"], due["amount_remaining"], due["currency"]) == (
        "us_bank_transfer",
        session["amount_total"],
        "usd",
    )
    assert [address["type"] for address in due["financial_addresses"]] == ["aba", "swift"]
    page = running.http.get(running.api_base + urlsplit(due["hosted_instructions_url"]).path, timeout=5)
    assert due["reference"] in page.text
    assert isinstance(current["customer"], str)
    running.advance(A_DAY)
    running.deliver()
    assert full_session(client, session["id"])["payment_status"] == "paid"
    assert "checkout.session.async_payment_succeeded" in listener.types()


def test_a_transfer_that_never_arrives_fails(
    running: RunningSandbox, client: stripe.StripeClient, listener: Listener
) -> None:
    session = open_gift(client)
    running.pay(session["id"], method="pm_bankTransfer_failed")
    running.advance(A_DAY)
    running.deliver()
    current = full_session(client, session["id"])
    assert (current["payment_status"], current["payment_intent"]["latest_charge"]) == ("unpaid", None)
    assert "checkout.session.async_payment_failed" in listener.types()


def test_a_debit_is_given_back_by_bank_and_not_before_it_was_paid(
    running: RunningSandbox, client: stripe.StripeClient
) -> None:
    session = open_gift(client)
    running.pay(session["id"], method="pm_sepaDebit_success_at")
    intent = full_session(client, session["id"])["payment_intent"]["id"]
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": intent})
    running.advance(5)
    refund = client.v1.refunds.create({"payment_intent": intent, "expand": ["balance_transaction"]}).to_dict()
    assert refund["id"].startswith("pyr_")
    assert (refund["status"], refund["balance_transaction"]["type"]) == ("pending", "payment_refund")
    running.advance(5)
    assert client.v1.refunds.retrieve(refund["id"]).status == "succeeded"


def test_a_session_offers_only_the_methods_it_allows(client: stripe.StripeClient, running: RunningSandbox) -> None:
    everything = open_gift(client)
    assert everything["payment_method_types"] == ["card", "sepa_debit", "customer_balance"]
    cards_only = open_gift(client, excluded_payment_method_types=["sepa_debit", "customer_balance"])
    assert cards_only["payment_method_types"] == ["card"]
    assert "cannot be paid by" in running.pay(cards_only["id"], method="pm_sepaDebit_success_at")["error"]["message"]
    _, page = Visitor(running, cards_only["id"]).look()
    assert page.find("input", {"name": "iban"}) is None


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"method": "sepa_debit", "iban": PAID}, "processing"),
        ({"method": "sepa_debit", "iban": "AT86 1904 3002 3547 3202"}, "processing"),
        ({"method": "customer_balance", "transfer": "TRANSFERARRIVES"}, "requires_action"),
    ],
)
def test_the_page_takes_a_bank(
    running: RunningSandbox, client: stripe.StripeClient, fields: dict[str, str], status: str
) -> None:
    session = open_gift(client)
    answer = Visitor(running, session["id"]).submit(**fields)
    assert (answer.status_code, answer.headers["Location"].endswith(session["id"])) == (303, True)
    assert full_session(client, session["id"])["payment_intent"]["status"] == status


def test_an_account_that_is_not_on_the_list_is_refused(running: RunningSandbox, client: stripe.StripeClient) -> None:
    session = open_gift(client)
    answer = Visitor(running, session["id"]).submit(method="sepa_debit", iban="DE89370400440532013000")
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert page.find(id="iban-error") is not None
    assert page.find(id="method-sepa_debit").has_attr("checked")  # type: ignore[union-attr]


def test_a_listed_account_fills_in_the_form(running: RunningSandbox, client: stripe.StripeClient) -> None:
    _, page = Visitor(running, open_gift(client)["id"]).look(f"?card={FAILED}")
    assert page.find("input", {"name": "iban"})["value"] == FAILED  # type: ignore[index]
    assert page.find(id="method-sepa_debit").has_attr("checked")  # type: ignore[union-attr]
