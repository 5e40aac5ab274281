"""The judge: after every step, our books are compared with the model, whole, and with what stood before."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import DonationOrigin, Fact
from campaign.domain.errors import GiftNotKnownYet
from campaign.domain.payment import PaymentFacts
from campaign.domain.provider_events import UNFINISHED_EVENT_STATES, EventState
from campaign.gateways.context import Context
from campaign.models.donation import Dispute, Donation, Refund
from campaign.models.inbox import ProviderEvent
from campaign.models.journal import JournalEntry
from campaign.models.outbox import Message
from campaign.services.gifts import settlement
from campaign.services.gifts.checkout import GiftRequest
from campaign.services.gifts.refunds import send_next_refund
from campaign.services.ledger import sums
from campaign.services.ledger.check import check_books
from campaign.services.queues import inbox
from campaign.services.reconciliation import payouts
from tests.invariants.books import dispute_model, dumps, model, payout_model
from tests.invariants.books.model import GiftStory, Model
from tests.invariants.books.provider import Provider, ReportedEvent, hides_refunds
from tests.invariants.books.shapes import Shape
from tests.invariants.books.stage import LedgerScenario
from tests.support.fakes import SIGNATURE, SettableClock

PUBLIC_URL = "http://localhost"
Row = tuple[bool, int, int, frozenset[tuple[str, str]]]
"""Whether a gift is paid, what was sent back of it, what was charged back, and the provider's word for each dispute."""


