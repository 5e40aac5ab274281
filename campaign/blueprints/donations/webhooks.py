"""The provider's deliveries: signature checked, stored, answered; a worker does the rest."""

import logging

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from campaign.blueprints.donations import webhook_bp
from campaign.database import DatabaseBusy
from campaign.gateways.payments import BadSignature
from campaign.jobs import wake
from campaign.services.webhook_inbox import receive
from campaign.wiring import gateways

log = logging.getLogger(__name__)


@webhook_bp.post("/webhooks/stripe")
def stripe() -> ResponseReturnValue:
    """200 once the event is stored, now or before; 400 when it is not the provider's; 503 asks to send it again.

    The body is read raw, because the signature is over its bytes; one that is too big is refused by MAX_CONTENT_LENGTH.
    """
    body = request.get_data(cache=False)
    outside = gateways()
    try:
        receive(body, request.headers.get("Stripe-Signature", ""), payments=outside.payments, clock=outside.clock)
    except BadSignature as reason:
        log.warning("a delivery was refused: %s", reason)
        return {"error": "the signature does not fit"}, 400
    except (DatabaseBusy, SQLAlchemyError):
        log.exception("an event could not be stored; the provider will send it again")
        return {"error": "not stored, please send again"}, 503
    wake("inbox")
    return {"received": True}
