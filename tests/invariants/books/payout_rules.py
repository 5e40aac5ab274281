"""What leaves our balance at the provider for the bank, what the provider takes by itself, and the comparison of both sides."""

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.errors import NotFound
from campaign.domain.money import Money
from campaign.gateways.payments import PaymentsUnavailable
from campaign.gateways.provider_account import TransactionFacts
from campaign.models.payout import ProviderTransaction
from campaign.services.queues.lease import LeaseTaken
from campaign.services.reconciliation.reconciling import Mails
from campaign.services.reconciliation.suspense import AlreadyExplained
from tests.invariants.books import dumps
from tests.invariants.books.resting import Resting
from tests.invariants.books.troubles import HEARD, TROUBLES, WHICH, Trouble


class PayoutRules(Resting):
    """The part of the provider's balance, and of finance who look after it."""

    @rule(currency=st.sampled_from(["USD", "USD", "EUR", "KGS"]), is_heard=HEARD, trouble=TROUBLES)
    def provider_pays_out(self, currency: str, is_heard: bool, trouble: Trouble) -> None:
        self.provider.pays_out(currency)
        self._hear(is_heard, trouble)

    @rule(
        which=WHICH,
        how=st.sampled_from(["complete", "arrives", "arrives", "comes back"]),
        is_heard=HEARD,
        trouble=TROUBLES,
    )
    def payout_moves_on(self, which: int, how: str, is_heard: bool, trouble: Trouble) -> None:
        """Nothing more joins it, it is with our bank, or the bank sends it back, even after it seemed to have arrived."""
        alive = [name for name, payout in self.provider.account.sent.items() if payout.state != "failed"]
        if not alive:
            return
        name = alive[which % len(alive)]
        if how == "complete":
            self.provider.payout_is_complete(name)
        elif how == "arrives":
            self.provider.payout_arrives(name)
        else:
            self.provider.payout_comes_back(name)
        self._hear(is_heard, trouble)

    @rule(minor=st.sampled_from([1, 2_00]))
    def provider_takes_a_fee(self, minor: int) -> None:
        self.provider.account.takes_a_fee(Money(minor, "USD"))

    @rule(mails=st.sampled_from(list(Mails)), trouble=TROUBLES)
    def our_rows_are_compared(self, mails: Mails, trouble: Trouble) -> None:
        """A repair may be run at any moment, beside everything else."""
        self._try(trouble, lambda: self._repair(mails), allowed=(PaymentsUnavailable, LeaseTaken))
        self._note_fetched()

    @rule(which=WHICH, kind=st.sampled_from(["provider_fee", "unidentified"]), trouble=TROUBLES)
    def finance_says_what_a_movement_is(self, which: int, kind: str, trouble: Trouble) -> None:
        """A movement that no gift explains, or that none explains yet."""
        account = self.provider.account
        # A fee that is said to be unidentified stays so for ever, as it must: no gift turns up for it.
        others = [moved for moved in account.movements() if not moved.category.startswith(("payout", "fee"))]
        choices = account.fees if kind == "provider_fee" else others
        if not choices:
            return
        moved = choices[which % len(choices)]
        refusal = self._refusal(moved)
        self._expect(refusal, lambda: self._book_movement(moved, kind), trouble, done_before=AlreadyExplained)
        if refusal is None:
            self._keep_movement(moved, kind)

    def _refusal(self, moved: TransactionFacts) -> type[Exception] | None:
        """What the desk must say to a word about this movement."""
        query = select(ProviderTransaction.matched_by).where(ProviderTransaction.provider_id == moved.provider_id)
        with reading() as session:
            noted = session.execute(query).one_or_none()
            stands = dumps.movements(session).get(moved.provider_id, 0) == moved.net.minor
        if noted is None:
            return NotFound
        return AlreadyExplained if noted[0] is not None or stands else None
