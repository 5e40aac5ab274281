"""Payouts: once a day everything available goes to the bank; each movement is in exactly one payout."""

from typing import Final

from campaign.sandbox.balance import transactions
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import Choice, Created, Text, list_params

LIST = list_params(
    arrival_date=Created(),
    destination=Text(),
    status=Choice(("canceled", "failed", "in_transit", "paid", "pending")),
)
_UNPAID: Final = (
    "kind = 'balance_transaction' AND json_extract(hidden, '$.payout') IS NULL"
    " AND json_extract(body, '$.status') = 'available'"
)
_FAIL_NEXT: Final = "fail_next_payout"


_NULL_AT_FIRST = (
    *("application_fee", "application_fee_amount", "balance_transaction", "failure_balance_transaction"),
    *("failure_code", "failure_message", "original_payout", "payout_method"),
    *("reversed_by", "statement_descriptor"),
)
"""Fields that are null when the object is made."""


def run(box: Box, _account: str = "") -> Json | None:
    """Pay out all that is available, or nothing when that is zero or a debt."""
    box.store.set_meta(transactions.PAYOUT_DUE, "")
    rows = box.store.rows(f"SELECT SUM(json_extract(body, '$.net')) AS net FROM objects WHERE {_UNPAID}")  # noqa: S608
    amount = rows[0]["net"] or 0
    if amount <= 0 or not box.settings.automatic_payouts:
        return None
    arrival = box.now() + box.settings.payout_arrival_seconds
    payout: Json = {
        **dict.fromkeys(_NULL_AT_FIRST),
        "id": box.new_id("po_1"),
        "object": "payout",
        "amount": amount,
        "arrival_date": arrival,
        "automatic": True,
        "created": box.now(),
        "currency": box.settings.settlement_currency,
        "description": "STRIPE PAYOUT",
        "destination": "ba_1KurakSandbox",
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "in_progress",
        "source_type": "card",
        "status": "in_transit",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }
    payout["balance_transaction"] = transactions.record_payout(box, payout)["id"]
    box.store.run(
        f"UPDATE objects SET hidden = json_set(hidden, '$.payout', ?) WHERE {_UNPAID}",  # noqa: S608
        (payout["id"],),
    )
    box.save(payout)
    box.tell("payout.created", payout)
    box.later("land_payout", payout["id"], due=arrival)
    return payout


def land(box: Box, payout_id: str) -> None:
    """Record that the bank has credited the payout; it can still be returned."""
    payout = retrieve(box, payout_id)
    before = {"status": payout["status"], "trace_id": payout["trace_id"]}
    payout.update(status="paid", trace_id={"status": "supported", "value": box.new_id("", 15).upper()})
    box.save(payout)
    box.tell("payout.paid", payout, before)
    at, settings = box.clock.precise(), box.settings
    box.later("reconcile_payout", payout_id, due=at + settings.payout_reconciliation_seconds)
    if box.store.meta(_FAIL_NEXT):
        box.store.set_meta(_FAIL_NEXT, "")
        box.later("fail_payout", payout_id, due=at + settings.payout_arrival_seconds)


def reconcile(box: Box, payout_id: str) -> None:
    """Mark the movements of the payout as complete."""
    payout = retrieve(box, payout_id)
    payout["reconciliation_status"] = "completed"
    box.save(payout)
    box.tell("payout.reconciliation_completed", payout)


def fail(box: Box, payout_id: str) -> None:
    """Return a paid payout from the bank; its money is available again for the next one."""
    payout = retrieve(box, payout_id)
    back = transactions.record_payout_failure(box, payout)
    payout.update(
        status="failed",
        failure_balance_transaction=back["id"],
        failure_code="account_closed",
        failure_message="The bank account has been closed.",
    )
    box.save(payout)
    box.tell("payout.failed", payout, {"status": "paid"})


def fail_next(box: Box) -> None:
    """Return the next payout one day after it arrives."""
    box.store.set_meta(_FAIL_NEXT, "yes")


def retrieve(box: Box, payout_id: str) -> Json:
    """Return the payout."""
    return box.get("payout", payout_id)


def list_all(box: Box, params: Json) -> Json:
    """List payouts, newest first."""
    return page_of(box, "payout", params, url="/v1/payouts", filters=("destination", "status"))
