"""Gifts from the form to the money, what is sent back of them, and how we hear of it: late, twice, in any order, or never."""

import sys
from datetime import datetime

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import update

from campaign.database import transaction
from campaign.domain.donation import DonationAlreadyPaid, DonationClosed, Fact
from campaign.domain.money import Money
from campaign.gateways.payments import PaymentsUnavailable
from campaign.models.campaign import Campaign
from campaign.services.gifts.checkout import GiftRequest, start_checkout
from tests.invariants.books import dispute_model
from tests.invariants.books.desk_rules import DeskRules
from tests.invariants.books.provider import SENT_BACK
from tests.invariants.books.resting import Resting
from tests.invariants.books.troubles import HEARD, TROUBLES, WHICH, Trouble, converted

CURRENCIES = st.sampled_from(["USD", "EUR", "KGS"])
MINOR = st.integers(min_value=200_00, max_value=900_00)
PURPOSES = st.sampled_from([None, "THEME-EVENTS", "THEME-GRANTS"])


class Gifts(DeskRules, Resting):
    """Gifts, refunds, allocations and what is spent: a history without what comes later."""

    # What donors do.

    @initialize(minor=MINOR, currency=CURRENCIES, is_silent=st.booleans())
    def two_gifts_to_begin_with(self, minor: int, currency: str, is_silent: bool) -> None:
        self.is_silent = is_silent
        for code, purpose in (("USD", None), (currency, "THEME-EVENTS")):
            self.open_gift(code, minor, covers_fee=False, purpose=purpose, bearer="fund", trouble=None)
            [*_, checkout] = self.provider.facts
            self.provider.is_paid_by(checkout)
            self.provider.credits(checkout, gross=self.provider.facts[checkout].amount, fee_minor=1_03)
            for event in self.provider.events[-3:]:
                self._deliver(event)
                self.work(None)

    @rule(
        currency=CURRENCIES,
        minor=MINOR,
        covers_fee=st.booleans(),
        purpose=PURPOSES,
        bearer=st.sampled_from(["fund", "general"]),
        trouble=TROUBLES,
    )
    def open_gift(
        self, currency: str, minor: int, covers_fee: bool, purpose: str | None, bearer: str, trouble: Trouble
    ) -> None:
        self._begin_gift(Money(minor, currency), covers_fee, purpose, bearer, trouble)

    def _begin_gift(
        self,
        amount: Money,
        covers_fee: bool,
        purpose: str | None,
        bearer: str,
        trouble: Trouble,
        frequency: str = "once",
    ) -> None:
        with transaction() as session:
            session.execute(update(Campaign).values(fee_bearer=bearer))
        request = GiftRequest(
            campaign_slug=self.cast.slug,
            form_id=f"form-{len(self.forms)}",
            language="en",
            gift=amount,
            covers_fee=covers_fee,
            fund_code=purpose,
            email="donor@example.org",
            public_name=f"Donor {len(self.forms)}",
            message=None,
            is_anonymous=False,
            frequency=frequency,
        )
        self.forms.append(request)
        self._press(request, trouble)

    @rule(which=WHICH, trouble=TROUBLES)
    def press_again(self, which: int, trouble: Trouble) -> None:
        self._press(self.forms[which % len(self.forms)], trouble)

    @rule(which=WHICH, how=st.sampled_from(["pay", "pay", "pay", "later", "leave"]), is_heard=HEARD, trouble=TROUBLES)
    def donor_at_the_page(self, which: int, how: str, is_heard: bool, trouble: Trouble) -> None:
        waiting = [c for c, f in self.provider.facts.items() if f.fact in {Fact.OPENED, Fact.UNPAID}]
        if not waiting:
            return
        checkout = waiting[which % len(waiting)]
        if how == "pay":
            self.provider.is_paid_by(checkout)
        elif how == "leave":
            self.provider.is_left(checkout)
        elif self.provider.facts[checkout].fact is Fact.OPENED:
            self.provider.complete_without_money(checkout)
        self._hear(is_heard, trouble)

    @rule(which=WHICH, trouble=TROUBLES)
    def donor_returns(self, which: int, trouble: Trouble) -> None:
        """The return page looks by itself, whatever the webhooks do."""
        known = self._known_gifts()
        if known:
            _, donation_id = known[which % len(known)]
            self._try(trouble, lambda: self._settle(donation_id), allowed=(PaymentsUnavailable,))

    # What the provider does.

    @rule(
        which=WHICH,
        fee=st.sampled_from([0, 1, 1_03, 9_99]),
        converts_to=st.sampled_from([None, "USD", "EUR"]),
        is_heard=HEARD,
        trouble=TROUBLES,
    )
    def provider_credits(self, which: int, fee: int, converts_to: str | None, is_heard: bool, trouble: Trouble) -> None:
        waiting = [c for c, f in self.provider.facts.items() if f.fact is Fact.PAID and not f.settled]
        if waiting:
            checkout = waiting[which % len(waiting)]
            amount = self.provider.facts[checkout].amount
            self.provider.credits(checkout, gross=converted(amount, converts_to), fee_minor=fee)
            self._hear(is_heard, trouble)

    @rule(which=WHICH, share=st.sampled_from([1, 30, 50, 100]), is_heard=HEARD, trouble=TROUBLES)
    def refund_from_dashboard(self, which: int, share: int, is_heard: bool, trouble: Trouble) -> None:
        paid = [c for c in self.provider.facts if self._may_go_back(c)]
        if paid:
            checkout = paid[which % len(paid)]
            facts = self.provider.facts[checkout]
            minor = max(self.provider.left_of(checkout) * share // 100, 1)
            self.provider.sends_back_from_dashboard(checkout, Money(minor, facts.amount.currency))
            self._hear(is_heard, trouble)

    @rule(which=WHICH, fails=st.booleans(), is_heard=HEARD, trouble=TROUBLES)
    def refund_moves_on(self, which: int, fails: bool, is_heard: bool, trouble: Trouble) -> None:
        if self._move_refund(which, fails=fails):
            self._hear(is_heard, trouble)

    # What reaches us.

    @rule(
        which=WHICH,
        name=st.sampled_from(["new", "new", "same"]),
        then=st.sampled_from(["work", "wait"]),
        trouble=TROUBLES,
    )
    def deliver(self, which: int, name: str, then: str, trouble: Trouble) -> None:
        """Any event, for the first time or again, under its own id or another; it may be worked off at once."""
        if not self.provider.events:
            return
        event = self.provider.events[which % len(self.provider.events)]
        event_id = f"evt_same_{event.number}" if name == "same" else ""
        self._try(None if then == "work" else trouble, lambda: self._deliver(event, event_id=event_id))
        if then == "work":
            self._try(trouble, self._work)

    @rule(trouble=TROUBLES)
    def work(self, trouble: Trouble) -> None:
        self._try(trouble, self._work)

    @precondition(lambda self: bool(self.provider.events))
    @rule(which=st.integers(1, 3), pays=st.booleans(), fails=st.booleans())
    def work_while_another_worker_does(self, which: int, pays: bool, fails: bool) -> None:
        """The answer about the latest news is on its way; meanwhile more happens, and another worker is quicker."""
        self._deliver(self.provider.events[-which:][0])
        waiting = [c for c, f in self.provider.facts.items() if f.fact is Fact.OPENED]
        if pays and waiting:
            self.provider.meanwhile.append(lambda: self.provider.is_paid_by(waiting[-1]))
        self.provider.meanwhile += [lambda: self._move_refund(-1, fails=fails), self._settle_any]
        self._try(None, self._work)
        self.provider.meanwhile.clear()

    @rule(trouble=TROUBLES)
    def send_refund(self, trouble: Trouble) -> None:
        self._try(trouble, self._send_refund)

    @rule(minutes=st.sampled_from([1, 6, 90, 60 * 30, 60 * 24 * 20]))
    def time_passes(self, minutes: int) -> None:
        if self.clock.now() < datetime.fromisoformat("2027-02-01T00:00+00:00"):
            self.clock.advance(minutes=minutes)

    # What must hold.

    @precondition(lambda self: len(self.provider.events) > self.repeated_until)
    @rule()
    def a_redelivery_changes_nothing(self) -> None:
        """What was told and worked off, told again, changes no bit but the inbox's own."""
        self.repeated_until = len(self.provider.events)
        self._tell_the_last()
        self._refuse_any_change()

    @invariant()
    def books_equal_the_model(self) -> None:
        self._compare()

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self._come_to_rest()
        finally:
            self.stage.leave()

    def _press(self, request: GiftRequest, trouble: Trouble) -> None:
        def press() -> str | None:
            return start_checkout(request, context=self.context).public_id

        refusals = (PaymentsUnavailable, DonationAlreadyPaid, DonationClosed)
        public_id = self._try(trouble, press, allowed=refusals)
        self._find_gifts()
        assert public_id is None or self.model.gifts[public_id].form_id == request.form_id

    def _may_go_back(self, checkout: str) -> bool:
        facts = self.provider.facts[checkout]
        is_disputed = any(dispute_model.is_open(one) or one.status == "lost" for one in facts.disputes)
        return facts.fact is Fact.PAID and self.provider.left_of(checkout) > 0 and not is_disputed

    def _move_refund(self, which: int, *, fails: bool) -> bool:
        """A refund leaves or fails; whether one did."""
        live = [(c, r) for c, f in self.provider.facts.items() for r in f.refunds if r.state in SENT_BACK]
        if not live:
            return False
        checkout, refund = live[which % len(live)]
        if fails:
            self.provider.refund_fails(checkout, refund)
        elif refund.state == "pending":
            settled = self.provider.facts[checkout].settled
            into = settled.gross.currency if settled else refund.amount.currency
            self.provider.refund_leaves(checkout, refund, gross=converted(refund.amount, into))
        return fails or refund.state == "pending"
