"""The end of a history: everything is paid out, told or found, and decided; then all must agree and nothing may hang."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import Fact
from campaign.gateways.provider_account import TransactionFacts
from campaign.models.inbox import ProviderEvent
from campaign.services.ledger import sums
from campaign.services.reconciliation import reconciling, suspense
from campaign.services.reconciliation.reconciling import Mails
from tests.invariants.books import dumps, payout_model
from tests.invariants.books.model import MovementStory
from tests.invariants.books.provider import missed_name
from tests.invariants.books.troubles import Troubled

AFTER_A_REPAIR = timedelta(minutes=10, seconds=1)


class Resting(Troubled):
    """Brings a history to its end, by events or, where the provider falls silent, by a comparison."""

    is_silent = False

    def _repair(self, mails: Mails = Mails.NONE) -> reconciling.Report:
        """Our rows are compared with the provider's and made good; what it found of missed events counts as delivered."""
        try:
            return reconciling.repair(self.context, mails=mails)
        finally:
            self._note_fetched()

    def _come_to_rest(self) -> None:
        """Everything is paid out, reported and processed: nothing waits, nothing hangs, all balances agree."""
        self._bring_to_an_end()
        self.clock.at += AFTER_A_REPAIR  # one that died still counts as under way
        self._work_off_all()  # what staff asked for goes out, and makes news
        if self.is_silent:
            self._repair()
            self._work_off_all()
        while news := [event for event in self.provider.events if event not in self.delivered]:
            for event in news:  # what was reported once must not be needed twice
                self._deliver(event)
            self._work_off_all()
        self._repair()
        self._book_every_fee()
        report = self._repair()
        assert report.is_clean, f"a comparison leaves {report.still_open}"
        assert self._received_and_processed() == set(self.provider.facts), "an event still waits for its gift"
        self._compare()
        self._refuse_what_hangs()
        self._refuse_any_change()
        self._refuse_another_repair()

    def _bring_to_an_end(self) -> None:
        """Pages run out, the provider credits what is paid, the banks decide, and what is there is sent to us."""
        provider, account = self.provider, self.provider.account
        for payment, facts in list(provider.facts.items()):
            if facts.fact is Fact.OPENED:
                provider.is_left(payment)
            elif facts.fact is Fact.PAID and facts.settled is None:
                provider.credits(payment, gross=facts.amount, fee_minor=7)
        for payment, dispute in provider.disputed_payments():
            if dispute.status != "lost":
                provider.gives_back(payment, dispute.provider_id)
        for currency in sorted(account.balance()):
            provider.pays_out(currency)
        for name in account.under_way():
            provider.payout_arrives(name)

    def _refuse_what_hangs(self) -> None:
        """Invariant 5, against what the provider has and has sent to the bank."""
        account = self.provider.account
        with reading() as session:
            totals = sums.account_totals(session)
            booked = dumps.entries_by_subject(session)
            self._refuse_changed_reports(session)
        for place in (1005, 1015, 1030, 2020):
            assert not [minor for (code, _), minor in totals.items() if code == place and minor], f"{place} hangs"
        in_bank = account.arrived()
        for spent in self.model.spent:
            in_bank[spent.currency] -= spent.minor
        for place, expected in ((1010, self.provider.balance), (1020, in_bank)):
            balances = {cur: minor for (code, cur), minor in totals.items() if code == place and minor}
            assert balances == {cur: minor for cur, minor in expected.items() if minor}, f"{place} is not the outside's"
        for name, payout in account.sent.items():
            entries = booked.get(f"payout:{name}", set())
            assert payout_model.sums(entries) == payout_model.expected_at_rest(payout)

    def _refuse_changed_reports(self, session: Session) -> None:
        for moment, report in self.reports.items():
            assert dumps.totals_as_of(session, moment) == report, f"the report as of {moment} has changed"

    def _refuse_another_repair(self) -> None:
        with reading() as session:
            before = dumps.rows(session)
        self._repair()
        with reading() as session:
            after = dumps.rows(session)
        changed = {name for name, rows in before.items() if rows != after[name]}
        assert changed <= {"reconciliation", "lease"}, f"a second repair changed {changed}"

    def _note_fetched(self) -> None:
        """Events that a repair has fetched are in the inbox: the provider need not deliver them any more."""
        with reading() as session:
            names = set(session.execute(select(ProviderEvent.event_id)).scalars())
        self.provider.delivered |= {event for event in self.provider.events if missed_name(event) in names}

    def _book_every_fee(self) -> None:
        for moved in self.provider.account.fees:
            if moved.provider_id not in self.model.movements:
                self._book_movement(moved, "provider_fee")

    def _book_movement(self, moved: TransactionFacts, kind: str) -> None:
        """Somebody of finance says what a movement is."""
        book = suspense.book_fee if kind == "provider_fee" else suspense.book_as_unidentified
        book(moved.provider_id, campaign_id=self.cast.campaign_id, actor_id=self.cast.approver, clock=self.clock)
        self._keep_movement(moved, kind)

    def _keep_movement(self, moved: TransactionFacts, kind: str) -> None:
        self.model.movements[moved.provider_id] = MovementStory(
            moved.provider_id,
            kind,
            self.cast.funds["GEN"].id,
            moved.net.currency,
            moved.net.minor,
            moved.made_at.date(),
        )
