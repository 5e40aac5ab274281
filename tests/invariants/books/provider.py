"""The provider with a memory: what it knew of each gift at every moment, what it owes us, and what it has told."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from campaign.domain.donation import Fact
from campaign.domain.fraud_hold import FraudSign
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction, DisputeFacts, GiftReference, PaymentFacts, RefundFacts
from campaign.gateways.payments import CheckoutPage, CheckoutParams, MissingAtProvider
from campaign.gateways.provider_account import MissedEvent
from tests.invariants.books.account import Account
from tests.support.fakes import SIGNATURE, FakePayments

SENT_BACK = ("pending", "succeeded")


@dataclass(frozen=True)
class ReportedEvent:
    """An event that the provider has to deliver."""

    checkout_id: str  # the payment that it is about, by its page or, where there is none, by its invoice
    type: str
    object_id: str
    number: int


@dataclass
class Provider(FakePayments):
    """FakePayments that keeps every moment of a gift, counts our balance by itself, and can be overtaken."""

    moments: dict[str, list[PaymentFacts]] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)  # checkout → the moment that the last answer told
    delayed: set[str] = field(default_factory=set)  # pages that were paid by a method that takes days
    events: list[ReportedEvent] = field(default_factory=list)
    delivered: set[ReportedEvent] = field(default_factory=set)  # what was taken in, once at least
    meanwhile: list[Callable[[], object]] = field(default_factory=list)  # done while an answer is on its way

    def __post_init__(self) -> None:
        super().__post_init__()
        self.account = Account(self)

    @property
    def balance(self) -> Counter[str]:
        """What we have there, by currency."""
        return self.account.balance()

    def open_checkout(self, params: CheckoutParams, *, key: str) -> CheckoutPage:
        page = super().open_checkout(params, key=key)
        self._while_on_its_way()
        return page

    def payment(self, checkout_id: str, *, whole: bool) -> PaymentFacts:
        facts = super().payment(checkout_id, whole=whole)
        index = len(self.moments_of(checkout_id)) - 1
        self._while_on_its_way()
        if not whole:
            shown = tuple(known for known in facts.warnings if known.sign is not FraudSign.WARNING)
            facts = replace(facts, warnings=shown)
        # Without being asked, the real one shows refunds only while the charge counts something as sent back.
        if hides_refunds(facts) and not whole:
            return replace(facts, refunds=())
        self.answered[checkout_id] = max(index, self.answered.get(checkout_id, 0))
        return facts

    def payment_of_invoice(self, invoice_id: str, *, whole: bool) -> PaymentFacts:
        return self.payment(invoice_id, whole=whole)

    def donation_of(self, kind: str, object_id: str) -> GiftReference | None:
        self._called("donation_of")
        for facts in self.facts.values():
            after = [refund.provider_id for refund in facts.refunds]
            after += [dispute.provider_id for dispute in facts.disputes]
            after += [warning.provider_id for warning in facts.warnings]
            if object_id in {facts.checkout_id, facts.invoice_id, facts.payment_id, facts.charge_id, *after}:
                return self._reference(facts)
        raise MissingAtProvider(f"{kind} {object_id}")

    def another_page(self, checkout_id: str) -> str:
        """A second page of the same gift, as it is left behind where the answer to a press of the button was lost."""
        [params] = [known for known, page in self.pages.values() if page.checkout_id == checkout_id]
        return super().open_checkout(params, key=f"another {len(self.pages)}").checkout_id

    def renews(self, subscription_id: str) -> str:
        """Another month of a monthly gift is charged; its invoice."""
        invoice_id = self.pledges.renew(subscription_id)
        paid = self.pledges.months[invoice_id]
        opened = replace(paid, fact=Fact.OPENED, charge_id=None, paid_at=None)
        self.facts[invoice_id], self.moments[invoice_id] = paid, [opened, paid]
        self._say(invoice_id, "invoice.paid", invoice_id)
        self._say(invoice_id, "payment_intent.succeeded", f"pi_{invoice_id}")
        return invoice_id

    def refund(self, payment_id: str, amount: Money, *, request_id: str, donation_id: str) -> None:
        super().refund(payment_id, amount, request_id=request_id, donation_id=donation_id)
        self._while_on_its_way()

    def complete_without_money(self, checkout_id: str) -> None:
        """A delayed method: the donor has done her part, the money is under way."""
        self._tell(checkout_id, fact=Fact.UNPAID, payment_id=f"pi_{checkout_id}")
        self._say(checkout_id, "checkout.session.completed", checkout_id)

    def is_paid_by(self, checkout_id: str) -> None:
        was = self.facts[checkout_id].fact
        if was is Fact.UNPAID:
            self.delayed.add(checkout_id)
        self.pay(checkout_id)
        if any(
            params["mode"] == "subscription" for params, page in self.pages.values() if page.checkout_id == checkout_id
        ):
            self._begins(checkout_id)
        late = "checkout.session.async_payment_succeeded"
        self._say(checkout_id, late if was is Fact.UNPAID else "checkout.session.completed", checkout_id)
        self._say(checkout_id, "payment_intent.succeeded", f"pi_{checkout_id}")

    def is_left(self, checkout_id: str) -> None:
        """The page expires, or the delayed payment does not come."""
        if self.facts[checkout_id].fact is Fact.UNPAID:
            self.fail(checkout_id)
            self._say(checkout_id, "checkout.session.async_payment_failed", checkout_id)
        else:
            self.expire(checkout_id)
            self._say(checkout_id, "checkout.session.expired", checkout_id)

    def credits(self, checkout_id: str, *, gross: Money, fee_minor: int) -> None:
        """The balance transaction of a charge."""
        rate = None if gross.currency == self.facts[checkout_id].amount.currency else "0.0114"
        self.settle(checkout_id, fee_minor=fee_minor, gross=gross, rate=rate)
        self._say(checkout_id, "charge.updated", str(self.facts[checkout_id].charge_id))

    def sends_back_from_dashboard(self, checkout_id: str, amount: Money) -> None:
        """Somebody presses «refund» at the provider: it carries no request of ours."""
        facts = self.facts[checkout_id]
        refund = RefundFacts(
            provider_id=f"re_{checkout_id}_{len(facts.refunds)}",
            amount=amount,
            state="pending",
            made_at=self.clock.now(),
            request_id=None,
            settled=None,
            settled_on=None,
            returned=None,
            returned_on=None,
        )
        self._tell(checkout_id, refunds=(*facts.refunds, refund))

    def refund_leaves(self, checkout_id: str, refund: RefundFacts, *, gross: Money) -> None:
        """A pending refund succeeds: money leaves the balance."""
        out = BalanceTransaction(f"txn_{refund.provider_id}", gross, Money(0, gross.currency))
        self._change(checkout_id, replace(refund, state="succeeded", settled=out, settled_on=self.clock.now()))
        self._say(checkout_id, "refund.updated", refund.provider_id)

    def refund_fails(self, checkout_id: str, refund: RefundFacts) -> None:
        """The donor's bank refuses: what has left comes back; what has not left stays."""
        back = None
        if refund.settled:
            back = BalanceTransaction(f"txn_back_{refund.provider_id}", refund.settled.gross, refund.settled.fee)
        failed = replace(refund, state="failed", returned=back, returned_on=self.clock.now() if back else None)
        self._change(checkout_id, failed)
        self._say(checkout_id, "refund.failed", refund.provider_id)

    # What donors' banks do, and what is sent to ours.

    def claims(self, checkout_id: str, *, minor: int, status: str) -> None:
        """A donor's bank asks about a payment, or claims it."""
        self._say(checkout_id, "charge.dispute.created", self.dispute(checkout_id, minor=minor, status=status))

    def takes(self, checkout_id: str, dispute_id: str, *, gross: Money, fee_minor: int) -> None:
        """The disputed money is withdrawn from our balance."""
        self.withdraw(dispute_id, gross=gross, fee_minor=fee_minor)
        self._say(checkout_id, "charge.dispute.funds_withdrawn", dispute_id)

    def gives_back(self, checkout_id: str, dispute_id: str, *, gross: Money | None = None, fee_minor: int = 0) -> None:
        """It comes back, perhaps at another rate, perhaps with its fee."""
        self.reinstate(dispute_id, gross=gross, fee_minor=fee_minor)
        self._say(checkout_id, "charge.dispute.funds_reinstated", dispute_id)

    def names(self, checkout_id: str, dispute_id: str, status: str) -> None:
        """The provider has another word for a dispute."""
        self.call_dispute(dispute_id, status)
        act = "closed" if status in {"won", "lost", "warning_closed"} else "updated"
        self._say(checkout_id, f"charge.dispute.{act}", dispute_id)

    def suspects(self, checkout_id: str) -> None:
        """The card's issuer warns of fraud."""
        self._say(checkout_id, "radar.early_fraud_warning.created", self.warn(checkout_id))

    def pays_out(self, currency: str) -> None:
        if name := self.account.pays_out(currency):
            self._say("", "payout.created", name)

    def payout_is_complete(self, payout_id: str) -> None:
        self.account.is_complete(payout_id)
        self._say("", "payout.reconciliation_completed", payout_id)

    def payout_arrives(self, payout_id: str) -> None:
        """It is with our bank; by then nothing more joins it."""
        self.payout_is_complete(payout_id)
        self.account.arrives(payout_id)
        self._say("", "payout.paid", payout_id)

    def payout_comes_back(self, payout_id: str) -> None:
        self.account.comes_back(payout_id)
        self._say("", "payout.failed", payout_id)

    def moments_of(self, checkout_id: str) -> list[PaymentFacts]:
        """What it knew of a gift, the opening of its page first."""
        return self.moments.setdefault(checkout_id, [self.facts[checkout_id]])

    def left_of(self, checkout_id: str) -> int:
        """What the provider would still send back of a charge."""
        facts = self.facts[checkout_id]
        return facts.amount.minor - sum(refund.amount.minor for refund in facts.refunds if refund.state in SENT_BACK)

    def _tell(self, checkout_id: str, **news: Any) -> None:  # the fields of PaymentFacts
        was = self.facts[checkout_id]
        history = self.moments_of(checkout_id)
        super()._tell(checkout_id, **news)
        history.append(self.facts[checkout_id])
        for refund in self.facts[checkout_id].refunds[len(was.refunds) :]:
            self._say(checkout_id, "refund.created", refund.provider_id)
            self._say(checkout_id, "charge.refunded", str(self.facts[checkout_id].charge_id))

    def disputed(self) -> list[tuple[str, DisputeFacts]]:
        """(payment, dispute), those that were opened last at the end."""
        return [(name, one) for name, facts in self.facts.items() for one in facts.disputes]

    def disputed_payments(self) -> list[tuple[str, DisputeFacts]]:
        """Those of which a bank has the money."""
        return [(name, one) for name, one in self.disputed() if len(one.withdrawals) > len(one.returns)]

    def missed(self) -> list[MissedEvent]:
        """What was told and never taken in, as the list of events has it."""
        bodies = [
            self.event(event.type, event.object_id, event_id=missed_name(event))
            for event in self.events
            if event not in self.delivered
        ]
        return [MissedEvent(envelope=self.verify(body, SIGNATURE), body=body) for body in bodies]

    def count_call(self, name: str) -> None:
        """Somebody asks; refused while the provider is down."""
        self._called(name)

    def answers(self) -> None:
        """The answer leaves, or is lost on the way."""
        self._answer()

    def _begins(self, checkout_id: str) -> None:
        """The page that was paid is the first month of a monthly gift."""
        [params] = [known for known, page in self.pages.values() if page.checkout_id == checkout_id]
        metadata: Any = params["subscription_data"]
        name = self.pledges.begin(checkout_id, cover_minor=int(metadata["metadata"]["cover"]))
        self.moments_of(checkout_id)[-1] = self.facts[checkout_id]
        self._say(checkout_id, "customer.subscription.created", name)
        self._say(checkout_id, "invoice.paid", str(self.facts[checkout_id].invoice_id))

    def _reference(self, facts: PaymentFacts) -> GiftReference | None:
        if facts.donation_public_id is None:
            return None
        if facts.checkout_id is not None:
            return GiftReference(public_id=facts.donation_public_id, checkout_id=facts.checkout_id)
        return GiftReference(
            public_id=facts.donation_public_id,
            checkout_id=None,
            subscription_id=facts.subscription_id,
            invoice_id=facts.invoice_id,
            paid=facts.amount,
            cover_minor=self.pledges.subscriptions[str(facts.subscription_id)].cover_minor,
        )

    def _change(self, checkout_id: str, changed: RefundFacts) -> None:
        known = self.facts[checkout_id].refunds
        self._tell(checkout_id, refunds=tuple(changed if r.provider_id == changed.provider_id else r for r in known))

    def _say(self, checkout_id: str, type_: str, object_id: str) -> None:
        self.events.append(ReportedEvent(checkout_id, type_, object_id, len(self.events)))

    def _while_on_its_way(self) -> None:
        acts, self.meanwhile = self.meanwhile, []
        for act in acts:
            act()


def hides_refunds(facts: PaymentFacts) -> bool:
    """True when refunds are shown only to those who ask for the whole: the charge counts nothing as sent back."""
    return bool(facts.refunds) and not any(refund.state in SENT_BACK for refund in facts.refunds)


def missed_name(event: ReportedEvent) -> str:
    """The id of an event in the list of those that were not delivered."""
    return f"evt_missed_{event.number}"
