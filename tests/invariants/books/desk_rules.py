"""What staff do: refund, propose, decide, disburse; the model says beforehand what the desk must answer."""

from collections import Counter
from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select, text

from campaign.database import reading
from campaign.domain.allocation import (
    AlreadyDecided,
    MoneyMayNotGoThere,
    MoreThanIsMissing,
    NotEnoughFunds,
    SelfApproval,
)
from campaign.domain.disputes import DisputeLost, DisputeOpen
from campaign.domain.donation import Fact, NotRefundable, RefundTooLarge
from campaign.domain.errors import NotFound
from campaign.domain.identity import new_public_id
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.models.donation import Refund
from campaign.services.funds.allocations import Move, approve, propose, reject, withdraw
from campaign.services.funds.disbursements import NewDisbursement, record_disbursement
from campaign.services.gifts.refunds import RefundOrder, request_refund
from tests.invariants.books import dispute_model, model
from tests.invariants.books.model import GiftStory, MoveStory, SpentStory
from tests.invariants.books.stage import Place
from tests.invariants.books.troubles import TROUBLES, WHICH, Trouble, Troubled

SHARES = st.sampled_from([10, 50, 99, 100, 101])  # per cent
FUNDS = st.sampled_from(
    ["GEN", "THEME-EVENTS", "EVENT-1", "GRANT-1", "EVENT-1@THEME-EVENTS", "GRANT-1@THEME-GRANTS", "THEME-GRANTS"]
)


