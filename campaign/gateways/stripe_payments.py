"""Gifts at Stripe: payment pages, what is known of a payment, refunds, signed deliveries."""

from typing import Any, cast

from campaign.domain.money import Money
from campaign.gateways.payments import (
    BadSignature,
    CheckoutPage,
    CheckoutParams,
    GiftReference,
    PaymentFacts,
    PaymentRefused,
    ReceivedEvent,
)
from campaign.gateways.stripe_client import StripeClient, is_signed, translated
from campaign.gateways.stripe_facts import Object, envelope, gift_reference, payment_facts

CHECKOUT_RETRIES = 1
"""A donor is waiting: she is told sooner, and may press again."""
EXPANDED_SESSION = ["payment_intent.latest_charge.balance_transaction"]
EXPANDED_REFUNDS = ["data.balance_transaction", "data.failure_balance_transaction"]


class StripePayments:
    """A PaymentGateway over HTTP."""

    def __init__(self, client: StripeClient, *, webhook_secrets: tuple[str, ...]) -> None:
        self._client = client
        self._v1 = client.v1
        self._webhook_secrets = webhook_secrets

    @property
    def mode(self) -> str:
        return self._client.mode

    @property
    def checkout_origin(self) -> str | None:
        # the sandbox's pages are on our own origin
        return None if self.mode == "sandbox" else "https://checkout.stripe.com"

    def open_checkout(self, params: CheckoutParams, *, key: str) -> CheckoutPage:
        options: Any = {"idempotency_key": key, "max_network_retries": CHECKOUT_RETRIES}
        with self._client.place(), translated():
            made = self._v1.checkout.sessions.create(cast(Any, params), options).to_dict()
        return CheckoutPage(checkout_id=made["id"], url=made["url"])

    def payment(self, checkout_id: str, *, whole: bool) -> PaymentFacts:
        with self._client.place(), translated():
            session = self._v1.checkout.sessions.retrieve(checkout_id, {"expand": EXPANDED_SESSION}).to_dict()
            intent: Object = session.get("payment_intent") or {}
            charge: Object = intent.get("latest_charge") or {}
            refunds: list[Object] = []
            if intent and (whole or charge.get("amount_refunded")):
                listed = self._v1.refunds.list(
                    {"payment_intent": intent["id"], "limit": 100, "expand": EXPANDED_REFUNDS}
                )
                refunds = [refund.to_dict() for refund in listed.auto_paging_iter()]
        return payment_facts(session, refunds)

    def donation_of(self, kind: str, object_id: str) -> GiftReference | None:
        with translated():
            if kind == "checkout.session":
                return gift_reference(self._v1.checkout.sessions.retrieve(object_id).to_dict())
            payment_id = self._payment_of(kind, object_id)
            if payment_id is None:
                return None
            listed = self._v1.checkout.sessions.list({"payment_intent": payment_id, "limit": 1})
        pages = [page.to_dict() for page in listed.data]
        return gift_reference(pages[0]) if pages else None

    def _payment_of(self, kind: str, object_id: str) -> str | None:
        """The PaymentIntent behind an object; None where there is none."""
        match kind:
            case "payment_intent":
                return object_id
            case "charge":
                found: Any = self._v1.charges.retrieve(object_id)
            case "refund":
                found = self._v1.refunds.retrieve(object_id)
            case _:
                return None
        payment: str | None = found.to_dict().get("payment_intent")
        return payment

    def expire_checkout(self, checkout_id: str) -> None:
        try:
            with translated():
                self._v1.checkout.sessions.expire(checkout_id)
        except PaymentRefused:
            return  # it is closed already

    def refund(self, payment_id: str, amount: Money, *, request_id: str, donation_id: str) -> None:
        params: Any = {
            "payment_intent": payment_id,
            "amount": amount.minor,
            "metadata": {"donation": donation_id, "refund_request": request_id},
        }
        with translated():
            self._v1.refunds.create(params, {"idempotency_key": f"refund-{request_id}"})

    def verify(self, body: bytes, signature: str) -> ReceivedEvent:
        if not any(is_signed(body, signature, secret) for secret in self._webhook_secrets):
            raise BadSignature("no known secret made this signature, or it is too old")
        return envelope(body)
