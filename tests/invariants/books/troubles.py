"""What can go wrong while something is done: the provider is down, its answer is lost, the process dies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from campaign.domain.errors import DomainError
from campaign.domain.money import Money
from tests.invariants.books.crashing import Crash, SimulatedCrash, crashing
from tests.invariants.books.judging import Judged

Trouble = Crash | str | None
CRASHES = st.one_of(
    st.builds(Crash, st.just("statement"), st.integers(1, 40)),
    st.builds(Crash, st.sampled_from(["commit", "committed"]), st.integers(1, 3)),
)
TROUBLES = st.one_of(st.none(), st.sampled_from(["down", "lost"]), CRASHES)
HEARD = st.sampled_from([True, True, False])
WHICH = st.integers(min_value=0, max_value=999)
"""Which of the things that there are, taken modulo their number."""
AFTER_A_LEASE = timedelta(minutes=5, seconds=1)


class Troubled(Judged):
    """Acts that are tried again after a crash, by somebody who does not know how far the first try came."""

    def _try(self, trouble: Trouble, act: Callable[[], Any], *, allowed: tuple[type[Exception], ...] = ()) -> Any:
        """What the act gives, after the trouble has passed; None when it was refused as allowed."""
        self.provider.answered.clear()
        self.provider.is_down, self.provider.loses_answers = trouble == "down", trouble == "lost"
        try:
            if isinstance(trouble, Crash):
                return self._try_and_crash(trouble, act)
            return act()
        except allowed:
            return None
        finally:
            self.provider.is_down = self.provider.loses_answers = False

    def _hear(self, is_heard: bool, trouble: Trouble) -> None:
        """The latest news comes at once and is worked off at once, or comes later, or never."""
        if is_heard:
            for event in [event for event in self.provider.events if event not in self.delivered]:
                self._deliver(event)
                self._try(trouble, self._work)

    def _try_and_crash(self, crash: Crash, act: Callable[[], Any]) -> Any:
        try:
            with crashing(crash):
                return act()
        except SimulatedCrash:
            self._refuse_half_done()
            self.provider.answered.clear()
            self.clock.at += AFTER_A_LEASE
            return act()

    def _expect(
        self,
        refusal: type[Exception] | None,
        act: Callable[[], object],
        trouble: Trouble,
        *,
        done_before: type[Exception] | None = None,
    ) -> None:
        """The act is refused with this and nothing else; done_before may say that a crash came after the commit."""
        error: DomainError | None = None
        try:
            self._try(trouble, act)
        except DomainError as refused:
            error = refused
        if refusal is None and done_before and isinstance(trouble, Crash) and trouble.when == "committed":
            assert error is None or isinstance(error, done_before)
        elif refusal is None:
            assert error is None, f"{error!r} was not expected"
        else:
            assert isinstance(error, refusal), f"{error!r}, not {refusal.__name__}"


def converted(amount: Money, currency: str | None) -> Money:
    """The same money in another currency, at some rate."""
    if currency in {None, amount.currency}:
        return amount
    return Money(max(amount.minor * 91 // 100, 1), str(currency))
