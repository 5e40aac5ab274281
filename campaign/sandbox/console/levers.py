"""What tests and the console can trigger and no call of Stripe's API can."""

from campaign.sandbox.balance import transactions
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import disputes, intents
from campaign.sandbox.protocol.params import Choice, Flag, Group, Text, Whole

_DISPUTE = Group({"payment": Text(), "reason": Text(), "amount": Whole(1), "inquiry": Flag()}, required=("payment",))
_FEE = Group({"amount": Whole(1), "description": Text()}, required=("amount",))
_STATUS = Choice(
    (
        *("lost", "needs_response", "prevented", "under_review", "warning_closed", "warning_needs_response"),
        *("warning_under_review", "won", "appeal_needs_response", "appeal_under_review"),
    )
)


def dispute(box: Box, given: Json) -> Json:
    """Dispute a payment as the card's owner, by its session, its intent or its charge."""
    params = _DISPUTE.read(_words(given), "")
    with box.store.transaction():
        return disputes.open_on(
            box,
            charge_of(box, params["payment"]),
            reason=params.get("reason", "fraudulent"),
            inquiry=params.get("inquiry", False),
            amount_minor=params.get("amount"),
        )


def take_fee(box: Box, given: Json) -> Json:
    """Charge a fee of the provider, apart from any payment."""
    params = _FEE.read(_words(given), "")
    with box.store.transaction():
        return transactions.record_own_fee(box, params["amount"], params.get("description", "Stripe fee"))


def move_dispute(box: Box, dispute_id: str, given: Json) -> Json:
    """Move a dispute to a state, including those that only Stripe's staff or a network can set."""
    status = _STATUS.read(str(given.get("status", "")), "status")
    with box.store.transaction():
        return disputes.move(box, disputes.retrieve(box, dispute_id), status)


def charge_of(box: Box, payment_id: str) -> Json:
    """Return the charge of a session, an intent or a charge."""
    match = box.store.find(payment_id) or {}
    if match.get("object") == "checkout.session":
        match = box.store.find(match["payment_intent"] or "") or {}
    if match.get("object") == "payment_intent":
        match = box.store.find(intents.retrieve(box, match["id"])["latest_charge"] or "") or {}
    if match.get("object") != "charge":
        raise Refused(f"{payment_id} has no charge.", param="payment")
    return match


def _words(given: Json) -> Json:
    """Return JSON as the strings that parameters consist of."""
    words = {True: "true", False: "false"}
    return {name: words[value] if isinstance(value, bool) else str(value) for name, value in given.items()}
