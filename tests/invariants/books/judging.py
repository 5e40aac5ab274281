"""The judge: after every step, our books are compared with the model, whole, and with what stood before."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import Fact
from campaign.models.donation import Donation, Refund
from campaign.models.inbox import ProviderEvent
from campaign.models.journal import JournalEntry
from campaign.services import bookkeeping, settlement, webhook_inbox
from campaign.services.checkout import GiftRequest
from campaign.services.ledger_check import check_books
from campaign.services.locked_gift import GiftNotKnownYet
from campaign.services.refunding import send_next_refund
from tests.fakes import SIGNATURE, SettableClock
from tests.invariants.books import dumps, model
from tests.invariants.books.model import GiftStory, Model, Shape
from tests.invariants.books.provider import Provider, Told
from tests.invariants.books.stage import Stage

PUBLIC_URL = "http://localhost"


class Judged(RuleBasedStateMachine):
    """A history and the model beside it. `stage` is set by a subclass per database."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.stage.reset()
        self.cast = self.stage.cast
        self.clock = SettableClock()
        self.provider = Provider(clock=self.clock)
        self.model = Model()
        self.forms: list[GiftRequest] = []
        self.stood: dict[str, dumps.Rows] = {}
        self.receipts: dict[str, tuple[Any, ...]] = {}
        self.entries_at: set[str] = set()
        self.looked_at = self.clock.now()
        self.deliveries = 0
        self.delivered: set[Told] = set()
        self.told_again = 0

    def _find_gifts(self) -> None:
        """Take gifts into the model: one row per form, whatever happened while it was made."""
        forms = {request.form_id: request for request in self.forms}
        with reading() as session:
            found = session.execute(select(Donation.form_id, Donation.public_id, Donation.fee_bearer)).all()
        for form_id, public_id, bearer in found:
            if public_id in self.model.gifts:
                continue
            request = forms[form_id]
            fund = self.cast.funds[request.fund_code or "GEN"].id
            fee_fund = fund if bearer == "fund" else self.cast.funds["GEN"].id
            self.model.gifts[public_id] = GiftStory(
                form_id, public_id, request.gift.currency, request.gift.minor, fund, fee_fund
            )
        for checkout, facts in self.provider.facts.items():
            gift = self.model.gifts[str(facts.donation_public_id)]
            assert gift.checkout_id in {None, checkout}, "a second page for one gift"
            gift.checkout_id = checkout

    def _known_gifts(self) -> list[tuple[GiftStory, int]]:
        with reading() as session:
            ids = {row[0]: row[1] for row in session.execute(select(Donation.public_id, Donation.id))}
        return [(gift, ids[public_id]) for public_id, gift in self.model.gifts.items()]

    def _expected(self) -> dict[str, set[Shape]]:
        """subject → entries, each gift at the moment at which our books stand."""
        told = self.model.decided()
        for gift in self.model.gifts.values():
            if gift.checkout_id is not None:
                facts = self.provider.moments_of(gift.checkout_id)[gift.seen]
                told[f"donation:{gift.public_id}"] = model.gift_entries(facts, gift)
        return {subject: entries for subject, entries in told.items() if entries}

    def _holds(self, fund_id: int, currency: str) -> int:
        return model.fund_balances(self._expected())[fund_id, currency]

    def _settle(self, donation_id: int) -> None:
        try:
            settlement.settle(donation_id, payments=self.provider, clock=self.clock, public_url=PUBLIC_URL)
        except GiftNotKnownYet:
            return

    def _settle_any(self) -> None:
        for _, donation_id in self._known_gifts():
            self._settle(donation_id)

    def _work(self) -> bool:
        return settlement.settle_next_event(payments=self.provider, clock=self.clock, public_url=PUBLIC_URL)

    def _send_refund(self) -> bool:
        return send_next_refund(payments=self.provider, clock=self.clock, public_url=PUBLIC_URL)

    def _deliver(self, told: Told, *, event_id: str = "") -> bool:
        self.deliveries += 1
        body = self.provider.event(told.type, told.object_id, event_id=event_id or f"evt_{self.deliveries}")
        is_new = webhook_inbox.receive(body, SIGNATURE, payments=self.provider, clock=self.clock)
        self.delivered.add(told)
        return is_new

    def _refuse_half_done(self) -> None:
        with reading() as session:
            assert not check_books(session), "a crash left something half done"

    def _compare(self) -> None:
        """Books and model, whole: for every gift some moment of the provider's knowledge, and the last one when due."""
        self._find_gifts()
        due = self._told_and_worked_off()
        with reading() as session:
            problems = [problem.rule for problem in check_books(session)]
            assert not problems, f"the ledger check finds: {problems}"
            booked = dumps.entries_by_subject(session)
            for public_id, state, refunded in session.execute(
                select(Donation.public_id, Donation.state, Donation.refunded_minor)
            ):
                gift = self.model.gifts[public_id]
                entries = booked.get(f"donation:{public_id}", set())
                self._place(gift, entries, (state == "paid", refunded), is_due=gift.checkout_id in due)
            expected = self._expected()
            assert booked == expected, "the books hold other entries than the model"
            told = bookkeeping.balances(session, campaign_id=self.cast.campaign_id)
            held = {(fund, cur): minor for fund, by in told.items() for cur, minor in by.items()}
            assert held == _without_zeros(model.fund_balances(expected))
            totals = bookkeeping.account_totals(session, campaign_id=self.cast.campaign_id)
            assert _without_zeros(totals) == _without_zeros(model.account_totals(expected))
            self._compare_papers(session)
            self._compare_history(session)

    def _told_and_worked_off(self) -> set[str]:
        """The pages of which every event was delivered, once at least, and none waits in the inbox: nothing is lost."""
        with reading() as session:
            waiting = select(ProviderEvent.id).where(ProviderEvent.state.in_(("new", "failed", "parked", "dead")))
            if session.execute(waiting).first():
                return set()
        return set(self.provider.facts) - {
            told.checkout_id for told in self.provider.told if told not in self.delivered
        }

    def _place(self, gift: GiftStory, entries: set[Shape], row: tuple[bool, int], *, is_due: bool) -> None:
        """Find the moment of the provider at which our books stand for this gift; not before the last one."""
        if gift.checkout_id is None:
            assert not entries
            return
        moments = self.provider.moments_of(gift.checkout_id)
        earliest = max(gift.seen, self.provider.answered.get(gift.checkout_id, 0))
        if is_due:
            earliest = len(moments) - 1
        for index in range(earliest, len(moments)):
            facts = moments[index]
            if row == (facts.fact is Fact.PAID, model.sent_back(facts)) and entries == model.gift_entries(facts, gift):
                gift.seen = index
                return
        raise AssertionError(f"the books stand at no moment since {earliest} of {gift}: {entries}")

    def _compare_papers(self, session: Session) -> None:
        """Receipts: facts never change, an ended one stays ended, each was mailed."""
        columns = "number, serial, series, year, donation_id, amount_minor, currency, document_sha256, verify_code"
        rows = session.execute(text(f"SELECT state, {columns} FROM receipt")).all()  # noqa: S608  # our own names
        told = set(session.execute(text("SELECT dedupe_key FROM message")).scalars())
        for state, number, *facts in rows:
            was, *known = self.receipts.get(number, (state, *facts))
            assert known == facts
            assert was in {"issued", state}
            assert f"receipt:{number}" in told
            assert (f"receipt_void:{number}" in told) == (state == "void")
        assert set(self.receipts) <= {row[1] for row in rows}
        self.receipts = {number: (state, *facts) for state, number, *facts in rows}

    def _compare_history(self, session: Session) -> None:
        """What stood stands, and what is new was recorded now: a report as of an earlier moment does not change."""
        rows = dumps.rows(session, dumps.APPEND_ONLY)
        assert all(old <= rows[name] for name, old in self.stood.items()), "a row that stood has changed"
        self.stood = rows
        query = select(JournalEntry.id, JournalEntry.recorded_at)
        recorded = {row[0]: row[1] for row in session.execute(query)}
        new = set(recorded) - self.entries_at
        assert all(recorded[name] >= self.looked_at for name in new), "an entry recorded in the past"
        self.entries_at |= new
        self.looked_at = self.clock.now()

    def _work_off_all(self) -> None:
        """Let time pass until nothing waits."""
        self.provider.answered.clear()
        for _ in range(60):
            while self._work() or self._send_refund():
                pass
            if not self._waiting():
                return
            self.clock.advance(hours=13)
        raise AssertionError(f"something waits for ever: {self._waiting()}")

    def _waiting(self) -> list[str]:
        with reading() as session:
            events = session.execute(
                select(ProviderEvent.state).where(ProviderEvent.state.in_(("new", "failed", "dead")))
            ).scalars()
            refunds = session.execute(select(Refund.state).where(Refund.state == "requested")).scalars()
            return [*events, *refunds]

    def _tell_the_last(self) -> None:
        """The latest news once more, the newest first, half of them under an id that was used."""
        for index, told in enumerate(reversed(self.provider.told[-3:])):
            self._deliver(told, event_id="" if index % 2 else f"evt_same_{told.number}")
        self._work_off_all()

    def _refuse_any_change(self) -> None:
        with reading() as session:
            before = dumps.rows(session)
        self._tell_the_last()
        with reading() as session:
            after = dumps.rows(session)
        changed = {name for name, rows in before.items() if rows != after[name]}
        assert changed <= {"provider_event"}, f"a redelivery changed {changed}"

    def _come_to_rest(self) -> None:
        """Everything is paid out, told and worked off: nothing stays parked, nothing hangs, all balances agree."""
        for checkout, facts in list(self.provider.facts.items()):
            if facts.fact is Fact.PAID and facts.settled is None:
                self.provider.credits(checkout, gross=facts.amount, fee_minor=7)
        self._work_off_all()  # what staff asked for goes out, and makes news
        while news := [told for told in self.provider.told if told not in self.delivered]:
            for told in news:  # what we were told once must not be needed twice
                self._deliver(told)
            self._work_off_all()
        assert self._told_and_worked_off() == set(self.provider.facts), "an event stays parked"
        self._compare()
        with reading() as session:
            totals = bookkeeping.account_totals(session)
        assert not [minor for (account, _), minor in totals.items() if account == 1005 and minor]
        assert {cur: minor for (account, cur), minor in totals.items() if account == 1010 and minor} == {
            cur: minor for cur, minor in self.provider.balance.items() if minor
        }
        self._refuse_any_change()


def _without_zeros(sums: Mapping[tuple[int, str], int]) -> dict[tuple[int, str], int]:
    return {key: minor for key, minor in sums.items() if minor}
