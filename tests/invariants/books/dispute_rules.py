"""What donors' banks do: they ask, claim, take, decide, give back, decide anew, and suspect; in part, and several at once."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from campaign.domain.donation import Fact
from campaign.domain.money import Money
from campaign.domain.payment import DisputeFacts
from tests.invariants.books.troubles import HEARD, TROUBLES, WHICH, Trouble, Troubled, converted

WORDS = st.sampled_from(["under_review", "lost", "lost", "won", "warning_closed", "a_word_of_next_year"])


class DisputeRules(Troubled):
    """The banks' part of a history."""

    @rule(
        which=WHICH,
        share=st.sampled_from([30, 50, 100]),
        status=st.sampled_from(["needs_response", "needs_response", "warning_needs_response"]),
        takes_at_once=st.booleans(),
        is_heard=HEARD,
        trouble=TROUBLES,
    )
    def bank_claims(
        self, which: int, share: int, status: str, takes_at_once: bool, is_heard: bool, trouble: Trouble
    ) -> None:
        settled = [payment for payment, facts in self.provider.facts.items() if facts.settled]
        if not settled:
            return
        payment = settled[which % len(settled)]
        charged = self.provider.facts[payment].amount
        self.provider.claims(payment, minor=max(charged.minor * share // 100, 1), status=status)
        if takes_at_once and not status.startswith("warning"):
            self._take(payment, self.provider.facts[payment].disputes[-1], fee_minor=15_00)
        self._hear(is_heard, trouble)

    @rule(which=WHICH, fee=st.sampled_from([0, 15_00]), is_heard=HEARD, trouble=TROUBLES)
    def bank_takes(self, which: int, fee: int, is_heard: bool, trouble: Trouble) -> None:
        """The money is withdrawn, for the first time or in a second round."""
        free = [(name, one) for name, one in self.provider.disputed() if len(one.withdrawals) == len(one.returns)]
        if free:
            self._take(*free[which % len(free)], fee_minor=fee)
            self._hear(is_heard, trouble)

    @rule(which=WHICH, word=WORDS, is_heard=HEARD, trouble=TROUBLES)
    def provider_has_another_word(self, which: int, word: str, is_heard: bool, trouble: Trouble) -> None:
        """A word moves no money, whatever it is. What is lost is lost: only the bank's own decision follows it."""
        known = [(payment, one) for payment, one in self.provider.disputed() if one.status != "lost"]
        if known:
            payment, dispute = known[which % len(known)]
            self.provider.names(payment, dispute.provider_id, word)
            self._hear(is_heard, trouble)

    @rule(
        which=WHICH,
        per_cent=st.sampled_from([99, 100, 101]),
        fee=st.sampled_from([0, -15_00]),
        word=st.sampled_from([None, "won"]),
        is_heard=HEARD,
        trouble=TROUBLES,
    )
    def bank_gives_back(
        self, which: int, per_cent: int, fee: int, word: str | None, is_heard: bool, trouble: Trouble
    ) -> None:
        """The money comes back, after a decision for us or after one against us, at the rate of the day."""
        disputed_payments = self.provider.disputed_payments()
        if not disputed_payments:
            return
        payment, dispute = disputed_payments[which % len(disputed_payments)]
        taken = dispute.withdrawals[-1].settled.gross
        if word:
            self.provider.names(payment, dispute.provider_id, word)
        back = Money(max(taken.minor * per_cent // 100, 1), taken.currency)
        self.provider.gives_back(payment, dispute.provider_id, gross=back, fee_minor=fee)
        self._hear(is_heard, trouble)

    @rule(which=WHICH, is_heard=HEARD, trouble=TROUBLES)
    def issuer_suspects_fraud(self, which: int, is_heard: bool, trouble: Trouble) -> None:
        paid = [name for name, facts in self.provider.facts.items() if facts.fact is Fact.PAID and not facts.warnings]
        if paid:
            self.provider.suspects(paid[which % len(paid)])
            self._hear(is_heard, trouble)

    @rule(which=WHICH, word=st.sampled_from(["lost", "won"]))
    def work_while_a_bank_decides(self, which: int, word: str) -> None:
        """The answer about a dispute is on its way; meanwhile the bank decides, and another worker is quicker."""
        disputed_payments = self.provider.disputed_payments()
        if not disputed_payments:
            return
        payment, dispute = disputed_payments[which % len(disputed_payments)]
        about = [event for event in self.provider.events if event.object_id == dispute.provider_id]
        self._deliver(about[-1])

        def decide() -> None:
            self.provider.names(payment, dispute.provider_id, word)
            if word == "won":
                self.provider.gives_back(payment, dispute.provider_id)

        self.provider.meanwhile += [decide, self._settle_any]
        self._try(None, self._work)
        self.provider.meanwhile.clear()

    def _take(self, payment: str, dispute: DisputeFacts, *, fee_minor: int) -> None:
        settled = self.provider.facts[payment].settled
        into = settled.gross.currency if settled else dispute.amount.currency
        gross = converted(dispute.amount, into)
        self.provider.takes(payment, dispute.provider_id, gross=gross, fee_minor=fee_minor)
