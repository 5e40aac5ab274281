"""What we ask of a payment provider, in our own words; `stripe_payments` asks Stripe, `stripe_facts` reads its answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from campaign.domain.errors import DomainError
from campaign.domain.money import Money
from campaign.domain.payment import GiftReference, PaymentFacts
from campaign.gateways.pledges import PledgeGateway

CheckoutParams = dict[str, object]
"""Exactly what the provider is asked for a payment page; frozen in the donation's row before the first try."""


class PaymentsUnavailable(DomainError):
    """The provider cannot be reached, is too slow, or asks us to wait.

    `is_answer` tells that it did answer, with a failure of its own: it keeps that answer under the request's key, so
    the next try needs another key. Without an answer the same key is used again, and finds what may have been made.
    """

    def __init__(self, message: str = "", *, is_answer: bool = False) -> None:
        super().__init__(message)
        self.is_answer = is_answer


class MissingAtProvider(DomainError):
    """The provider has no such object (any more): there is nothing to do about it."""


class PaymentsNotConfigured(DomainError):
    """This installation has no key, so it takes no card gifts."""


class PaymentRefused(DomainError):
    """The provider understood and said no, for good; the message is for staff."""

    def __init__(self, message: str, *, code: str | None = None, parameter: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.parameter = parameter


class BadSignature(DomainError):
    """A delivery was not signed by the provider, or is too old."""


class UnusableEvent(DomainError):
    """A delivery was signed by the provider and is not of the form that we know; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutPage:
    """A payment page at the provider."""

    checkout_id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedEvent:
    """A signed event, read no further than its envelope."""

    event_id: str
    type: str
    object_id: str
    api_version: str | None
    livemode: bool
    created_at: datetime


class PaymentGateway(Protocol):
    """The provider. Each call may raise PaymentsUnavailable; none is made inside a transaction."""

    @property
    def mode(self) -> str:
        """none, sandbox, test or live."""

    @property
    def checkout_origin(self) -> str | None:
        """The origin that the donor is sent to, for the page's Content-Security-Policy."""

    def open_checkout(self, params: CheckoutParams, *, key: str) -> CheckoutPage:
        """Make the payment page, or find the one made with the same key."""

    def payment(self, checkout_id: str, *, whole: bool) -> PaymentFacts:
        """Return what the provider knows of a payment now.

        Refunds and disputes are fetched with `whole` or when the charge shows some, fraud warnings with `whole` alone;
        else the set is empty.

        Raises:
            MissingAtProvider: There is no such page.
        """

    @property
    def pledges(self) -> PledgeGateway:
        """Monthly gifts at the same provider."""

    def payment_of_invoice(self, invoice_id: str, *, whole: bool) -> PaymentFacts:
        """The same for a month's invoice of a monthly gift; `donation_public_id` is the first month's gift."""

    def donation_of(self, kind: str, object_id: str) -> GiftReference | None:
        """Return whose gift an object is about, and where it was paid; None when it is not ours.

        `kind` is checkout.session, payment_intent, charge, refund, charge.dispute, radar.early_fraud_warning or
        invoice. Raises MissingAtProvider when it does not exist.
        """

    def expire_checkout(self, checkout_id: str) -> bool:
        """Close a page that is not needed any more.

        Returns:
            Whether it was open; one that was paid or has run out is left as it is.
        """

    def refund(self, payment_id: str, amount: Money, *, request_id: str, donation_id: str) -> None:
        """Ask to send money back; the same request asked again is one refund. PaymentRefused when it may not be."""

    def verify(self, body: bytes, signature: str) -> ReceivedEvent:
        """The envelope of a signed delivery; BadSignature otherwise."""


class NoPayments:
    """An installation without a key: the site tells its story and takes no card gifts."""

    mode = "none"
    checkout_origin = None

    def open_checkout(self, params: CheckoutParams, *, key: str) -> CheckoutPage:  # noqa: ARG002
        raise PaymentsNotConfigured

    def payment(self, checkout_id: str, *, whole: bool) -> PaymentFacts:  # noqa: ARG002
        raise PaymentsNotConfigured

    @property
    def pledges(self) -> PledgeGateway:
        raise PaymentsNotConfigured

    def payment_of_invoice(self, invoice_id: str, *, whole: bool) -> PaymentFacts:  # noqa: ARG002
        raise PaymentsNotConfigured

    def donation_of(self, kind: str, object_id: str) -> GiftReference | None:  # noqa: ARG002
        raise PaymentsNotConfigured

    def expire_checkout(self, checkout_id: str) -> bool:  # noqa: ARG002
        raise PaymentsNotConfigured

    def refund(self, payment_id: str, amount: Money, *, request_id: str, donation_id: str) -> None:  # noqa: ARG002
        raise PaymentsNotConfigured

    def verify(self, body: bytes, signature: str) -> ReceivedEvent:  # noqa: ARG002
        raise BadSignature("no key is set, so nothing can be signed for us")
