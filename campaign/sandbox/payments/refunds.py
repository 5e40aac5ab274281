"""Refunds: whole or part, at once or pending, and those that fail after they succeeded."""

from campaign.sandbox.balance import listing, transactions
from campaign.sandbox.catalogue import means
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.currencies import major, step
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import charges, disputes, fraud_warnings, reviews
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import EXPAND, Choice, Group, Metadata, Text, Whole, list_params, merged_metadata

CREATE = Group(
    {
        **EXPAND,
        "amount": Whole(1),
        "charge": Text(),
        "metadata": Metadata(),
        "payment_intent": Text(),
        "reason": Choice(("duplicate", "fraudulent", "requested_by_customer")),
    }
)
LIST = list_params(charge=Text(), payment_intent=Text())
UPDATE = Group({**EXPAND, "metadata": Metadata()})


def create(box: Box, params: Json) -> Json:
    """Refund the card that paid."""
    charge = charges.settle(box, _charge_of(box, params)["id"])
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise Refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    disputes.require_refundable(box, charge["id"])
    amount = params.get("amount", left)
    _check_amount(charge, amount, left)
    outcome = means.of_object(box, charge).refund
    by_bank = charge["payment_method_details"]["type"] != "card"
    refund: Json = {
        "id": box.new_id("pyr_1" if by_bank else "re_3"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": box.now(),
        "currency": charge["currency"],
        "destination_details": _destination(by_bank=by_bank),
        "metadata": merged_metadata({}, params.get("metadata", {})),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if outcome == "pending" else "succeeded",
        "transfer_reversal": None,
    }
    if outcome == "pending":
        refund["pending_reason"] = "processing"
    refund["balance_transaction"] = transactions.record_refund(box, refund)["id"]
    box.save(refund)
    _recount(box, charge)
    box.tell("refund.created", refund)
    box.tell("charge.refunded", charge)
    fraud_warnings.settle_for(box, charge)
    reviews.close_for(box, charge)
    disputes.after_refund(box, charge)
    job = {"pending": "finish_refund", "fails": "fail_refund"}.get(outcome, "trace_refund")
    box.later(job, refund["id"], due=box.clock.precise() + box.settings.refund_delay_seconds)
    return refund


def _destination(*, by_bank: bool) -> Json:
    if by_bank:
        return {"eu_bank_transfer": {"reference": None, "reference_status": "pending"}, "type": "eu_bank_transfer"}
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    return {"card": card, "type": "card"}


def _charge_of(box: Box, params: Json) -> Json:
    if "charge" in params:
        charge = box.get("charge", params["charge"], param="charge")
    elif "payment_intent" in params:
        intent = box.get("payment_intent", params["payment_intent"], param="payment_intent")
        charge = box.store.find(intent["latest_charge"] or "") or {"paid": False, "id": "none"}
    else:
        raise Refused(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    if not charge["paid"]:
        raise Refused(
            "This PaymentIntent does not have a successful charge to refund.",
            param="payment_intent",
        )
    return charge


def _check_amount(charge: Json, amount: int, left: int) -> None:
    currency = charge["currency"]
    if amount > left:
        raise Refused(
            f"Refund amount ({major(amount, currency)} {currency}) is greater than unrefunded"
            f" amount on charge ({major(left, currency)} {currency})",
            param="amount",
        )
    if amount % step(currency):
        raise Refused(
            f"Invalid amount: amounts in {currency} must be a multiple of {step(currency)}.",
            param="amount",
        )


def _recount(box: Box, charge: Json) -> None:
    refunds = box.store.all("refund", charge=charge["id"])
    charge["amount_refunded"] = sum(
        refund["amount"] for refund in refunds if refund["status"] in {"pending", "succeeded"}
    )
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    box.save(charge)


def trace(box: Box, refund_id: str) -> None:
    """Record the bank's reference of a succeeded refund."""
    refund = retrieve(box, refund_id)
    before = refund["destination_details"]
    refund["destination_details"] = _traced(box, refund)
    box.save(refund)
    box.tell("refund.updated", refund, {"destination_details": before})


def _traced(box: Box, refund: Json) -> Json:
    kind = refund["destination_details"]["type"]
    details = {**refund["destination_details"][kind], "reference_status": "available"}
    details["reference"] = box.new_id("", 23).upper()
    return {kind: details, "type": kind}


def finish(box: Box, refund_id: str) -> None:
    """Complete a pending refund."""
    refund = retrieve(box, refund_id)
    refund.pop("pending_reason", None)
    refund.update(status="succeeded", destination_details=_traced(box, refund))
    box.save(refund)
    box.tell("refund.updated", refund, {"status": "pending"})


def fail(box: Box, refund_id: str) -> None:
    """Fail a refund that had succeeded; its money returns to the balance."""
    refund = retrieve(box, refund_id)
    original = listing.retrieve(box, refund["balance_transaction"])
    back = transactions.record_refund_failure(box, refund, original)
    refund.update(
        status="failed",
        failure_reason="expired_or_canceled_card",
        failure_balance_transaction=back["id"],
    )
    box.save(refund)
    _recount(box, charges.retrieve(box, refund["charge"]))
    box.tell("refund.updated", refund, {"status": "succeeded"})
    box.tell("refund.failed", refund)


def retrieve(box: Box, refund_id: str) -> Json:
    """Return the refund."""
    return box.get("refund", refund_id)


def update(box: Box, params: Json, refund_id: str) -> Json:
    """Merge metadata into a refund."""
    refund = retrieve(box, refund_id)
    refund["metadata"] = merged_metadata(refund["metadata"], params.get("metadata", {}))
    return box.save(refund)


def list_all(box: Box, params: Json) -> Json:
    """List refunds, newest first."""
    return page_of(box, "refund", params, url="/v1/refunds", filters=("charge", "payment_intent"))
