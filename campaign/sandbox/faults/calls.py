"""Faults of a call: before it is done, after it is done, or in the answer alone."""

import socket
import struct
import threading
import time
from collections.abc import Mapping
from typing import Final

from werkzeug.wrappers import Request, Response

from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.faults.rules import Fault

API_ERROR: Final[Json] = {
    "message": "An unknown error occurred. (This fault was asked for.)",
    "type": "api_error",
}
# In answers that are no JSON, so that a recorder does not take them for Stripe's.
MARK: Final = "Sandbox-Fault"


class Garbled(Exception):
    """An answer from a proxy in front of the API, without JSON."""

    def response(self, headers: Mapping[str, str]) -> Response:
        """Return a page of HTML."""
        page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
        return Response(page, 502, {**headers, MARK: "bad_gateway"}, content_type="text/html")


class RateLimit:
    """A number of calls a second; further calls are refused."""

    def __init__(self, calls_per_second: int | None) -> None:
        self._most = calls_per_second
        self._lock = threading.Lock()
        self._times: list[float] = []

    def require(self) -> None:
        """Count a call, or refuse it."""
        if self._most is None:
            return
        at = time.monotonic()
        with self._lock:
            self._times = [moment for moment in self._times if moment > at - 1]
            if len(self._times) >= self._most:
                raise _too_many()
            self._times.append(at)


def _too_many() -> Refused:
    return Refused(
        "Too many requests made to the API too quickly.",
        status=429,
        code="rate_limit",
        headers={"Stripe-Rate-Limited-Reason": "global-rate"},
    )


def before(fault: Fault | None, request: Request) -> None:
    """Apply the faults that occur before anything is done."""
    kind = fault.kind if fault else None
    if fault is not None and kind == "latency":
        time.sleep(fault.seconds)
    elif kind == "error_before":
        raise Refused(str(API_ERROR["message"]), status=500, kind="api_error")
    elif kind == "rate_limit":
        raise _too_many()
    elif kind == "bad_gateway":
        raise Garbled
    elif kind == "reset":
        _cut(request)
    elif kind in {"lock_timeout", "conflict"}:
        raise _busy(kind)


def _busy(kind: str | None) -> Refused:
    if kind == "conflict":
        return Refused(
            "There is currently another in-progress request using this Idempotent Key. Please try again later.",
            status=409,
            kind="idempotency_error",
            code="idempotency_key_in_use",
        )
    return Refused(
        "This object cannot be accessed right now because another API request or Stripe process is currently"
        " accessing it.",
        status=429,
        code="lock_timeout",
        headers={"Stripe-Should-Retry": "true"},
    )


def after(fault: Fault | None, request: Request) -> None:
    """Apply the faults that occur when everything is done and the answer is not sent yet."""
    if fault is None:
        return
    if fault.kind == "timeout_after":
        time.sleep(fault.seconds)
    if fault.kind in {"timeout_after", "reset_after"}:
        _cut(request)


def _cut(request: Request) -> None:
    """Close the connection with a reset, so that the client never gets an answer."""
    connection: socket.socket | None = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # The server's own files keep the socket open after a mere close; the client would wait.
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError("This fault was asked for.")


def cut_short(response: Response) -> Response:
    """Return the same answer, broken off in the middle."""
    text = response.get_data()
    response.set_data(text[: len(text) // 2])
    response.headers[MARK] = "malformed"
    return response


def hide_balance_transactions(body: object) -> None:
    """Show every charge as if its balance transaction did not exist yet."""
    if isinstance(body, dict):
        if body.get("object") == "charge":
            body["balance_transaction"] = None
        body = list(body.values())
    if isinstance(body, list):
        for below in body:
            hide_balance_transactions(below)
