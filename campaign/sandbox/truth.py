"""What really happened to every payment, for tests that compare a product's books with it."""

from campaign.sandbox.box import Box
from campaign.sandbox.json_types import Json


def payments_truth(box: Box) -> list[Json]:
    """One row per paid session: what was paid, given back, disputed, charged as fees and kept.

    Amounts are minor units; ``amount`` and ``refunded`` in the payment's currency, ``settled``,
    ``fee`` and ``net`` in the settlement currency, over the charge, all its refunds and all its disputes.
    """
    return [_truth(box, session) for session in box.store.all("checkout.session") if session["payment_intent"]]


def _truth(box: Box, session: Json) -> Json:
    intent = box.store.find(session["payment_intent"]) or {}
    charge = box.store.find(intent.get("latest_charge") or "") or {}
    refunds = box.store.all("refund", charge=charge.get("id", ""))
    disputes = box.store.all("dispute", charge=charge.get("id", ""))
    sources = [charge.get("id", ""), *(one["id"] for one in refunds + disputes)]
    movements = [movement for source in sources for movement in box.store.all("balance_transaction", source=source)]
    return {
        "session": session["id"],
        "payment_intent": session["payment_intent"],
        "charge": charge.get("id"),
        "client_reference_id": session["client_reference_id"],
        "metadata": intent.get("metadata", {}),
        "amount": session["amount_total"],
        "currency": session["currency"],
        "paid": intent.get("status") == "succeeded",
        "refunded": charge.get("amount_refunded", 0),
        "settlement_currency": box.settings.settlement_currency,
        "settled": sum(movement["amount"] for movement in movements),
        "fee": sum(movement["fee"] for movement in movements),
        "net": sum(movement["net"] for movement in movements),
        "balance_transactions": [movement["id"] for movement in movements],
        "refunds": [{name: refund[name] for name in ("id", "amount", "status", "metadata")} for refund in refunds],
        "disputes": [
            {**{name: one[name] for name in ("id", "amount", "status", "reason")}, "withdrawn": _withdrawn(one)}
            for one in disputes
        ],
    }


def _withdrawn(dispute: Json) -> int:
    total: int = sum(movement["amount"] for movement in dispute["balance_transactions"])
    return -total
