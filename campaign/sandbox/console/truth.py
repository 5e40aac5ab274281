"""The true state of every payment, for tests that compare a product's ledger with it."""

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json


def payments_truth(box: Box) -> list[Json]:
    """Return one row per session to be paid, and one per payment of a subscription's invoice.

    Amounts are minor units: `amount` and `refunded` in the payment's currency, `settled`, `fee` and `net` in the
    settlement currency, over the charge, all its refunds and all its disputes.
    """
    rows = [
        _truth(box, session["payment_intent"], session=session["id"], reference=session["client_reference_id"])
        for session in box.store.all("checkout.session")
        if session["payment_intent"]
    ]
    for payment in box.store.all("invoice_payment"):
        row = _truth(box, payment["payment"]["payment_intent"])
        row |= {"invoice": payment["invoice"], **box.store.hidden(payment["invoice"])}
        rows.append(row)
    return rows


def _truth(box: Box, intent_id: str, *, session: str | None = None, reference: str | None = None) -> Json:
    intent = box.store.find(intent_id) or {}
    charge = box.store.find(intent.get("latest_charge") or "") or {}
    refunds = box.store.all("refund", charge=charge.get("id", ""))
    disputes = box.store.all("dispute", charge=charge.get("id", ""))
    sources = [charge.get("id", ""), *(one["id"] for one in refunds + disputes)]
    movements = [movement for source in sources for movement in box.store.all("balance_transaction", source=source)]
    return {
        "session": session,
        "payment_intent": intent_id,
        "charge": charge.get("id"),
        "client_reference_id": reference,
        "metadata": intent.get("metadata", {}),
        "amount": intent["amount"],
        "currency": intent["currency"],
        "paid": intent.get("status") == "succeeded",
        "refunded": charge.get("amount_refunded", 0),
        "settlement_currency": box.settings.settlement_currency,
        "settled": _total(movements, "amount"),
        "fee": _total(movements, "fee"),
        "net": _total(movements, "net"),
        "balance_transactions": [movement["id"] for movement in movements],
        "refunds": [_fields(refund, "metadata") for refund in refunds],
        "disputes": [{**_fields(one, "reason"), "withdrawn": _withdrawn(one)} for one in disputes],
    }


def _fields(made: Json, *more: str) -> Json:
    """Return what every refund and dispute tells, and some fields of its own."""
    return {name: made[name] for name in ("id", "amount", "status", *more)}


def _withdrawn(dispute: Json) -> int:
    return -_total(dispute["balance_transactions"], "amount")


def _total(movements: list[Json], name: str) -> int:
    return sum(movement[name] for movement in movements)
