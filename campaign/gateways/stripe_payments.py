"""Stripe, spoken by its official library; the only file that imports it.

Every default of the library that would hurt is set here: telemetry off, no proxy, short time-outs, two retries under
one key, one pinned version. Stripe's objects become plain dictionaries at once, and our facts before they leave.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import BoundedSemaphore
from typing import Any, Final, cast

import requests
import stripe

from campaign.domain.donation import Fact
from campaign.domain.journal import Settled
from campaign.domain.money import Money
from campaign.gateways.payments import (
    BadSignature,
    CheckoutPage,
    CheckoutParams,
    GoneAtProvider,
    PaymentFacts,
    PaymentRefused,
    PaymentsUnavailable,
    ReceivedEvent,
    RefundFacts,
)

API_VERSION: Final = "2026-10-28.endive"
"""Given to the client and to the webhook endpoint, so that answers and events have the shapes that are read here."""
CONNECT_SECONDS, READ_SECONDS = 3, 12
RETRIES = 2
CHECKOUT_RETRIES = 1
"""A donor is waiting: she is told sooner, and may press again."""
CALLS_AT_ONCE = 10
"""How many threads of a process may wait for Stripe: the others keep serving pages while it is slow."""
WAITING_AT_ONCE = 2
"""How many more may wait for one of those places, and how long; everybody else is told at once to try again."""
QUEUE_SECONDS = 2.0
SIGNATURE_AGE_SECONDS = 300
EXPANDED_SESSION = ["payment_intent.latest_charge.balance_transaction"]
EXPANDED_REFUNDS = ["data.balance_transaction", "data.failure_balance_transaction"]

BRANDS = {"amex": "American Express", "jcb": "JCB", "unionpay": "UnionPay"}
"""Brands whose own spelling is more than a capital letter."""

Object = dict[str, Any]  # a Stripe object as it came, of any shape

stripe.enable_telemetry = False  # it would write a file into the home directory and send platform data


class StripePayments:
    """A PaymentGateway over HTTP; one instance serves all threads of a process."""

    def __init__(self, key: str, *, webhook_secrets: tuple[str, ...], api_base: str | None = None) -> None:
        self._webhook_secrets = webhook_secrets
        self._is_live = key.startswith(("sk_live_", "rk_live_"))
        self._api_base = api_base
        self._places = BoundedSemaphore(CALLS_AT_ONCE)
        self._waiting = BoundedSemaphore(WAITING_AT_ONCE)
        session = requests.Session()
        session.trust_env = False  # a proxy from the environment must not see the key, nor swallow loopback calls
        addresses: Any = {"base_addresses": {"api": api_base}} if api_base else {}
        self._v1 = stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS), session=session),
            **addresses,
        ).v1

    @property
    def mode(self) -> str:
        if self._api_base:
            return "sandbox"
        return "live" if self._is_live else "test"

    @property
    def checkout_origin(self) -> str | None:
        return None if self._api_base else "https://checkout.stripe.com"  # the sandbox's pages are on our own origin

    def open_checkout(self, params: CheckoutParams, *, key: str) -> CheckoutPage:
        options: Any = {"idempotency_key": key, "max_network_retries": CHECKOUT_RETRIES}
        with self._place(), _translated():
            made = self._v1.checkout.sessions.create(cast(Any, params), options).to_dict()
        return CheckoutPage(checkout_id=made["id"], url=made["url"])

    def payment(self, checkout_id: str, *, with_refunds: bool) -> PaymentFacts:
        with self._place(), _translated():
            session = self._v1.checkout.sessions.retrieve(checkout_id, {"expand": EXPANDED_SESSION}).to_dict()
            intent: Object = session.get("payment_intent") or {}
            charge: Object = intent.get("latest_charge") or {}
            refunds: list[Object] = []
            if intent and (with_refunds or charge.get("amount_refunded")):
                listed = self._v1.refunds.list(
                    {"payment_intent": intent["id"], "limit": 100, "expand": EXPANDED_REFUNDS}
                )
                refunds = [refund.to_dict() for refund in listed.auto_paging_iter()]
        return payment_facts(session, refunds)

    def donation_of(self, kind: str, object_id: str) -> str | None:
        with _translated():
            match kind:
                case "checkout.session":
                    found: Any = self._v1.checkout.sessions.retrieve(object_id)
                case "payment_intent":
                    found = self._v1.payment_intents.retrieve(object_id)
                case "charge":
                    found = self._v1.charges.retrieve(object_id)
                case "refund":
                    refund = self._v1.refunds.retrieve(object_id, {"expand": ["payment_intent"]})
                    found = refund.payment_intent
                case _:
                    return None
        metadata: Object = (found.to_dict() if found else {}).get("metadata") or {}
        donation = metadata.get("donation")
        return donation if isinstance(donation, str) else None

    def expire_checkout(self, checkout_id: str) -> None:
        try:
            with _translated():
                self._v1.checkout.sessions.expire(checkout_id)
        except PaymentRefused:
            return  # it is closed already

    def refund(self, payment_id: str, amount: Money, *, request_id: str, donation_id: str) -> None:
        params: Any = {
            "payment_intent": payment_id,
            "amount": amount.minor,
            "metadata": {"donation": donation_id, "refund_request": request_id},
        }
        with _translated():
            self._v1.refunds.create(params, {"idempotency_key": f"refund-{request_id}"})

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the calls that may be under way with a donor waiting; PaymentsUnavailable when there are too many."""
        if not self._places.acquire(blocking=False) and not self._queued():
            raise PaymentsUnavailable("too many donors are waiting for Stripe")
        try:
            yield
        finally:
            self._places.release()

    def _queued(self) -> bool:
        """Wait for a place for a moment, unless others do already."""
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._places.acquire(timeout=QUEUE_SECONDS)
        finally:
            self._waiting.release()

    def verify(self, body: bytes, signature: str) -> ReceivedEvent:
        if not any(_is_signed(body, signature, secret) for secret in self._webhook_secrets):
            raise BadSignature("no known secret made this signature, or it is too old")
        return envelope(body)


