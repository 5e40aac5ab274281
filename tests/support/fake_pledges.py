"""Monthly gifts at the provider in memory, with the real one's promises: what is so already is not done twice."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from campaign.domain.donation import Fact
from campaign.domain.money import Money
from campaign.domain.payment import GiftReference, PaymentFacts
from campaign.domain.pledge import CardRefusal, PledgeWord
from campaign.domain.pledge_dates import charge_after, months_later
from campaign.gateways.payments import MissingAtProvider, PaymentRefused, PaymentsUnavailable
from campaign.gateways.pledges import CardOnFile, GiftDue, PledgeFacts, PledgeMoves, PledgeTerms
from tests.support.fake_moves import FakeMoves, Killed
from tests.support.payment_facts import UNPAID


class Provider(Protocol):
    """What the fake of monthly gifts needs of the fake of payments."""

    clock: Any  # a SettableClock
    facts: dict[str, PaymentFacts]
    is_down: bool
    loses_answers: bool
    calls: list[str]


@dataclass
class FakePledges:
    """A test tells what happened: `begin` after a page was paid, `renew`, `refuse`, `give_up`, `stop_there`."""

    provider: Provider
    subscriptions: dict[str, PledgeFacts] = field(default_factory=dict)
    months: dict[str, PaymentFacts] = field(default_factory=dict)
    new_card: CardOnFile | None = None
    requests: list[tuple[str, object]] = field(default_factory=list)
    card_page_origin: str | None = "https://billing.example"
    deleted_customers: list[str] = field(default_factory=list)
    calls_left: int | None = None
    """After so many answered calls the program ends, before it hears of the last one."""

    def begin(self, checkout_id: str, *, cover_minor: int = 0, expires_on: date = date(2030, 12, 31)) -> str:
        """The paid page has made a subscription; its id."""
        first = self.provider.facts[checkout_id]
        at = self.provider.clock.now()
        name = f"sub_{checkout_id}"
        self.provider.facts[checkout_id] = replace(first, invoice_id=f"in_{checkout_id}", subscription_id=name)
        self.subscriptions[name] = PledgeFacts(
            subscription_id=name,
            donation_public_id=first.donation_public_id,
            livemode=first.livemode,
            status="active",
            word=PledgeWord.RUNS,
            amount=first.amount,
            cover_minor=cover_minor,
            item_ids=(f"si_{checkout_id}",),
            customer_id=f"cus_{checkout_id}",
            email=first.email,
            name=first.name,
            card=CardOnFile(brand="Visa", last4="4242", expires_on=expires_on, id=f"pm_{checkout_id}"),
            started_at=at,
            anchor_at=at,
            period_ends_at=months_later(at, 1),
            paused_until=None,
            stops_at=None,
            stop_requested_at=None,
            ended_at=None,
            is_given_up=False,
            due=None,
        )
        return name

    def renew(self, name: str) -> str:
        """A month later it is charged; the invoice's id."""
        current = self.subscriptions[name]
        invoice_id = self._new_month(name, fact=Fact.PAID)
        ends_at = charge_after(current.anchor_at, current.period_ends_at, 1)
        self.subscriptions[name] = replace(
            current,
            status="active",
            word=PledgeWord.ENDS if current.stops_at and current.stops_at <= ends_at else PledgeWord.RUNS,
            due=None,
            period_ends_at=ends_at,
        )
        return invoice_id

    def refuse(self, name: str, *, reason: str = "funds", is_last: bool = False) -> str:
        """The month's card is refused; the invoice's id, the same one until it is paid."""
        current = self.subscriptions[name]
        known = current.due
        invoice_id = known.invoice_id if known else self._new_month(name, fact=Fact.OPENED)
        due = GiftDue(
            invoice_id=invoice_id,
            amount=current.amount,
            reason=CardRefusal(reason),
            url=f"https://invoice.example/{invoice_id}",
            next_at=None if is_last else self.provider.clock.now() + timedelta(days=3),
            attempts=(known.attempts if known else 0) + 1,
        )
        ends = current.period_ends_at if known else charge_after(current.anchor_at, current.period_ends_at, 1)
        self.subscriptions[name] = replace(
            current, status="past_due", word=PledgeWord.UNPAID, due=due, period_ends_at=ends
        )
        return invoice_id

    def give_up(self, name: str) -> None:
        """After the last try."""
        self._over(name, is_given_up=True)

    def stop_there(self, name: str) -> None:
        """On the provider's own pages."""
        self._over(name)

    def change_card(self, name: str, card: CardOnFile) -> None:
        self.subscriptions[name] = replace(self.subscriptions[name], card=card)

    def month(self, invoice_id: str) -> PaymentFacts:
        if invoice_id not in self.months:
            raise MissingAtProvider(invoice_id)
        return self.months[invoice_id]

    def reference(self, object_id: str) -> GiftReference | None:
        """Whose month an invoice, payment, charge or refund is about."""
        for checkout_id, first in self.provider.facts.items():
            if object_id == first.invoice_id:
                return self._reference(first, checkout_id=checkout_id)
        for month in self.months.values():
            refunds = [refund.provider_id for refund in month.refunds]
            if object_id in {month.invoice_id, month.payment_id, month.charge_id, *refunds}:
                return self._reference(month, checkout_id=None)
        return None

    @property
    def moves(self) -> PledgeMoves:
        return FakeMoves(self)

    def pledge(self, subscription_id: str) -> PledgeFacts:
        self.called("pledge")
        if subscription_id not in self.subscriptions:
            raise MissingAtProvider(subscription_id)
        facts = self.subscriptions[subscription_id]
        self.answer()
        return facts

    def paid_invoices(self, subscription_id: str) -> tuple[str, ...]:
        self.called("paid_invoices")
        return tuple(
            name
            for name, month in self.months.items()
            if month.subscription_id == subscription_id and month.fact is Fact.PAID
        )

    def change(self, pledge: PledgeFacts, terms: PledgeTerms, *, key: str) -> None:  # noqa: ARG002
        amount, cover_minor = terms.gift + terms.cover, terms.cover.minor
        self.set_facts(pledge.subscription_id, "change", amount=amount, cover_minor=cover_minor)

    def pause(self, subscription_id: str, *, until: datetime | None, key: str) -> None:  # noqa: ARG002
        self.set_facts(subscription_id, "pause", word=PledgeWord.PAUSED, paused_until=until)

    def resume(self, subscription_id: str, *, key: str) -> None:  # noqa: ARG002
        self.set_facts(subscription_id, "resume", word=PledgeWord.RUNS, paused_until=None)

    def stop_later(self, subscription_id: str, *, stops: bool, key: str) -> None:  # noqa: ARG002
        ends = self.subscriptions[subscription_id].period_ends_at
        at = self.provider.clock.now()
        word = PledgeWord.ENDS if stops else PledgeWord.RUNS
        self.set_facts(
            subscription_id,
            "stop_later" if stops else "keep",
            word=word,
            stops_at=ends if stops else None,
            stop_requested_at=at if stops else None,
        )

    def stop_at(self, subscription_id: str, *, at: datetime, key: str) -> None:  # noqa: ARG002
        known = self.subscriptions[subscription_id]
        word = (
            PledgeWord.ENDS
            if at <= known.period_ends_at
            else PledgeWord.RUNS
            if known.word is PledgeWord.ENDS
            else known.word
        )
        self.called("stop_at")
        self.subscriptions[subscription_id] = replace(known, stops_at=at, word=word)
        self.answer()

    def stop(self, subscription_id: str, *, key: str) -> None:  # noqa: ARG002
        self.called("stop")
        self._over(subscription_id)
        self.answer()

    def delete_customer(self, customer_id: str) -> None:
        self.called("delete_customer")
        if customer_id in self.deleted_customers:
            raise MissingAtProvider(customer_id)
        self.deleted_customers.append(customer_id)
        self.answer()

    def take_new_card(self, subscription_id: str, *, key: str) -> bool:  # noqa: ARG002
        self.called("take_new_card")
        if self.new_card is None:
            return False
        if self.new_card.last4 == "0341":
            raise PaymentRefused("declined", code="card_declined")
        self.change_card(subscription_id, self.new_card)
        due = self.subscriptions[subscription_id].due
        if due:
            self.months[due.invoice_id] = self._paid(self.months[due.invoice_id])
            self.subscriptions[subscription_id] = replace(
                self.subscriptions[subscription_id], status="active", word=PledgeWord.RUNS, due=None
            )
        self.answer()
        return True

    def card_page(self, customer_id: str, *, return_url: str, language: str) -> str:  # noqa: ARG002
        self.called("card_page")
        self.requests.append(("card_page", return_url))
        self.answer()
        return f"https://billing.example/{customer_id}"

    def set_facts(self, name: str, act: str, **news: Any) -> None:  # the fields of PledgeFacts
        self.called(act)
        if self.subscriptions[name].word is PledgeWord.OVER:
            raise PaymentRefused("a canceled subscription cannot be updated")
        self.subscriptions[name] = replace(self.subscriptions[name], **news)
        self.requests.append((act, news))
        self.answer()

    def _over(self, name: str, *, is_given_up: bool = False) -> None:
        at = self.provider.clock.now()
        known = self.subscriptions[name]
        self.subscriptions[name] = replace(
            known,
            status="canceled",
            word=PledgeWord.OVER,
            ended_at=known.ended_at or at,
            stop_requested_at=known.stop_requested_at or at,
            is_given_up=is_given_up,
            due=None,
        )

    def _new_month(self, name: str, *, fact: Fact) -> str:
        current = self.subscriptions[name]
        invoice_id = f"in_{name}_{len(self.months) + 1}"
        opened = replace(
            UNPAID,
            checkout_id=None,
            donation_public_id=current.donation_public_id,
            livemode=current.livemode,
            fact=fact,
            amount=current.amount,
            email=current.email,
            name=current.name,
            payment_id=f"pi_{invoice_id}",
            invoice_id=invoice_id,
            subscription_id=name,
        )
        self.months[invoice_id] = self._paid(opened) if fact is Fact.PAID else opened
        return invoice_id

    def _paid(self, month: PaymentFacts) -> PaymentFacts:
        return replace(
            month,
            fact=Fact.PAID,
            charge_id=f"ch_{month.invoice_id}",
            paid_at=self.provider.clock.now(),
            method="card",
            method_brand="visa",
            method_last4="4242",
        )

    def _reference(self, facts: PaymentFacts, *, checkout_id: str | None) -> GiftReference | None:
        if facts.donation_public_id is None:
            return None
        return GiftReference(
            public_id=facts.donation_public_id,
            checkout_id=checkout_id,
            subscription_id=facts.subscription_id,
            invoice_id=facts.invoice_id,
            paid=facts.amount if facts.fact is Fact.PAID else Money(0, facts.amount.currency),
            cover_minor=self.subscriptions[str(facts.subscription_id)].cover_minor,
            billed_at=facts.paid_at,
        )

    def called(self, name: str) -> None:
        self.provider.calls.append(name)
        if self.provider.is_down:
            raise PaymentsUnavailable("the fake provider is down")

    def answer(self) -> None:
        if self.calls_left is not None:
            self.calls_left -= 1
            if self.calls_left < 0:
                raise Killed
        if self.provider.loses_answers:
            raise PaymentsUnavailable("the answer was lost on the way")
