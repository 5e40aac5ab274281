"""Gifts that are paid more often than once: every month, or by mistake on a second page of the same form."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from campaign.domain.donation import Fact
from campaign.domain.money import Money
from tests.invariants.books.gift_rules import Gifts
from tests.invariants.books.troubles import HEARD, TROUBLES, WHICH, Trouble


class MonthRules(Gifts):
    """The part of those who give again."""

    @rule(
        currency=st.sampled_from(["USD", "KGS"]),
        minor=st.integers(min_value=200_00, max_value=900_00),
        covers_fee=st.booleans(),
        is_heard=HEARD,
        trouble=TROUBLES,
    )
    def give_every_month(self, currency: str, minor: int, covers_fee: bool, is_heard: bool, trouble: Trouble) -> None:
        """The form asks for a gift every month, and the first one is paid at once."""
        before = set(self.provider.facts)
        self._begin_gift(Money(minor, currency), covers_fee, "THEME-EVENTS", "general", trouble, "monthly")
        for page in set(self.provider.facts) - before:
            self.provider.is_paid_by(page)
        self._hear(is_heard, trouble)

    @rule(which=WHICH, is_heard=HEARD, trouble=TROUBLES)
    def another_month_is_paid(self, which: int, is_heard: bool, trouble: Trouble) -> None:
        running = sorted(self.provider.pledges.subscriptions)
        if running:
            self.provider.renews(running[which % len(running)])
            self._hear(is_heard, trouble)

    @rule(which=WHICH, how=st.sampled_from(["pay", "pay", "later", "leave"]), is_heard=HEARD, trouble=TROUBLES)
    def a_second_page_of_a_gift(self, which: int, how: str, is_heard: bool, trouble: Trouble) -> None:
        """An answer was lost, so a second page was made; the donor uses it, whatever has become of the first."""
        pages = [
            name
            for name, facts in self.provider.facts.items()
            if facts.checkout_id and not facts.subscription_id and not self._is_monthly(name)
        ]
        if not pages:
            return
        page = self.provider.another_page(pages[which % len(pages)])
        if how == "pay":
            self.provider.is_paid_by(page)
        elif how == "later":
            self.provider.complete_without_money(page)
        else:
            self.provider.is_left(page)
        self._hear(is_heard, trouble)

    @rule(which=WHICH, is_heard=HEARD, trouble=TROUBLES)
    def a_closed_page_is_paid_after_all(self, which: int, is_heard: bool, trouble: Trouble) -> None:
        """It was about to be paid when it ran out, or the bank changed its mind."""
        closed = [
            name
            for name, facts in self.provider.facts.items()
            if facts.fact in {Fact.EXPIRED, Fact.FAILED} and not self._is_monthly(name)
        ]
        if closed:
            self.provider.is_paid_by(closed[which % len(closed)])
            self._hear(is_heard, trouble)

    def _is_monthly(self, page: str) -> bool:
        params_of_page = [params for params, known in self.provider.pages.values() if known.checkout_id == page]
        return any(params["mode"] == "subscription" for params in params_of_page)
