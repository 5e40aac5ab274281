"""Reviews: the provider wants a person to look at a payment of elevated risk."""

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import list_params

LIST = list_params()
_KIND = "review"


def open_on(box: Box, charge: Json) -> Json:
    """Open the review of a charge, as a rule at Stripe does."""
    review = box.save(
        {
            "id": box.new_id("prv_1"),
            "object": _KIND,
            "billing_zip": None,
            "charge": charge["id"],
            "closed_reason": None,
            "created": box.now(),
            "ip_address": None,
            "ip_address_location": None,
            "livemode": False,
            "open": True,
            "opened_reason": "rule",
            "payment_intent": charge["payment_intent"],
            "reason": "rule",
            "session": None,
        }
    )
    charge["review"] = review["id"]
    box.save(charge)
    box.tell("review.opened", review)
    return review


def approve(box: Box, review_id: str) -> Json:
    """Close a review because the payment is good.

    Raises:
        Refused: It is closed already.
    """
    review = retrieve(box, review_id)
    if not review["open"]:
        raise Refused("This review has already been closed.", code="resource_already_exists")
    return _close(box, review, "approved")


def close_for(box: Box, charge: Json) -> None:
    """Close the reviews of a charge that was refunded in full or disputed."""
    for review in box.store.all(_KIND, charge=charge["id"]):
        if review["open"] and (charge["refunded"] or charge["disputed"]):
            _close(box, review, "disputed" if charge["disputed"] else "refunded")


def _close(box: Box, review: Json, reason: str) -> Json:
    review.update(open=False, reason=reason, closed_reason=reason)
    box.save(review)
    box.tell("review.closed", review)
    return review


def retrieve(box: Box, review_id: str) -> Json:
    """Return the review."""
    return box.get(_KIND, review_id)


def list_all(box: Box, params: Json) -> Json:
    """List reviews, newest first."""
    return page_of(box, _KIND, params, url="/v1/reviews", filters=())