def envelope(body: bytes) -> ReceivedEvent:
    """The outside of a signed event; BadSignature when it is not of the form that we know, whoever signed it."""
    try:
        event = json.loads(body)
        if event["object"] != "event":
            raise BadSignature(f"a {event['object']} was sent; choose snapshot events for this endpoint at Stripe")
        found = event["data"]["object"]
        return ReceivedEvent(
            event_id=_text(event["id"]),
            type=_text(event["type"]),
            object_id=_text(found.get("id", "")),
            api_version=event.get("api_version"),
            livemode=event["livemode"] is True,
            created_at=_instant(event["created"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise BadSignature("signed, but not an event") from error


def payment_facts(session: Object, refunds: list[Object]) -> PaymentFacts:
    """A Checkout Session with its payment expanded, and its refunds, in our own words."""
    intent: Object = session.get("payment_intent") or {}
    charge: Object = intent.get("latest_charge") or {}
    transaction: Object = charge.get("balance_transaction") or {}
    card: Object = (charge.get("payment_method_details") or {}).get("card") or {}
    person: Object = session.get("customer_details") or {}
    currency = session["currency"].upper()
    fact = _fact(session, intent)
    return PaymentFacts(
        checkout_id=session["id"],
        donation_public_id=(session.get("metadata") or {}).get("donation"),
        livemode=session["livemode"],
        fact=fact,
        amount=Money(session["amount_total"], currency),
        email=person.get("email") or session.get("customer_email"),
        name=person.get("name"),
        payment_id=intent.get("id"),
        charge_id=charge.get("id") if fact is Fact.PAID else None,
        paid_at=_instant(charge["created"]) if fact is Fact.PAID and charge else None,
        method=("card" if card else "bank") if charge else None,
        method_brand=BRANDS.get(card["brand"], card["brand"].title()) if card.get("brand") else None,
        method_last4=card.get("last4"),
        settled=_settled(transaction),
        settled_on=_instant(transaction["created"]) if transaction else None,
        rate=_rate(transaction),
        refunds=tuple(_refund_facts(refund) for refund in refunds),
    )


def _fact(session: Object, intent: Object) -> Fact:
    if session["status"] == "expired":
        return Fact.EXPIRED
    if session["status"] != "complete":
        return Fact.OPENED
    if session["payment_status"] in {"paid", "no_payment_required"}:
        return Fact.PAID
    is_over = intent.get("status") in {"requires_payment_method", "canceled"}
    return Fact.FAILED if is_over else Fact.UNPAID


def _refund_facts(refund: Object) -> RefundFacts:
    made: Object = refund.get("balance_transaction") or {}
    undone: Object = refund.get("failure_balance_transaction") or {}
    states = {"requires_action": "pending"}
    return RefundFacts(
        provider_id=refund["id"],
        amount=Money(refund["amount"], refund["currency"].upper()),
        state=str(states.get(refund["status"], refund["status"])),
        made_at=_instant(refund["created"]),
        request_id=(refund.get("metadata") or {}).get("refund_request"),
        settled=_settled(made, sign=-1),
        settled_on=_instant(made["created"]) if made else None,
        returned=_settled(undone),
        returned_on=_instant(undone["created"]) if undone else None,
    )


def _settled(transaction: Object, *, sign: int = 1) -> Settled | None:
    if not transaction:
        return None
    currency = transaction["currency"].upper()
    return Settled(
        transaction_id=transaction["id"],
        gross=Money(sign * transaction["amount"], currency),
        fee=Money(transaction["fee"], currency),
    )


def _rate(transaction: Object) -> str | None:
    rate = transaction.get("exchange_rate")
    return None if rate is None else str(rate)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 255:
        raise TypeError
    return value


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether this secret made the signature within the last minutes; the library raises too many things to list."""
    try:
        return bool(
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret, tolerance=SIGNATURE_AGE_SECONDS)
        )
    except Exception:  # noqa: BLE001  # an outsider chooses what is raised: TypeError, UnicodeError, …
        return False


@contextmanager
def _translated() -> Iterator[None]:
    """Stripe's refusals and silences in our own words; nothing of a key or a donor goes into the message."""
    try:
        yield
    except stripe.APIConnectionError as error:
        raise PaymentsUnavailable("Stripe does not answer") from error
    except stripe.RateLimitError as error:
        raise PaymentsUnavailable("Stripe asks us to wait") from error
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing" and error.http_status == 404:
            raise GoneAtProvider from error
        raise PaymentRefused(str(error.user_message), code=error.code, parameter=error.param) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise PaymentsUnavailable(f"Stripe refuses our key: {type(error).__name__}") from error
    except stripe.StripeError as error:
        is_answer = (error.http_status or 0) >= 500
        raise PaymentsUnavailable(f"Stripe failed with {error.http_status}", is_answer=is_answer) from error
