"""What tests and the console can make happen that no call of Stripe's API can."""

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
    """The owner of a card disputes a payment: named by its session, its intent or its charge."""
    wanted = _DISPUTE.read(_words(given), "")
    with box.store.transaction():
        return disputes.open_on(
            box,
            charge_of(box, wanted["payment"]),
            reason=wanted.get("reason", "fraudulent"),
            inquiry=wanted.get("inquiry", False),
            amount_minor=wanted.get("amount"),
        )


def take_fee(box: Box, given: Json) -> Json:
    """The provider takes a fee of its own, apart from any payment."""
    wanted = _FEE.read(_words(given), "")
    with box.store.transaction():
        return transactions.record_own_fee(box, wanted["amount"], wanted.get("description", "Stripe fee"))


def move_dispute(box: Box, dispute_id: str, given: Json) -> Json:
    """Bring a dispute into a state, even one that only Stripe's people or a network can bring about."""
    status = _STATUS.read(str(given.get("status", "")), "status")
    with box.store.transaction():
        return disputes.move(box, disputes.retrieve(box, dispute_id), status)


def charge_of(box: Box, payment_id: str) -> Json:
    """The charge behind a session, an intent or a charge."""
    found = box.store.find(payment_id) or {}
    if found.get("object") == "checkout.session":
        found = box.store.find(found["payment_intent"] or "") or {}
    if found.get("object") == "payment_intent":
        found = box.store.find(intents.retrieve(box, found["id"])["latest_charge"] or "") or {}
    if found.get("object") != "charge":
        raise Refused(f"{payment_id} has no charge.", param="payment")
    return found


def _words(given: Json) -> Json:
    """JSON as the strings that parameters are made of."""
    words = {True: "true", False: "false"}
    return {name: words[value] if isinstance(value, bool) else str(value) for name, value in given.items()}
