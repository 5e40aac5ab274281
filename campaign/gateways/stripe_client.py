"""The official Stripe library, with every harmful default changed; the only file that imports it.

Telemetry off, no proxy, short time-outs, two retries under one key, one pinned version. Its errors become ours, without
a key or a donor in their messages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, Final

import requests
import stripe

from campaign.gateways.payments import MissingAtProvider, PaymentRefused, PaymentsUnavailable

API_VERSION: Final = "2026-10-28.endive"
"""Given to the client and to the webhook endpoint, so that answers and events have the shapes that are read here."""
CONNECT_SECONDS, READ_SECONDS = 3, 12
RETRIES = 2
CALLS_AT_ONCE = 10
"""How many threads of a process may wait for Stripe: the others keep serving pages while it is slow."""
WAITING_AT_ONCE = 2
"""How many more may wait for one of those places, and how long; everybody else is told at once to try again."""
QUEUE_SECONDS = 2.0
SIGNATURE_AGE_SECONDS = 300

stripe.enable_telemetry = False  # it would write a file into the home directory and send platform data


class StripeClient:
    """One account at Stripe over HTTP; one instance serves all threads of a process."""

    def __init__(self, key: str, *, api_base: str | None = None) -> None:
        self._is_live = key.startswith(("sk_live_", "rk_live_"))
        self._api_base = api_base
        self._places = BoundedSemaphore(CALLS_AT_ONCE)
        self._waiting = BoundedSemaphore(WAITING_AT_ONCE)
        session = requests.Session()
        session.trust_env = False  # a proxy from the environment must not see the key, nor swallow loopback calls
        addresses: Any = {"base_addresses": {"api": api_base}} if api_base else {}
        self.v1 = stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS), session=session),
            **addresses,
        ).v1

    @property
    def mode(self) -> str:
        """Return sandbox, test or live."""
        if self._api_base:
            return "sandbox"
        return "live" if self._is_live else "test"

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take one of the places for calls with a waiting donor.

        Raises:
            PaymentsUnavailable: all are taken.
        """
        if not self._places.acquire(blocking=False) and not self._queued():
            raise PaymentsUnavailable("too many donors are waiting for Stripe")
        try:
            yield
        finally:
            self._places.release()

    def _queued(self) -> bool:
        """Wait a moment for a place, unless others wait already."""
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._places.acquire(timeout=QUEUE_SECONDS)
        finally:
            self._waiting.release()


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Return whether this secret made the signature within the last minutes; the library raises many kinds of errors."""
    try:
        return bool(
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret, tolerance=SIGNATURE_AGE_SECONDS)
        )
    except Exception:  # noqa: BLE001  # an outsider chooses what is raised: TypeError, UnicodeError, …
        return False


def signature_of(body: bytes, secret: str) -> str:
    """Return the provider's signature of this body: for testing our own address."""
    return str(stripe.WebhookSignature.generate_signature_header(body.decode(), secret))


@contextmanager
def translated() -> Iterator[None]:
    """Translate Stripe's refusals and time-outs into our errors, without a key or a donor in the message."""
    try:
        yield
    except stripe.APIConnectionError as error:
        raise PaymentsUnavailable("Stripe does not answer") from error
    except stripe.CardError as error:
        raise PaymentRefused(str(error.user_message), code=error.code) from error
    except stripe.RateLimitError as error:
        raise PaymentsUnavailable("Stripe asks us to wait") from error
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing" and error.http_status == 404:
            raise MissingAtProvider from error
        raise PaymentRefused(str(error.user_message), code=error.code, parameter=error.param) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise PaymentsUnavailable(f"Stripe refuses our key: {type(error).__name__}") from error
    except stripe.StripeError as error:
        is_answer = (error.http_status or 0) >= 500
        raise PaymentsUnavailable(f"Stripe failed with {error.http_status}", is_answer=is_answer) from error
