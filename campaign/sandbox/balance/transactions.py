"""The account's money: what each charge and refund moved, and the pending and the available balance."""

from campaign.sandbox.balance.listing import retrieve, summary
from campaign.sandbox.catalogue import means
from campaign.sandbox.core import currencies
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json

PAYOUT_DUE = "payout_due"
_DAY_SECONDS = 86_400

# The reporting category and the type of a movement, where they differ from its kind.
_CATEGORIES = {
    "payment": "charge",
    "payment_refund": "refund",
    "payment_failure_refund": "charge_failure",
    "payout_failure": "payout_reversal",
    "stripe_fee": "fee",
}
_TYPES = {"dispute": "adjustment", "dispute_reversal": "adjustment"}


def record_charge(box: Box, charge: Json) -> Json:
    """Record the movement of a charge, less Stripe's fee, in the settlement currency."""
    amount = _settled(box, charge)
    at_once = means.of_object(box, charge).funds_at_once
    return _record(
        box,
        charge,
        kind=_kind(charge["id"], "charge", "payment"),
        amount=amount,
        fee_details=_fees(box, charge, amount),
        available_on=box.now() + (0 if at_once else box.settings.available_after_seconds),
    )


def record_refund(box: Box, refund: Json) -> Json:
    """Record the movement of a refund at the rate of the day; the fee is not returned."""
    kind = _kind(refund["charge"], "refund", "payment_refund")
    return _record(box, refund, kind=kind, amount=-_settled(box, refund))


def record_refund_failure(box: Box, refund: Json, original: Json) -> Json:
    """Record the return of a failed refund's money, in the same amount."""
    return _record(box, refund, kind="refund_failure", amount=-original["amount"])


def record_payment_failure(box: Box, charge: Json, original: Json) -> Json:
    """Take back a debit's pending money together with its fee."""
    undone = [{**detail, "amount": -detail["amount"]} for detail in original["fee_details"]]
    return _record(
        box,
        charge,
        kind="payment_failure_refund",
        amount=-original["amount"],
        fee_details=undone,
        available_on=original["available_on"],
    )


def record_dispute(box: Box, dispute: Json) -> Json:
    """Withdraw the disputed money at the rate of the day, together with the dispute fee."""
    fee = _fee(box, "Dispute fee", box.settings.fees.dispute_minor)
    amount = -_settled(box, dispute)
    return _record(box, dispute, kind="dispute", amount=amount, fee_details=[fee])


def record_dispute_reversal(box: Box, dispute: Json) -> Json:
    """Return the money of a won dispute in the same amount; the fee stays paid."""
    taken = dispute["balance_transactions"][-1]
    return _record(box, dispute, kind="dispute_reversal", amount=-taken["amount"])


def record_own_fee(box: Box, amount_minor: int, description: str) -> Json:
    """Charge a fee that belongs to no payment."""
    nobody: Json = {"id": None, "currency": box.settings.settlement_currency, "description": description}
    return _record(box, nobody, kind="stripe_fee", amount=-amount_minor)


def record_payout(box: Box, payout: Json) -> Json:
    """Record the money of a payout that leaves for the bank."""
    return _record(box, payout, kind="payout", amount=-payout["amount"])


def record_payout_failure(box: Box, payout: Json) -> Json:
    """Record the money of a returned payout."""
    return _record(box, payout, kind="payout_failure", amount=payout["amount"])


def _kind(charge_id: str, of_card: str, of_bank: str) -> str:
    return of_bank if charge_id.startswith("py_") else of_card


def _settled(box: Box, body: Json) -> int:
    return currencies.to_settlement(body["amount"], body["currency"], settings=box.settings, days=box.days())


def _fees(box: Box, charge: Json, amount: int) -> list[Json]:
    fees, settings = box.settings.fees, box.settings
    card = charge["payment_method_details"].get("card")
    taken = (
        currencies.share(amount, fees.rate_bp) + fees.fixed_minor if card else currencies.share(amount, fees.bank_bp)
    )
    details = [("Stripe processing fees", taken)]
    if card and card["country"] != settings.account_country:
        details.append(("International card fee", currencies.share(amount, fees.international_bp)))
    if charge["currency"] != settings.settlement_currency:
        details.append(("Currency conversion fee", currencies.share(amount, fees.conversion_bp)))
    return [_fee(box, description, fee) for description, fee in details]


def _fee(box: Box, description: str, amount: int) -> Json:
    return {
        "amount": amount,
        "application": None,
        "currency": box.settings.settlement_currency,
        "description": description,
        "type": "stripe_fee",
    }


def _record(
    box: Box,
    source: Json,
    *,
    kind: str,
    amount: int,
    fee_details: list[Json] | None = None,
    available_on: int | None = None,
) -> Json:
    at, details = box.now(), fee_details or []
    fee = sum(detail["amount"] for detail in details)
    ready = at if available_on is None else available_on
    settlement = box.settings.settlement_currency
    rate = box.settings.rate_to_settlement(source["currency"], box.days())
    transaction: Json = {
        "id": box.new_id("txn_1"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": ready,
        "balance_type": "payments",
        "created": at,
        "currency": settlement,
        "description": source.get("description"),
        "exchange_rate": None if source["currency"] == settlement else float(rate),
        "fee": fee,
        "fee_details": details,
        "net": amount - fee,
        "reporting_category": _CATEGORIES.get(kind, kind),
        "source": source["id"],
        "status": "available" if ready <= at else "pending",
        "type": _TYPES.get(kind, kind),
    }
    box.save(transaction)
    if ready > at:
        box.later("release_funds", transaction["id"], due=ready)
    elif kind != "payout":
        _plan_payout(box)
    return transaction


def _plan_payout(box: Box) -> None:
    if not box.store.meta(PAYOUT_DUE):
        midnight = (box.now() // _DAY_SECONDS + 1) * _DAY_SECONDS
        box.store.set_meta(PAYOUT_DUE, str(midnight))
        box.later("pay_out", "", due=midnight)


def release(box: Box, transaction_id: str) -> None:
    """Make pending money available on its day."""
    transaction = retrieve(box, transaction_id)
    transaction["status"] = "available"
    box.save(transaction)
    box.tell("balance.available", summary(box))
    _plan_payout(box)
