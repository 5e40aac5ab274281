"""The provider's deliveries: signature checked, stored, answered; a worker does the rest."""

import json
import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request
from flask.typing import ResponseReturnValue

from campaign.blueprints.donations import webhook_bp
from campaign.gateway_registry import current_context
from campaign.gateways.payments import BadSignature, UnusableEvent
from campaign.jobs import wake
from campaign.services.queues.inbox import receive
from campaign.web.error_pages import RETRY_AFTER_SECONDS
from campaign.web.security_headers import headers_of_all

log = logging.getLogger(__name__)

ADDRESS = "/webhooks/stripe"
MAX_LENGTH_DIGITS = 12
"""Python refuses to read a number of thousands of digits, and whoever sends one chooses when."""
Answer = tuple[Mapping[str, object], HTTPStatus]

BAD_SIGNATURE: Answer = {"error": "the signature does not fit"}, HTTPStatus.BAD_REQUEST
NOT_STORED: Answer = {"error": "not stored, please send again"}, HTTPStatus.SERVICE_UNAVAILABLE
STORED: Answer = {"received": True}, HTTPStatus.OK


@webhook_bp.post(ADDRESS)
def stripe() -> ResponseReturnValue:
    """Handles what the middleware leaves to Flask: a delivery without a length, or one that is too big."""
    message, status = _taken(request.get_data(cache=False), request.headers.get("Stripe-Signature", ""))
    return dict(message), status


class WebhookMiddleware:
    """Takes deliveries before Flask does: they need no session, no route and no page, and many come at once."""

    def __init__(self, app: WSGIApplication, *, flask: Flask) -> None:
        self._app = app
        self._flask = flask
        self._length_max: int = flask.config["MAX_CONTENT_LENGTH"]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != ADDRESS or environ["REQUEST_METHOD"] != "POST":
            return self._app(environ, start_response)
        length = environ.get("CONTENT_LENGTH", "")
        if not length.isdecimal() or len(length) > MAX_LENGTH_DIGITS or int(length) > self._length_max:
            return self._app(environ, start_response)
        body = environ["wsgi.input"].read(int(length))
        with self._flask.app_context():
            message, status = _taken(body, environ.get("HTTP_STRIPE_SIGNATURE", ""))
            headers = headers_of_all()
        answer = json.dumps(message).encode()
        given = [("Content-Type", "application/json"), ("Content-Length", str(len(answer))), *headers.items()]
        if status in RETRY_AFTER_SECONDS:
            given.append(("Retry-After", RETRY_AFTER_SECONDS[status]))
        start_response(f"{status} {status.phrase}", given)
        return [answer]


def _taken(body: bytes, signature: str) -> Answer:
    """200 once the event is stored, now or before; 400 when it is not the provider's or no event; 503 asks to send it again.

    The body is raw, because the signature is over its bytes.
    """
    context = current_context()
    try:
        receive(body, signature, context=context)
    except BadSignature as reason:
        log.warning("a delivery was refused: %s", reason)
        return BAD_SIGNATURE
    except UnusableEvent as reason:
        log.warning("a signed delivery was refused: %s", reason)
        return {"error": str(reason)}, HTTPStatus.BAD_REQUEST
    except Exception:  # a busy or a lost database, or a mistake of ours: Stripe keeps the event
        log.exception("an event could not be stored; the provider will send it again")
        return NOT_STORED
    wake("inbox")
    return STORED
