"""Balance transactions as the API lists them, and the balance itself."""

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import Text, list_params

LIST = list_params(currency=Text(3), payout=Text(), source=Text(), type=Text())


def retrieve(box: Box, transaction_id: str) -> Json:
    """Return one movement."""
    return box.get("balance_transaction", transaction_id)


def list_all(box: Box, params: Json) -> Json:
    """List movements, newest first; with `payout` those that it paid out, including its own."""
    where: list[tuple[str, tuple[object, ...]]] = []
    if "payout" in params:
        payout = box.get("payout", params["payout"], param="payout")
        where.append(("json_extract(hidden, '$.payout') = ?", (payout["id"],)))
    filters = ("currency", "source", "type")
    url = "/v1/balance_transactions"
    return page_of(box, "balance_transaction", params, url=url, filters=filters, where=where)


def summary(box: Box) -> Json:
    """Return the balance as Stripe shows it: the sum of every movement's net."""
    totals = {"pending": 0, "available": 0}
    sums = box.store.rows(
        "SELECT json_extract(body, '$.status') AS status, SUM(json_extract(body, '$.net')) AS net"
        " FROM objects WHERE kind = 'balance_transaction' GROUP BY 1"
    )
    totals.update({row["status"]: row["net"] for row in sums})
    currency = box.settings.settlement_currency

    def amount(minor: int) -> list[Json]:
        return [{"amount": minor, "currency": currency, "source_types": {"card": minor}}]

    return {
        "object": "balance",
        "available": amount(totals["available"]),
        "livemode": False,
        "pending": amount(totals["pending"]),
        "refund_and_dispute_prefunding": {
            "available": [{"amount": 0, "currency": currency}],
            "pending": [{"amount": 0, "currency": currency}],
        },
    }