class Judged(RuleBasedStateMachine):
    """A history and the model beside it. `stage` is set by a subclass per database."""

    stage: ClassVar[LedgerScenario]

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
        self.reports: dict[datetime, dumps.Rows] = {}
        self.deliveries = 0
        self.delivered = self.provider.delivered
        self.repeated_until = 0

    def _find_gifts(self) -> None:
        """Take gifts into the model: a row per form, per second payment, and per month, whatever happened meanwhile."""
        query = select(
            Donation.form_id,
            Donation.origin,
            Donation.public_id,
            Donation.fee_bearer,
            Donation.checkout_id,
            Donation.invoice_id,
        ).order_by(Donation.id)
        with reading() as session:
            rows = session.execute(query).all()
        for form_id, origin, public_id, bearer, page, invoice in rows:
            payment = page or invoice
            gift = self.model.gifts.get(public_id)
            if gift is None:
                first = self._first_gift(str(payment)) if origin != DonationOrigin.FORM else None
                gift = self._new_gift(form_id, public_id, bearer, first=first)
            if gift.checkout_id != payment:
                facts = self._facts_of(gift)
                assert facts is None or facts.fact is not Fact.PAID, "a gift has lost the page that it was paid on"
                gift.checkout_id, gift.moment_index = payment, 0

    def _first_gift(self, payment: str) -> GiftStory:
        """The gift of which this payment is a second one, or a later month."""
        return self.model.gifts[str(self.provider.facts[payment].donation_public_id)]

    def _new_gift(self, form_id: str, public_id: str, bearer: str, *, first: GiftStory | None) -> GiftStory:
        """What was asked for on the form; a second payment and a later month are as the first was."""
        if first:
            currency, minor, fund = first.currency, first.gift_minor, first.fund_id
        else:
            [request] = [form for form in self.forms if form.form_id == form_id]
            currency, minor = request.gift.currency, request.gift.minor
            fund = self.cast.funds[request.fund_code or "GEN"].id
        fee_fund = fund if bearer == "fund" else self.cast.funds["GEN"].id
        gift = self.model.gifts[public_id] = GiftStory(form_id, public_id, currency, minor, fund, fee_fund)
        return gift

    def _facts_of(self, gift: GiftStory) -> PaymentFacts | None:
        """The moment of the provider at which our books stand for this gift; None before it has a page."""
        return self.provider.moments_of(gift.checkout_id)[gift.moment_index] if gift.checkout_id else None

    def _known_gifts(self) -> list[tuple[GiftStory, int]]:
        with reading() as session:
            ids = {row[0]: row[1] for row in session.execute(select(Donation.public_id, Donation.id))}
        return [(gift, ids[public_id]) for public_id, gift in self.model.gifts.items()]

    def _expected(self) -> dict[str, set[Shape]]:
        """subject → entries, each gift at the moment at which our books stand."""
        expected = self.model.decided()
        for gift in self.model.gifts.values():
            expected[f"donation:{gift.public_id}"] = gift.entries
        return {subject: entries for subject, entries in expected.items() if entries}

    def _holds(self, fund_id: int, currency: str) -> int:
        return model.fund_balances(self._expected())[fund_id, currency]

    def _available(self, fund_id: int, currency: str) -> int:
        """What a fund holds, less what open disputes have withdrawn of its gifts."""
        return self._holds(fund_id, currency) - model.disputed(self.model.gifts.values())[fund_id, currency]

    @property
    def context(self) -> Context:
        account = self.provider.account
        return Context(payments=self.provider, account=account, clock=self.clock, public_url=PUBLIC_URL)

    def _settle(self, donation_id: int) -> None:
        try:
            settlement.settle(donation_id, context=self.context)
        except GiftNotKnownYet:
            return

    def _settle_any(self) -> None:
        for _, donation_id in self._known_gifts():
            self._settle(donation_id)

    def _work(self) -> bool:
        others = {"payout": partial(payouts.take_event, context=self.context)}
        return settlement.settle_next_event(self.context, handlers=others)

    def _send_refund(self) -> bool:
        return send_next_refund(self.context)

    def _deliver(self, event: ReportedEvent, *, event_id: str = "") -> bool:
        self.deliveries += 1
        body = self.provider.event(event.type, event.object_id, event_id=event_id or f"evt_{self.deliveries}")
        is_new = inbox.receive(body, SIGNATURE, context=self.context)
        self.delivered.add(event)
        return is_new

    def _refuse_half_done(self) -> None:
        with reading() as session:
            assert not check_books(session), "a crash left something half done"

    def _compare(self) -> None:
        """Books and model, whole: for every gift some moment of the provider's knowledge, and the last one when due."""
        self._find_gifts()
        due = self._received_and_processed()
        with reading() as session:
            problems = [problem.rule for problem in check_books(session)]
            assert not problems, f"the ledger check finds: {problems}"
            booked = dumps.entries_by_subject(session)
            self._place_all(session, booked, due)
            in_books = dumps.movements(session)
            payout_model.follow_identified(self.model.movements, booked)
            paid_out = {subject: booked.pop(subject) for subject in list(booked) if subject.startswith("payout:")}
            payout_model.check(self.provider.account, paid_out, in_books, doubtful=set(self.model.movements))
            expected = self._expected()
            assert booked == expected, "the books hold other entries than the model"
            balances = sums.balances(session, campaign_id=self.cast.campaign_id)
            by_currency = {(fund, cur): minor for fund, by in balances.items() for cur, minor in by.items()}
            assert by_currency == _without_zeros(model.fund_balances(expected))
            totals = sums.account_totals(session, campaign_id=self.cast.campaign_id)
            assert _without_zeros(totals) == _without_zeros(model.account_totals({**expected, **paid_out}))
            self._compare_papers(session)
            self._compare_history(session)

    def _place_all(self, session: Session, booked: dict[str, set[Shape]], due: set[str]) -> None:
        columns = (Donation.public_id, Donation.state, Donation.refunded_minor, Donation.charged_back_minor)
        words: dict[str, set[tuple[str, str]]] = defaultdict(set)
        claims = select(Donation.public_id, Dispute.provider_id, Dispute.status).join_from(Dispute, Donation)
        for public_id, dispute_id, status in session.execute(claims):
            words[public_id].add((dispute_id, status))
        for public_id, state, refunded, charged_back in session.execute(select(*columns)):
            gift = self.model.gifts[public_id]
            gift.entries = booked.get(f"donation:{public_id}", set())
            self._place(
                gift,
                (state == "paid", refunded, charged_back, frozenset(words[public_id])),
                is_due=gift.checkout_id in due,
            )
        paid = {name for name in due if self.provider.facts[name].fact is Fact.PAID}
        assert paid <= {gift.checkout_id for gift in self.model.gifts.values()}, "a payment without a gift"

    def _received_and_processed(self) -> set[str]:
        """The pages of which every event was delivered, once at least, and none waits in the inbox: nothing is lost."""
        with reading() as session:
            waiting = select(ProviderEvent.id).where(
                ProviderEvent.state.in_((*UNFINISHED_EVENT_STATES, EventState.FAILED_PERMANENTLY))
            )
            if session.execute(waiting).first():
                return set()
        return set(self.provider.facts) - {
            event.checkout_id for event in self.provider.events if event not in self.delivered
        }

    def _place(self, gift: GiftStory, row: Row, *, is_due: bool) -> None:
        """Find the moment of the provider at which our books stand for this gift; not before the last one."""
        if gift.checkout_id is None:
            assert not gift.entries
            return
        moments = self.provider.moments_of(gift.checkout_id)
        earliest = max(gift.moment_index, self.provider.answered.get(gift.checkout_id, 0))
        if is_due:
            earliest = len(moments) - 1
        lost = frozenset(source.removeprefix("lost:") for source, *_ in gift.entries if source.startswith("lost:"))
        for index in range(earliest, len(moments)):
            moment = moments[index]
            was_lost = lost & frozenset().union(*map(dispute_model.lost_withdrawals, moments[: index + 1]))
            # What is hidden from those who do not ask for the whole may be missing, as long as nothing tells of it.
            shown = [moment] if is_due or not hides_refunds(moment) else [moment, replace(moment, refunds=())]
            if any(_stands_at(facts, gift, row, was_lost) for facts in shown):
                gift.moment_index, gift.written_off = index, was_lost
                return
        raise AssertionError(f"the books stand at no moment since {earliest} of {gift}: {row}")

    def _compare_papers(self, session: Session) -> None:
        """Receipts: facts never change, an ended one stays ended; what stands was mailed, unless a refund is pending."""
        columns = "number, serial, series, year, donation_id, amount_minor, currency, document_sha256, verify_code"
        rows = session.execute(text(f"SELECT state, {columns} FROM receipt")).all()  # noqa: S608  # our own names
        mailed = {facts.get("receipt_number") for facts in session.execute(select(Message.facts)).scalars()}
        pending = set(session.execute(select(Refund.donation_id).where(Refund.state == "pending")).scalars())
        for state, number, *facts in rows:
            was, *known = self.receipts.get(number, (state, *facts))
            assert known == facts
            assert was in {"issued", state}
            assert state != "issued" or number in mailed or facts[3] in pending
        assert set(self.receipts) <= {row[1] for row in rows}
        self.receipts = {number: (state, *facts) for state, number, *facts in rows}
        live = text(
            "SELECT d.public_id, r.amount_minor FROM receipt r JOIN donation d ON d.id = r.donation_id"
            " WHERE r.state = 'issued' ORDER BY 1, 2"
        )
        withheld = text("SELECT public_id FROM donation WHERE fraud_hold IN ('waiting', 'disputed')")
        withdrawn = set(session.execute(withheld).scalars()) - {row[0] for row in session.execute(live)}
        left = {
            name: self._left_of(gift) for gift in self.model.gifts.values() if (name := gift.public_id) not in withdrawn
        }
        receipted = [(row[0], row[1]) for row in session.execute(live)]
        assert receipted == sorted((name, minor) for name, minor in left.items() if minor > 0)

    def _left_of(self, gift: GiftStory) -> int:
        """What a receipt may still confirm: the charge less what its donor has again."""
        facts = self._facts_of(gift)
        if facts is None or facts.fact is not Fact.PAID:
            return 0
        charged_back = dispute_model.charged_back(facts, written_off=gift.written_off)
        return facts.amount.minor - model.sent_back(facts) - charged_back

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
        if self.clock.now() > self.looked_at:
            self.reports[self.looked_at] = dumps.totals_as_of(session, self.looked_at)
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
                select(ProviderEvent.state).where(
                    ProviderEvent.state.in_((EventState.NEW, EventState.FAILED, EventState.FAILED_PERMANENTLY))
                )
            ).scalars()
            refunds = session.execute(select(Refund.state).where(Refund.state == "requested")).scalars()
            return [*events, *refunds]

    def _tell_the_last(self) -> None:
        """The latest news once more, the newest first, half of them under an id that was used."""
        for index, event in enumerate(reversed(self.provider.events[-3:])):
            self._deliver(event, event_id="" if index % 2 else f"evt_same_{event.number}")
        self._work_off_all()

    def _refuse_any_change(self) -> None:
        with reading() as session:
            before = dumps.rows(session)
        self._tell_the_last()
        with reading() as session:
            after = dumps.rows(session)
        changed = {name for name, rows in before.items() if rows != after[name]}
        assert changed <= {"provider_event"}, f"a redelivery changed {changed}"


def _stands_at(facts: PaymentFacts, gift: GiftStory, row: Row, was_lost: frozenset[str]) -> bool:
    """Whether row and books say what the provider knew then."""
    charged_back = dispute_model.charged_back(facts, written_off=was_lost)
    is_paid = facts.fact is Fact.PAID
    words = frozenset((one.provider_id, one.status) for one in facts.disputes if is_paid)
    is_as_expected = row == (is_paid, model.sent_back(facts), charged_back, words)
    return is_as_expected and gift.entries == model.gift_entries(facts, gift, written_off=was_lost)


def _without_zeros(sums: Mapping[tuple[int, str], int]) -> dict[tuple[int, str], int]:
    return {key: minor for key, minor in sums.items() if minor}
