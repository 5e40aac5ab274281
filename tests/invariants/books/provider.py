"""The provider with a memory: what it knew of each gift at every moment, what it owes us, and what it has told."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from campaign.domain.donation import Fact
from campaign.domain.journal import Settled
from campaign.domain.money import Money
from campaign.gateways.payments import CheckoutPage, CheckoutParams, PaymentFacts, RefundFacts
from tests.fakes import FakePayments

SENT_BACK = ("pending", "succeeded")


@dataclass(frozen=True)
class Told:
    """An event that the provider has to deliver."""

    checkout_id: str  # the gift that it is about
    type: str
    object_id: str
    number: int


@dataclass
class Provider(FakePayments):
    """FakePayments that keeps every moment of a gift, counts our balance by itself, and can be overtaken."""

    moments: dict[str, list[PaymentFacts]] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)  # checkout → the moment that the last answer told
    balance: Counter[str] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)  # done while an answer is on its way

    def open_checkout(self, params: CheckoutParams, *, key: str) -> CheckoutPage:
        page = super().open_checkout(params, key=key)
        self._while_on_its_way()
        return page

    def payment(self, checkout_id: str, *, whole: bool) -> PaymentFacts:
        facts = super().payment(checkout_id, whole=whole)
        index = len(self.moments_of(checkout_id)) - 1
        self._while_on_its_way()
        # Without being asked, the real one shows refunds only while the charge counts something as sent back.
        if facts.refunds and not whole and not any(refund.state in SENT_BACK for refund in facts.refunds):
            return replace(facts, refunds=())
        self.answered[checkout_id] = max(index, self.answered.get(checkout_id, 0))
        return facts

    def refund(self, payment_id: str, amount: Money, *, request_id: str, donation_id: str) -> None:
        super().refund(payment_id, amount, request_id=request_id, donation_id=donation_id)
        self._while_on_its_way()

    def complete_without_money(self, checkout_id: str) -> None:
        """A delayed method: the donor has done her part, the money is under way."""
        self._tell(checkout_id, fact=Fact.UNPAID, payment_id=f"pi_{checkout_id}")
        self._say(checkout_id, "checkout.session.completed", checkout_id)

    def is_paid_by(self, checkout_id: str) -> None:
        was = self.facts[checkout_id].fact
        self.pay(checkout_id)
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
        self.balance[gross.currency] += gross.minor - fee_minor
        self._say(checkout_id, "charge.updated", f"ch_{checkout_id}")

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
        out = Settled(f"txn_{refund.provider_id}", gross, Money(0, gross.currency))
        self.balance[gross.currency] -= gross.minor
        self._change(checkout_id, replace(refund, state="succeeded", settled=out, settled_on=self.clock.now()))
        self._say(checkout_id, "refund.updated", refund.provider_id)

    def refund_fails(self, checkout_id: str, refund: RefundFacts) -> None:
        """The donor's bank refuses: what has left comes back; what has not left stays."""
        back = None
        if refund.settled:
            back = Settled(f"txn_back_{refund.provider_id}", refund.settled.gross, refund.settled.fee)
            self.balance[back.gross.currency] += back.gross.minor
        failed = replace(refund, state="failed", returned=back, returned_on=self.clock.now() if back else None)
        self._change(checkout_id, failed)
        self._say(checkout_id, "refund.failed", refund.provider_id)

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
            self._say(checkout_id, "charge.refunded", f"ch_{checkout_id}")

    def _change(self, checkout_id: str, changed: RefundFacts) -> None:
        known = self.facts[checkout_id].refunds
        self._tell(checkout_id, refunds=tuple(changed if r.provider_id == changed.provider_id else r for r in known))

    def _say(self, checkout_id: str, type_: str, object_id: str) -> None:
        self.told.append(Told(checkout_id, type_, object_id, len(self.told)))

    def _while_on_its_way(self) -> None:
        acts, self.meanwhile = self.meanwhile, []
        for act in acts:
            act()
