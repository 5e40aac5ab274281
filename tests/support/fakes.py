"""The outside world for tests: small fakes that remember what happened, written once and used by all."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from campaign.domain.donation import Fact
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction, GiftReference, PaymentFacts, RefundFacts
from campaign.gateways.mailer import Email, MailUnavailable
from campaign.gateways.payments import (
    BadSignature,
    CheckoutPage,
    CheckoutParams,
    MissingAtProvider,
    PaymentRefused,
    PaymentsUnavailable,
    ReceivedEvent,
)
from campaign.gateways.provider_account import NoAccount
from tests.support.fake_disputes import FakeDisputes
from tests.support.fake_pledges import FakePledges
from tests.support.payment_facts import UNPAID

SIGNATURE = "signed by the fake"


@dataclass
class SettableClock:
    """Stands still until a test moves it."""

    at: datetime = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def advance(self, **how_far: float) -> None:
        """`advance(minutes=5)`: the arguments of timedelta."""
        self.at += timedelta(**how_far)


@dataclass
class FakeAccount(NoAccount):
    """An account at the provider that is credited in these currencies and has no movements; none: it does not answer."""

    currencies: tuple[str, ...] = ("USD",)

    def settlement_currencies(self) -> tuple[str, ...]:
        if not self.currencies:
            raise PaymentsUnavailable("the fake account does not answer")
        return self.currencies


@dataclass
class RecordingMailer:
    """Takes every letter; unavailable while `is_down`."""

    sent: list[Email] = field(default_factory=list)
    is_down: bool = False
    sends: bool = True
    is_ready: bool = True

    def send(self, letter: Email) -> None:
        if self.is_down:
            raise MailUnavailable("the fake mail server is down")
        self.sent.append(letter)


@dataclass
class FakePayments(FakeDisputes):
    """A provider in memory, with the real one's promises: one page per key, one refund per request.

    A test tells what happened: `pay`, `settle`, `expire`, `fail`, `settle_refund`, and all of FakeDisputes. `is_down`
    refuses every call; `loses_answers` does what is asked and then fails, as a broken connection does.
    """

    clock: SettableClock = field(default_factory=SettableClock)
    mode: str = "sandbox"
    checkout_origin: str | None = "https://checkout.example"
    is_down: bool = False
    loses_answers: bool = False
    calls: list[str] = field(default_factory=list)
    facts: dict[str, PaymentFacts] = field(default_factory=dict)
    pages: dict[str, tuple[CheckoutParams, CheckoutPage]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pledges = FakePledges(self)

    def open_checkout(self, params: CheckoutParams, *, key: str) -> CheckoutPage:
        self._called("open_checkout")
        if key not in self.pages:
            checkout_id = f"cs_{'live' if self.mode == 'live' else 'test'}_{len(self.pages) + 1:06}"
            page = CheckoutPage(checkout_id=checkout_id, url=f"{self.checkout_origin}/pay/{checkout_id}")
            self.pages[key] = (params, page)
            self.facts[checkout_id] = _opened(checkout_id, params)
        known, page = self.pages[key]
        if known != params:
            raise PaymentRefused("the key was used with other parameters", code="idempotency_error")
        self._answer()
        return page

    def payment(self, checkout_id: str, *, whole: bool) -> PaymentFacts:
        self._called("payment")
        if checkout_id not in self.facts:
            raise MissingAtProvider(checkout_id)
        facts = self.facts[checkout_id]
        self._answer()
        return facts

    def payment_of_invoice(self, invoice_id: str, *, whole: bool) -> PaymentFacts:
        self._called("payment_of_invoice")
        facts = self.pledges.month(invoice_id)
        self._answer()
        return facts

    def donation_of(self, kind: str, object_id: str) -> GiftReference | None:
        self._called("donation_of")
        for facts in self.facts.values():
            refunds = [refund.provider_id for refund in facts.refunds]
            claims = [dispute.provider_id for dispute in facts.disputes]
            warnings = [warning.provider_id for warning in facts.warnings]
            after = [*refunds, *claims, *warnings]
            if object_id in {facts.checkout_id, facts.payment_id, facts.charge_id, *after}:
                public_id = facts.donation_public_id
                return GiftReference(public_id=public_id, checkout_id=facts.checkout_id) if public_id else None
        if (month := self.pledges.reference(object_id)) is not None:
            return month
        raise MissingAtProvider(f"{kind} {object_id}")

    def expire_checkout(self, checkout_id: str) -> bool:
        self._called("expire_checkout")
        is_open = self.facts[checkout_id].fact is Fact.OPENED
        if is_open:
            self.expire(checkout_id)
        self._answer()
        return is_open

    def refund(self, payment_id: str, amount: Money, *, request_id: str, donation_id: str) -> None:
        self._called("refund")
        facts = next(facts for facts in self.facts.values() if facts.payment_id == payment_id)
        if any(dispute.status in {"needs_response", "under_review", "lost"} for dispute in facts.disputes):
            raise PaymentRefused("the charge has been charged back", code="charge_disputed")
        if request_id not in [refund.request_id for refund in facts.refunds]:
            back = sum(refund.amount.minor for refund in facts.refunds if refund.state in {"pending", "succeeded"})
            if back + amount.minor > facts.amount.minor:
                raise PaymentRefused("more than was paid", code="charge_already_refunded", parameter="amount")
            refund = RefundFacts(
                provider_id=f"re_{request_id}",
                amount=amount,
                state="pending",
                made_at=self.clock.now(),
                request_id=request_id,
                settled=None,
                settled_on=None,
                returned=None,
                returned_on=None,
            )
            self._tell(str(facts.checkout_id or facts.invoice_id), refunds=(*facts.refunds, refund))
        self._answer()

    def verify(self, body: bytes, signature: str) -> ReceivedEvent:
        if signature != SIGNATURE:
            raise BadSignature("not signed by the fake")
        event = json.loads(body)
        return ReceivedEvent(
            event_id=event["id"],
            type=event["type"],
            object_id=event["data"]["object"]["id"],
            api_version=event["api_version"],
            livemode=event["livemode"],
            created_at=datetime.fromtimestamp(event["created"], UTC),
        )

    def pay(self, checkout_id: str, *, email: str = "donor@example.org", name: str = "Aida Donor") -> None:
        """The donor pays by card; the provider's fee is not known yet."""
        self._tell(
            checkout_id,
            fact=Fact.PAID,
            payment_id=f"pi_{checkout_id}",
            charge_id=f"ch_{checkout_id}",
            paid_at=self.clock.now(),
            email=email,
            name=name,
            method="card",
            method_brand="visa",
            method_last4="4242",
        )

    def money_comes(self, checkout_id: str) -> None:
        """The debit that was awaited succeeds. As at the real one, only an event tells when; its charge is days old."""
        self._tell(
            checkout_id,
            fact=Fact.PAID,
            payment_id=f"pi_{checkout_id}",
            charge_id=f"ch_{checkout_id}",
            paid_at=None,
            method="bank",
        )

    def wait(self, checkout_id: str, *, email: str | None = "donor@example.org", name: str = "Aida Donor") -> None:
        """The donor pays by a method that takes days."""
        self._tell(checkout_id, fact=Fact.UNPAID, payment_id=f"pi_{checkout_id}", email=email, name=name)

    def settle(self, checkout_id: str, *, fee_minor: int, gross: Money | None = None, rate: str | None = None) -> None:
        """The gift reaches the balance, less its fee; `gross` is given where it was converted."""
        into = gross or self.facts[checkout_id].amount
        settled = BalanceTransaction(f"txn_{checkout_id}", into, Money(fee_minor, into.currency))
        self._tell(checkout_id, settled=settled, settled_on=self.clock.now(), rate=rate)

    def expire(self, checkout_id: str) -> None:
        self._tell(checkout_id, fact=Fact.EXPIRED)

    def fail(self, checkout_id: str) -> None:
        self._tell(checkout_id, fact=Fact.FAILED)

    def settle_refund(self, request_id: str) -> None:
        """The refund succeeds and leaves the balance, in the currency of the settlement and without a fee."""
        for facts in list(self.facts.values()):
            if request_id in [refund.request_id for refund in facts.refunds]:
                self._tell(str(facts.checkout_id), refunds=tuple(self._settled(r, request_id) for r in facts.refunds))

    def event(self, type_: str, object_id: str, *, event_id: str = "evt_1", object_type: str = "") -> bytes:
        """The body of a delivery about an object, to be signed with SIGNATURE."""
        event: dict[str, Any] = {
            "id": event_id,
            "object": "event",
            "type": type_,
            "created": int(self.clock.now().timestamp()),
            "api_version": "fake",
            "livemode": False,
            "data": {"object": {"id": object_id, "object": object_type or type_.rpartition(".")[0]}},
        }
        return json.dumps(event).encode()

    def _settled(self, refund: RefundFacts, request_id: str) -> RefundFacts:
        if refund.request_id != request_id:
            return refund
        out = BalanceTransaction(f"txn_{refund.provider_id}", refund.amount, Money(0, refund.amount.currency))
        return replace(refund, state="succeeded", settled=out, settled_on=self.clock.now())

    def _tell(self, checkout_id: str, **news: Any) -> None:  # the fields of PaymentFacts
        self.facts[checkout_id] = replace(self.facts[checkout_id], **news)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.is_down:
            raise PaymentsUnavailable("the fake provider is down")

    def _answer(self) -> None:
        if self.loses_answers:
            raise PaymentsUnavailable("the answer was lost on the way")


def _opened(checkout_id: str, params: CheckoutParams) -> PaymentFacts:
    checkout: Any = params  # JSON of the provider's shape
    prices = [(item["price_data"], item.get("quantity", 1)) for item in checkout["line_items"]]
    return replace(
        UNPAID,
        checkout_id=checkout_id,
        donation_public_id=checkout["client_reference_id"],
        fact=Fact.OPENED,
        amount=Money(
            sum(price["unit_amount"] * quantity for price, quantity in prices), prices[0][0]["currency"].upper()
        ),
        email=checkout.get("customer_email"),
        payment_id=None,
    )
