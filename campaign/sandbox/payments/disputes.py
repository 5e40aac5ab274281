"""Disputes: a payer requests the money back from their bank; balance transactions alone report what moves."""

from typing import Final

from campaign.sandbox.balance import transactions
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import charges, fraud_warnings, reviews
from campaign.sandbox.payments.dispute_evidence import EVIDENCE, blank_evidence
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import EXPAND, Flag, Group, Metadata, Text, list_params, merged_metadata

LIST = list_params(charge=Text(), payment_intent=Text())
UPDATE = Group({**EXPAND, "evidence": EVIDENCE, "metadata": Metadata(), "submit": Flag()})
_DAYS_TO_ANSWER: Final = 7
_DAY_SECONDS: Final = 86_400
# In these states the money is with the bank, or soon will be, and a refund would pay twice.
_HOLDS: Final = frozenset({"needs_response", "under_review", "lost", "appeal_needs_response", "appeal_under_review"})
OVER: Final = frozenset({"lost", "won", "warning_closed", "prevented"})


def open_on(
    box: Box, charge: Json, *, reason: str = "fraudulent", inquiry: bool = False, amount_minor: int | None = None
) -> Json:
    """Open a dispute about a charge or a part of it; an inquiry takes no money yet."""
    charge = charges.settle(box, charge["id"])
    open_minor = _open_minor(box, charge)
    amount = unclaimed_minor(box, charge) if amount_minor is None else amount_minor
    if not charge["paid"] or not 0 < amount <= open_minor:
        raise Refused(f"Of charge {charge['id']} no more than {max(0, open_minor)} can be disputed.", param="amount")
    due_by = box.now() + _DAYS_TO_ANSWER * _DAY_SECONDS
    dispute: Json = {
        "id": box.new_id("dp_1"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": box.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": blank_evidence(),
        "evidence_details": {
            "due_by": due_by,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
        **_method_details(charge, inquiry=inquiry),
    }
    box.save(dispute)
    charge["disputed"] = True
    box.save(charge)
    box.tell("charge.dispute.created", dispute)
    fraud_warnings.settle_for(box, charge)
    reviews.close_for(box, charge)
    if not inquiry:
        _withdraw(box, dispute)
    box.later("dispute_due", dispute["id"], due=due_by)
    return dispute


def unclaimed_minor(box: Box, charge: Json) -> int:
    """Return the amount neither refunded nor disputed yet, which a bank claims by default. It can claim more."""
    minor: int = _open_minor(box, charge) - charge["amount_refunded"]
    return minor


def _open_minor(box: Box, charge: Json) -> int:
    disputed = sum(one["amount"] for one in of_charge(box, charge["id"]) if one["status"] != "won")
    minor: int = charge["amount"] - disputed
    return minor


def _method_details(charge: Json, *, inquiry: bool) -> Json:
    card = charge["payment_method_details"].get("card")
    if card is None:
        return {}
    details = {
        "brand": card["brand"],
        "case_type": "inquiry" if inquiry else "chargeback",
        "network_reason_code": "10.4",
    }
    return {"payment_method_details": {"card": details, "type": "card"}}


def _withdraw(box: Box, dispute: Json) -> None:
    dispute["balance_transactions"].append(transactions.record_dispute(box, dispute))
    box.save(dispute)
    box.tell("charge.dispute.funds_withdrawn", dispute)


def of_charge(box: Box, charge_id: str) -> list[Json]:
    """List every dispute about a charge, oldest first."""
    return box.store.all("dispute", charge=charge_id)


def require_refundable(box: Box, charge_id: str) -> None:
    """Refuse a refund while the bank has the money, as Stripe does."""
    if any(dispute["status"] in _HOLDS for dispute in of_charge(box, charge_id)):
        raise Refused(
            f"Charge {charge_id} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )


def after_refund(box: Box, charge: Json) -> None:
    """Close every inquiry about a charge that is refunded in full."""
    if charge["refunded"]:
        for dispute in of_charge(box, charge["id"]):
            if dispute["status"] in {"warning_needs_response", "warning_under_review"}:
                move(box, dispute, "warning_closed")


def update(box: Box, params: Json, dispute_id: str) -> Json:
    """Save evidence; with `submit` (the default, as at Stripe) the bank reads it and decides soon."""
    dispute = retrieve(box, dispute_id)
    dispute["metadata"] = merged_metadata(dispute["metadata"], params.get("metadata", {}))
    given = params.get("evidence", {})
    if given or params.get("submit"):
        _require_answerable(dispute)
    dispute["evidence"].update({name: value or None for name, value in given.items()})
    dispute["evidence_details"]["has_evidence"] = any(dispute["evidence"].values())
    if params.get("submit", bool(given)):
        _submit(box, dispute)
        return dispute
    box.save(dispute)
    box.tell("charge.dispute.updated", dispute)
    return dispute


def _require_answerable(dispute: Json) -> None:
    if dispute["status"] not in {"needs_response", "warning_needs_response", "appeal_needs_response"}:
        raise Refused(f"This dispute is {dispute['status']}: it takes no evidence any more.", param="evidence")


def _submit(box: Box, dispute: Json) -> None:
    before = dispute["status"]
    dispute["evidence_details"]["submission_count"] += 1
    dispute["status"] = before.replace("needs_response", "under_review")
    box.save(dispute)
    box.tell("charge.dispute.updated", dispute, {"status": before})
    box.later("judge_dispute", dispute["id"], due=box.clock.precise() + box.settings.dispute_delay_seconds)


def judge(box: Box, dispute_id: str) -> None:
    """Decide by the words that Stripe publishes for tests; without them the review continues."""
    dispute = retrieve(box, dispute_id)
    text = dispute["evidence"]["uncategorized_text"] or ""
    inquiry = dispute["status"] == "warning_under_review"
    if "escalate_inquiry_evidence" in text and inquiry:
        move(box, dispute, "needs_response")
    elif "winning_evidence" in text:
        move(box, dispute, "warning_closed" if inquiry else "won")
    elif "losing_evidence" in text:
        move(box, dispute, "warning_closed" if inquiry else "lost")


def fall_due(box: Box, dispute_id: str) -> None:
    """Close a dispute without an answer: a dispute is lost, an inquiry is closed."""
    dispute = retrieve(box, dispute_id)
    if dispute["status"] in {"needs_response", "warning_needs_response"}:
        dispute["evidence_details"]["past_due"] = True
        move(box, dispute, "warning_closed" if dispute["status"].startswith("warning") else "lost")


def move(box: Box, dispute: Json, status: str) -> Json:
    """Move a dispute to any state that Stripe has, with its movements and events."""
    before = dispute["status"]
    dispute["status"] = status
    dispute["is_charge_refundable"] = status not in _HOLDS
    box.save(dispute)
    is_withdrawn = len(dispute["balance_transactions"]) % 2 == 1
    if status in _HOLDS and not is_withdrawn:
        box.tell("charge.dispute.updated", dispute, {"status": before})
        _withdraw(box, dispute)
    if status in OVER:
        box.tell("charge.dispute.closed", dispute)
    elif is_withdrawn or status not in _HOLDS:
        box.tell("charge.dispute.updated", dispute, {"status": before})
    if status in {"won", "prevented"} and is_withdrawn:
        dispute["balance_transactions"].append(transactions.record_dispute_reversal(box, dispute))
        box.save(dispute)
        box.tell("charge.dispute.funds_reinstated", dispute)
    return dispute


def close(box: Box, dispute_id: str) -> Json:
    """Accept the dispute: it is lost."""
    dispute = retrieve(box, dispute_id)
    if dispute["status"] != "needs_response":
        raise Refused(f"This dispute is {dispute['status']} and cannot be closed.")
    return move(box, dispute, "lost")


def retrieve(box: Box, dispute_id: str) -> Json:
    """Return the dispute."""
    return box.get("dispute", dispute_id)


def list_all(box: Box, params: Json) -> Json:
    """List disputes, newest first."""
    return page_of(box, "dispute", params, url="/v1/disputes", filters=("charge", "payment_intent"))
