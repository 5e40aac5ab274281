"""Monthly gifts that go over to another customer at the provider in memory; a test may end the program between two calls."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

from campaign.domain.pledge import PledgeWord
from campaign.domain.pledge_dates import next_gift
from campaign.gateways.payments import PaymentRefused
from campaign.gateways.pledges import PledgeFacts, PledgeMove


class Killed(BaseException):
    """The program ends here: nothing catches this."""


class Subscriptions(Protocol):
    """What a move needs of the fake of monthly gifts."""

    provider: Any  # a fake of payments
    subscriptions: dict[str, PledgeFacts]

    def called(self, name: str) -> None: ...
    def answer(self) -> None: ...
    def set_facts(self, name: str, act: str, **news: Any) -> None: ...
    def stop_there(self, name: str) -> None: ...


@dataclass
class FakeMoves:
    """A PledgeMoves over the subscriptions of FakePledges."""

    pledges: Subscriptions

    def charge_card(self, subscription_id: str, card_id: str, *, key: str) -> None:  # noqa: ARG002
        card = next(one.card for one in self.pledges.subscriptions.values() if one.card and one.card.id == card_id)
        self._set(subscription_id, "charge_card", card=card)

    def hold(self, subscription_id: str, *, request_id: str, key: str) -> None:  # noqa: ARG002
        ends = self.pledges.subscriptions[subscription_id].period_ends_at
        self._set(subscription_id, "hold", word=PledgeWord.ENDS, stops_at=ends, moving_for=request_id)

    def release(self, subscription_id: str, *, key: str) -> None:  # noqa: ARG002
        self._set(subscription_id, "release", word=PledgeWord.RUNS, stops_at=None, moving_for=None)

    def begin(self, old: PledgeFacts, move: PledgeMove) -> str:
        self.pledges.called("begin")
        known = self._begun(move)
        if known is not None:
            return known
        card = next(
            (
                one.card
                for one in self.pledges.subscriptions.values()
                if one.customer_id == move.customer_id and one.card and one.card.id == move.card_id
            ),
            None,
        )
        if card is None or card.last4 == "0341":
            raise PaymentRefused("this customer has no such card")
        at = self.pledges.provider.clock.now()
        name = f"sub_moved_{len(self.pledges.subscriptions)}"
        self.pledges.subscriptions[name] = replace(
            old,
            subscription_id=name,
            customer_id=move.customer_id,
            card=card,
            status="active",
            word=PledgeWord.PAUSED if move.is_paused else PledgeWord.RUNS,
            paused_until=move.paused_until if move.is_paused else None,
            amount=move.terms.gift + move.terms.cover,
            cover_minor=move.terms.cover.minor,
            item_ids=(f"si_{name}",),
            started_at=at,
            period_ends_at=next_gift(old.anchor_at, old.period_ends_at, at),
            stops_at=move.stops_at,
            stop_requested_at=None,
            ended_at=None,
            moving_for=None,
            moved_by=move.request_id,
        )
        self.pledges.answer()
        return name

    def undo(self, move: PledgeMove) -> None:
        self.pledges.called("undo")
        name = self._begun(move)
        if name is not None:
            self.pledges.stop_there(name)
        self.pledges.answer()

    def _begun(self, move: PledgeMove) -> str | None:
        return next(
            (
                name
                for name, one in self.pledges.subscriptions.items()
                if one.moved_by == move.request_id and one.word is not PledgeWord.OVER
            ),
            None,
        )

    def _set(self, name: str, act: str, **news: object) -> None:
        self.pledges.set_facts(name, act, **news)
