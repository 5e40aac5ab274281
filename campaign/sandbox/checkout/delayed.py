"""Payments by bank: the session is complete at once; the payment succeeds or fails later."""

from campaign.sandbox.balance import listing, transactions
from campaign.sandbox.catalogue import bank_transfers, means
from campaign.sandbox.catalogue.banks import BankAccount
from campaign.sandbox.checkout import completing
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import charges, intents

_DEBIT_FAILED = "The customer's bank did not pay this debit."
_NO_TRANSFER = "The transfer did not arrive in time."


def start(box: Box, session: Json, intent: Json, account: BankAccount) -> Json:
    """Complete the session unpaid, and plan the job that ends the payment."""
    method = box.get("payment_method", intent["payment_method"])
    transfer = account.type == "customer_balance"
    if transfer:
        intent.update(status="requires_action", next_action=bank_transfers.next_action(box, intent))
    else:
        charge = charges.record(box, intent, account, status="pending")
        intent.update(status="processing", latest_charge=charge["id"])
    box.save(intent, {"means": account.number, "session": session["id"]})
    completing.close(box, session, payment_status="unpaid", billing=method["billing_details"])
    if transfer:
        box.tell("payment_intent.requires_action", intent)
    else:
        box.tell("charge.pending", charge)
        box.tell("payment_intent.processing", intent)
        box.later("settle_charge", charge["id"], due=box.clock.precise() + box.settings.balance_delay_seconds)
    box.tell("checkout.session.completed", session)
    box.later("finish_bank_payment", intent["id"], due=box.clock.precise() + _pause(box, account))
    return session


def _pause(box: Box, account: BankAccount) -> int:
    if account.type == "customer_balance":
        return box.settings.transfer_delay_seconds
    return box.settings.slow_debit_delay_seconds if account.slow else box.settings.debit_delay_seconds


def finish(box: Box, intent_id: str) -> None:
    """End the payment: it succeeds, or the bank refuses it."""
    intent = intents.retrieve(box, intent_id)
    session = box.get("checkout.session", box.store.hidden(intent_id)["session"])
    account = means.of_object(box, intent)
    paid = isinstance(account, BankAccount) and account.pays
    if paid:
        _receive(box, intent, account)
        session["payment_status"] = "paid"
        box.save(session)
    else:
        _fail(box, intent)
    box.tell(f"checkout.session.async_payment_{'succeeded' if paid else 'failed'}", session)


def _receive(box: Box, intent: Json, account: means.Means) -> None:
    charge = box.store.find(intent["latest_charge"] or "")
    if charge is None:
        charge = charges.record(box, intent, account, status="succeeded")
        intent["latest_charge"] = charge["id"]
    charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
    charges.succeed(box, intent, charge)


def _fail(box: Box, intent: Json) -> None:
    charge = box.store.find(intent["latest_charge"] or "")
    message = _DEBIT_FAILED if charge else _NO_TRANSFER
    why = intents.error(box, intent, code="payment_intent_payment_attempt_failed", message=message)
    if charge:
        charge.update(status="failed", failure_code="insufficient_funds", failure_message=message)
        if charge["balance_transaction"]:
            original = listing.retrieve(box, charge["balance_transaction"])
            undone = transactions.record_payment_failure(box, charge, original)
            charge["failure_balance_transaction"] = undone["id"]
        box.save(charge)
        why["charge"] = charge["id"]
        box.tell("charge.failed", charge)
    intents.fail(box, intent, why)