class DeskRules(Troubled):
    """The staff desk's part of a history."""

    @rule(which=WHICH, share=SHARES, trouble=TROUBLES)
    def staff_refund(self, which: int, share: int, trouble: Trouble) -> None:
        known = self._known_gifts()
        if not known:
            return
        gift, donation_id = known[which % len(known)]
        left = self._refundable(gift, donation_id)
        amount_minor = max(left, 1) * share // 100 + 1 if share > 100 else max(left * share // 100, 1)
        order = RefundOrder(
            donation_public_id=gift.public_id,
            amount=Money(amount_minor, gift.currency),
            reason="asked for by the donor",
            actor_id=self.cast.approver,
        )
        expected = self._disputed(gift) or (
            NotRefundable if left <= 0 else RefundTooLarge if amount_minor > left else None
        )
        self._expect(expected, lambda: request_refund(order, clock=self.clock), trouble)

    @rule(
        kind=st.sampled_from([EntryKind.ALLOCATION, EntryKind.ALLOCATION, EntryKind.TAKE_BACK, EntryKind.COVER]),
        giver_code=FUNDS,
        taker_code=FUNDS,
        share=SHARES,
        which=WHICH,
        trouble=TROUBLES,
    )
    def propose_move(
        self, kind: EntryKind, giver_code: str, taker_code: str, share: int, which: int, trouble: Trouble
    ) -> None:
        giver, taker = self.cast.funds[giver_code], self.cast.funds[taker_code]
        currency, minor = self._share_of(giver, share, which, lacking=taker if kind is EntryKind.COVER else None)
        holder = self._holder(kind, giver, taker)
        move = Move(
            campaign_id=self.cast.campaign_id,
            kind=kind,
            source=giver.public_id,
            target=taker.public_id,
            amount=Money(minor, currency),
        )
        public_id = new_public_id()
        expected: type[Exception] | None = None
        if holder is None:
            expected = MoneyMayNotGoThere
        elif minor > self._available(giver.id, currency):
            expected = NotEnoughFunds
        elif kind is EntryKind.COVER and self._holds(holder, currency) + minor > 0:
            expected = MoreThanIsMissing

        def ask() -> str:
            return propose(move, public_id=public_id, reason="planned", actor_id=self.cast.proposer, clock=self.clock)

        self._expect(expected, ask, trouble)
        if holder is not None and expected is None:
            self.model.moves.append(MoveStory(public_id, kind.value, giver.id, holder, currency, minor))

    @precondition(lambda self: bool(self.model.moves))
    @rule(
        which=WHICH,
        how=st.sampled_from(["approve", "approve", "approve", "alone", "reject", "withdraw"]),
        trouble=TROUBLES,
    )
    def decide(self, which: int, how: str, trouble: Trouble) -> None:
        move = self.model.moves[which % len(self.model.moves)]
        expected = self._decision(move, how)
        self._expect(expected, lambda: self._decide(move, how), trouble, done_before=AlreadyDecided)
        if expected is None:
            move.state = {"approve": "approved", "reject": "rejected", "withdraw": "withdrawn"}[how]
            if how == "approve":
                self.model.approved[move.public_id] = self._approved_on(move)

    @rule(fund=FUNDS, share=SHARES, which=WHICH, trouble=TROUBLES)
    def disburse(self, fund: str, share: int, which: int, trouble: Trouble) -> None:
        place = self.cast.funds[fund]
        currency, minor = self._share_of(place, share, which)
        payment = NewDisbursement(
            campaign_id=self.cast.campaign_id,
            fund=place.public_id,
            amount=Money(minor, currency),
            paid_on=self.clock.now().date(),
            payee="A supplier",
            evidence="Invoice 7",
        )
        public_id = new_public_id()
        expected: type[Exception] | None = None
        if place.kind in {"general", "theme"}:
            expected = NotFound
        elif minor > self._available(place.id, currency):
            expected = NotEnoughFunds

        def pay() -> str:
            return record_disbursement(payment, public_id=public_id, actor_id=self.cast.proposer, clock=self.clock)

        self._expect(expected, pay, trouble)
        if expected is None:
            is_grant = fund.startswith("GRANT")
            self.model.spent.append(SpentStory(public_id, is_grant, place.id, currency, minor, payment.paid_on))

    def _refundable(self, gift: GiftStory, donation_id: int) -> int:
        """What may go back by what we know: the charge less what we know as sent back, and our open requests."""
        facts = self._facts_of(gift)
        if facts is None or facts.fact is not Fact.PAID:
            return 0
        with reading() as session:
            waiting = session.execute(
                select(Refund.amount_minor).where(Refund.donation_id == donation_id, Refund.state == "requested")
            ).scalars()
            return facts.amount.minor - model.sent_back(facts) - sum(waiting)

    def _disputed(self, gift: GiftStory) -> type[Exception] | None:
        """What the desk says while a donor's bank has the money, or has given it to her; the first comes first."""
        facts = self._facts_of(gift)
        if facts is None or facts.fact is not Fact.PAID:
            return None
        lost = [dispute_model.is_lost(dispute, written_off=gift.written_off) for dispute in facts.disputes]
        is_open = [
            not is_lost and dispute_model.is_open(dispute)
            for dispute, is_lost in zip(facts.disputes, lost, strict=True)
        ]
        return DisputeOpen if any(is_open) else DisputeLost if any(lost) else None

    def _share_of(self, place: Place, share: int, which: int, *, lacking: Place | None = None) -> tuple[str, int]:
        """A share of what a fund holds in one of its currencies, or of what another lacks."""
        balances = model.fund_balances(self._expected())
        if lacking is not None:
            place, balances = lacking, Counter({key: -minor for key, minor in balances.items()})
        positive = sorted((cur, minor) for (fund, cur), minor in balances.items() if fund == place.id and minor > 0)
        currency, minor = positive[which % len(positive)] if positive else ("USD", 1_00)
        return currency, max(minor * share // 100, 1)

    def _holder(self, kind: EntryKind, giver: Place, taker: Place) -> int | None:
        """The fund that receives, or None where the money may not go."""
        if kind is EntryKind.COVER:
            return taker.id if giver.kind in {"general", "event", "grant", "line"} and giver != taker else None
        if kind is EntryKind.TAKE_BACK:
            return taker.id if (taker.id, giver.id) in self.cast.reach else None
        if (giver.id, taker.id) in self.cast.reach:
            return taker.id
        child = self.cast.funds.get(f"{taker.code}@{giver.code}")
        return child.id if child else None

    def _decision(self, move: MoveStory, how: str) -> type[Exception] | None:
        """What the desk must say to this decision."""
        if move.state != "proposed":
            return AlreadyDecided
        if how == "alone":
            return SelfApproval
        if how == "approve" and move.minor > self._available(move.source_id, move.currency):
            return NotEnoughFunds
        is_cover = move.kind == EntryKind.COVER.value
        if how == "approve" and is_cover and self._holds(move.target_id, move.currency) + move.minor > 0:
            return MoreThanIsMissing
        return None

    def _decide(self, move: MoveStory, how: str) -> None:
        name, proposer, approver = move.public_id, self.cast.proposer, self.cast.approver
        match how:
            case "approve":
                approve(name, actor_id=approver, clock=self.clock)
            case "alone":
                approve(name, actor_id=proposer, clock=self.clock)
            case "reject":
                reject(name, note="not now", actor_id=approver, clock=self.clock)
            case _:
                withdraw(name, actor_id=proposer, clock=self.clock)

    def _approved_on(self, move: MoveStory) -> date:
        """The day on which it was decided: a crash may lie between two tries, on two days."""
        with reading() as session:
            query = text("SELECT CAST(decided_at AS VARCHAR) FROM allocation WHERE public_id = :name")
            return date.fromisoformat(session.execute(query, {"name": move.public_id}).scalar_one()[:10])
