"""Early fraud warnings: a bank reports a payment as fraudulent before its owner disputes it."""

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import charges
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import Text, list_params

LIST = list_params(charge=Text(), payment_intent=Text())
_KIND = "radar.early_fraud_warning"


def warn(box: Box, charge_id: str) -> Json:
    """Issue a warning about a charge; a refund is still possible and usually wise."""
    charge = charges.retrieve(box, charge_id)
    warning = box.save(
        {
            "id": box.new_id("issfr_1"),
            "object": _KIND,
            "actionable": not charge["refunded"] and not charge["disputed"],
            "charge": charge_id,
            "created": box.now(),
            "fraud_type": "unauthorized_use_of_card",
            "livemode": False,
            "payment_intent": charge["payment_intent"],
        }
    )
    box.tell(f"{_KIND}.created", warning)
    return warning


def settle_for(box: Box, charge: Json) -> None:
    """Mark the warnings of a refunded or disputed charge as no longer actionable."""
    for warning in box.store.all(_KIND, charge=charge["id"]):
        if warning["actionable"] and (charge["refunded"] or charge["disputed"]):
            warning["actionable"] = False
            box.save(warning)
            box.tell(f"{_KIND}.updated", warning, {"actionable": True})


def retrieve(box: Box, warning_id: str) -> Json:
    """Return the warning."""
    return box.get(_KIND, warning_id)


def list_all(box: Box, params: Json) -> Json:
    """List warnings, newest first."""
    return page_of(box, _KIND, params, url="/v1/radar/early_fraud_warnings", filters=("charge", "payment_intent"))
