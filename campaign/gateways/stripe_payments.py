"""Gifts at Stripe: payment pages, what is known of a payment and what came after it, refunds, signed deliveries."""

from typing import Any, cast

from campaign.domain.money import Money
from campaign.domain.payment import GiftReference, PaymentFacts
from campaign.gateways.payments import BadSignature, CheckoutPage, CheckoutParams, PaymentRefused, ReceivedEvent
from campaign.gateways.stripe_client import StripeClient, is_signed, translated
from campaign.gateways.stripe_facts import (
    Aftermath,
    Object,
    envelope,
    gift_reference,
    instant,
    invoice_facts,
    payment_facts,
    payment_of,
    subscription_of,
)
from campaign.gateways.stripe_pledges import StripePledges, cover_in

CHECKOUT_RETRIES = 1
"""A donor is waiting: she is told sooner, and may press again."""
EXPANDED_INTENT = ["latest_charge.balance_transaction"]
EXPANDED_SESSION = ["payment_intent.latest_charge.balance_transaction", "invoice.payments"]
EXPANDED_REFUNDS = ["data.balance_transaction", "data.failure_balance_transaction"]


class StripePayments:
    """A PaymentGateway over HTTP."""

    def __init__(
        self, client: StripeClient, *, webhook_secrets: tuple[str, ...], holds_elevated_risk: bool = True
    ) -> None:
        self._client = client
        self._v1 = client.v1
        self._webhook_secrets = webhook_secrets
        self._holds_elevated_risk = holds_elevated_risk
        self.pledges = StripePledges(client)

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
            if session.get("invoice"):  # a monthly gift's page leads to its payment through the first invoice
                session["payment_intent"] = self._intent(payment_of(session["invoice"]))
            intent: Object = session.get("payment_intent") or {}
            return payment_facts(session, self._after(intent, whole=whole))

    def payment_of_invoice(self, invoice_id: str, *, whole: bool) -> PaymentFacts:
        with self._client.place(), translated():
            invoice = self._v1.invoices.retrieve(invoice_id, {"expand": ["payments"]}).to_dict()
            intent = self._intent(payment_of(invoice))
            return invoice_facts(invoice, intent, self._after(intent, whole=whole))

    def _intent(self, payment_id: str | None) -> Object:
        if payment_id is None:
            return {}
        return self._v1.payment_intents.retrieve(payment_id, {"expand": EXPANDED_INTENT}).to_dict()

    def _after(self, intent: Object, *, whole: bool) -> Aftermath:
        """What came after the payment, where the whole is wanted or the charge shows some."""
        charge: Object = intent.get("latest_charge") or {}
        about: Any = {"payment_intent": intent.get("id"), "limit": 100}
        refunds = disputes = warnings = review = None
        if intent and (whole or charge.get("amount_refunded")):
            about_refunds: Any = {**about, "expand": EXPANDED_REFUNDS}
            refunds = self._v1.refunds.list(about_refunds)
        if intent and (whole or charge.get("disputed")):
            disputes = self._v1.disputes.list(about)
        if intent and whole:
            warnings = self._v1.radar.early_fraud_warnings.list(about)
        if charge.get("review"):
            review = self._v1.reviews.retrieve(charge["review"]).to_dict()
        return Aftermath(
            *(_all_of(refunds), _all_of(disputes), _all_of(warnings), review), is_risk_sign=self._holds_elevated_risk
        )

    def donation_of(self, kind: str, object_id: str) -> GiftReference | None:
        with translated():
            if kind == "checkout.session":
                return gift_reference(self._v1.checkout.sessions.retrieve(object_id).to_dict())
            if kind == "invoice":
                return self._gift_of_invoice(object_id)
            payment_id = self._payment_of(kind, object_id)
            if payment_id is None:
                return None
            listed = self._v1.checkout.sessions.list({"payment_intent": payment_id, "limit": 1})
            pages = [page.to_dict() for page in listed.data]
            if pages:
                return gift_reference(pages[0])
            params: Any = {"payment": {"type": "payment_intent", "payment_intent": payment_id}, "limit": 1}
            months = [str(month.invoice) for month in self._v1.invoice_payments.list(params).data]
            return self._gift_of_invoice(months[0]) if months else None

    def _gift_of_invoice(self, invoice_id: str) -> GiftReference | None:
        """The first invoice belongs to the page on which the monthly gift was begun; the later ones to no page."""
        invoice = self._v1.invoices.retrieve(invoice_id).to_dict()
        subscription = subscription_of(invoice)
        metadata: Object = subscription.get("metadata") or {}
        donation = metadata.get("donation")
        if not isinstance(donation, str):
            return None
        pages = []
        if invoice["billing_reason"] == "subscription_create":
            pages = self._v1.checkout.sessions.list({"subscription": subscription["subscription"], "limit": 1}).data
        return GiftReference(
            public_id=donation,
            checkout_id=pages[0].id if pages else None,
            subscription_id=subscription["subscription"],
            invoice_id=invoice_id,
            paid=Money(invoice["amount_paid"], invoice["currency"].upper()),
            cover_minor=cover_in(metadata),
            billed_at=instant(invoice["created"]),
        )

    def _payment_of(self, kind: str, object_id: str) -> str | None:
        """The PaymentIntent behind an object; None where there is none."""
        match kind:
            case "payment_intent":
                return object_id
            case "charge":
                subject: Any = self._v1.charges.retrieve(object_id)
            case "refund":
                subject = self._v1.refunds.retrieve(object_id)
            case "charge.dispute":
                subject = self._v1.disputes.retrieve(object_id)
            case "radar.early_fraud_warning":
                subject = self._v1.radar.early_fraud_warnings.retrieve(object_id)
            case "review":
                subject = self._v1.reviews.retrieve(object_id)
            case _:
                return None
        payment: str | None = subject.to_dict().get("payment_intent")
        return payment

    def expire_checkout(self, checkout_id: str) -> bool:
        options: Any = {"max_network_retries": 0}  # a donor may be waiting; whoever comes next tries again
        try:
            with self._client.place(), translated():
                self._v1.checkout.sessions.expire(checkout_id, None, options)
        except PaymentRefused:
            return False  # it is closed already
        return True

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


def _all_of(listed: Any) -> list[Object]:  # a list of any of the library's objects
    return [one.to_dict() for one in listed.auto_paging_iter()] if listed else []
