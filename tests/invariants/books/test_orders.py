"""Any order of delivery, with doubles, leads to the same books, holds and public figures: at once, or at the end, shuffled."""

import os
from contextlib import suppress
from dataclasses import astuple, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import Fact
from campaign.domain.fraud_hold import FraudHold, FraudSign, HoldDecided
from campaign.domain.money import Money
from campaign.domain.payment import FraudWarningFacts
from campaign.models.donation import Donation
from campaign.services.campaigns.supporters import gift_counts, read_supporters_page
from campaign.services.gifts.suspicion import approve_gift
from campaign.services.ledger.sums import public_flows
from tests.invariants.books.machine import Books
from tests.invariants.books.provider import ReportedEvent
from tests.invariants.books.stage import LedgerScenario

pytestmark = pytest.mark.faults

EXAMPLES = int(os.environ.get("KURAK_HISTORIES", "30")) // 5
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("pay", "leave", "later", "credit", "send back", "refund leaves", "refund fails"),
                *(
                    "ask",
                    "claim",
                    "claim",
                    "take",
                    "take",
                    "lose",
                    "win",
                    "warning",
                    "review",
                    "risk",
                    "approve review",
                ),
            ]
        ),
        st.integers(0, 5),
    ),
    min_size=6,
    max_size=16,
)
SIGNS = {
    "warning": (FraudSign.WARNING, "radar.early_fraud_warning.created"),
    "risk": (FraudSign.RISK, "charge.updated"),
    "review": (FraudSign.REVIEW, "review.opened"),
    "approve review": (FraudSign.REVIEW, "review.closed"),
}
BOOKS = (
    """SELECT e.source, e.kind, CAST(e.effective_on AS VARCHAR), p.line, p.account, p.fund_id, p.currency, p.amount_minor
       FROM journal_entry e JOIN posting p ON p.entry_id = e.id ORDER BY 1, 4""",
    """SELECT form_id, state, refunded_minor, charged_back_minor, settled_minor, settled_currency, fraud_hold
       FROM donation ORDER BY 1""",
    """SELECT d.form_id, r.amount_minor FROM receipt r JOIN donation d ON d.id = r.donation_id
       WHERE r.state = 'issued' AND d.fraud_hold NOT IN ('waiting', 'disputed') ORDER BY 1""",
    "SELECT r.provider_id, r.state, r.amount_minor FROM refund r ORDER BY 1",
    """SELECT provider_id, state, status, amount_minor, withdrawal_id, reinstatement_id FROM dispute ORDER BY 1""",
    "SELECT provider_id, sign, is_actionable, approved_at IS NULL FROM fraud_warning ORDER BY 1",
)
"""The books without what the order of hearing may change: when it was recorded, under which random name.

A receipt that was issued before the suspicion stays, so a held gift has one or none; see docs/decisions/0105.
"""
RECEIPTS_ON_HOLD = text(
    "SELECT d.form_id, r.amount_minor FROM receipt r JOIN donation d ON d.id = r.donation_id"
    " WHERE r.state = 'issued' AND d.fraud_hold IN ('waiting', 'disputed')"
)


@given(acts=ACTS, data=st.data())
@settings(max_examples=EXAMPLES, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
def check_orders(stage: LedgerScenario, acts: list[tuple[str, int]], data: st.DataObject) -> None:
    """The same acts of donors and provider, heard in two ways; then staff approve what is suspected."""
    at_once = _History(stage)
    at_once.live(acts, is_heard=True)
    in_order = at_once.books()
    assert in_order[0], "nothing was booked"
    early_receipts = at_once.receipts_on_hold()
    at_once.approve_suspected()
    approved = at_once.books()

    late = _History(stage)
    late.live(acts, is_heard=False)
    events = late.provider.events
    late.hear(data.draw(st.permutations([*events, *data.draw(st.lists(st.sampled_from(events), max_size=4))])))
    assert late.books() == in_order
    assert late.receipts_on_hold() <= early_receipts
    late.approve_suspected()
    assert late.books() == approved


def test_any_order_of_delivery_gives_the_same_books(stage: LedgerScenario) -> None:
    check_orders(stage)


class _History(Books):
    """The machine's services without its dice."""

    def __init__(self, stage: LedgerScenario) -> None:
        type(self).stage = stage
        super().__init__()
        for number, currency in enumerate(("USD", "EUR", "KGS")):
            self.open_gift(
                currency, 500_00 + number, covers_fee=bool(number), purpose=None, bearer="general", trouble=None
            )

    def live(self, acts: list[tuple[str, int]], *, is_heard: bool) -> None:
        for name, which in [("pay", 0), ("pay", 0), ("credit", 0), ("claim", 0), ("take", 0), *acts]:
            self._act(name, which)
            self.clock.advance(minutes=7)
            if is_heard:
                self.hear([event for event in self.provider.events if event not in self.delivered])

    def hear(self, news: list[ReportedEvent]) -> None:
        for event in news:
            self._deliver(event)
        self._work_off_all()

    def approve_suspected(self) -> None:
        """Staff approve every gift that waits for them; a receipt that was withheld is issued now."""
        cast = self.stage.cast
        with reading() as session:
            waiting = select(Donation.public_id).where(Donation.fraud_hold == FraudHold.WAITING)
            suspected = session.execute(waiting).scalars().all()
        for public_id in suspected:
            with suppress(HoldDecided):  # a refund of it is under way
                approve_gift(cast.campaign_id, public_id, actor_id=cast.approver, context=self.context)
        self._work_off_all()

    def _act(self, name: str, which: int) -> None:
        match name:
            case "pay" | "leave" | "later":
                self.donor_at_the_page(which, name, is_heard=False, trouble=None)
            case "credit":
                self.provider_credits(which, 30, "USD", is_heard=False, trouble=None)
            case "send back":
                self.refund_from_dashboard(which, 30, is_heard=False, trouble=None)
            case "refund leaves" | "refund fails":
                self._move_refund(which, fails=name == "refund fails")
            case _:
                self._bank_acts(name, which)

    def _bank_acts(self, name: str, which: int) -> None:
        """A donor's bank asks, claims, takes, decides or suspects, where something is there for it to be about."""
        paid = [checkout for checkout, facts in self.provider.facts.items() if facts.fact is Fact.PAID]
        moved = {"take": (0, 0), "lose": (1, 0), "win": (1, 0)}.get(name)
        if moved is None and paid:
            checkout = paid[which % len(paid)]
            self._bank_claims(name, checkout)
        about = [
            (checkout, dispute.provider_id)
            for checkout in paid
            for dispute in self.provider.facts[checkout].disputes
            if (len(dispute.withdrawals), len(dispute.returns)) == moved and dispute.status != "lost"
        ]
        if about:
            self._bank_decides(name, *about[which % len(about)])

    def _bank_claims(self, name: str, checkout: str) -> None:
        if name in SIGNS:
            self._show_sign(name, checkout)
            return
        part = self.provider.facts[checkout].amount.minor * 30 // 100
        status = "needs_response" if name == "claim" else "warning_needs_response"
        dispute_id = self.provider.dispute(checkout, minor=part, status=status)
        self.provider._say(checkout, "charge.dispute.created", dispute_id)
        over = tuple(replace(sign, is_actionable=False) for sign in self.provider.facts[checkout].warnings)
        self.provider._tell(checkout, warnings=over)

    def _show_sign(self, name: str, checkout: str) -> None:
        sign, event = SIGNS[name]
        facts = self.provider.facts[checkout]
        is_approved = name == "approve review"
        shown = FraudWarningFacts(
            provider_id=f"{sign}_{checkout}",
            fraud_type="misc",
            is_actionable=not is_approved and not facts.disputes,
            made_at=self.clock.now(),
            sign=sign,
            is_approved=is_approved,
        )
        others = tuple(known for known in facts.warnings if known.sign is not sign)
        if (name == "review") == (len(others) == len(facts.warnings)) or name in {"warning", "risk"}:
            self.provider._tell(checkout, warnings=(*others, shown))
            self.provider._say(checkout, event, shown.provider_id)

    def _bank_decides(self, name: str, checkout: str, dispute_id: str) -> None:
        settled = self.provider.facts[checkout].settled
        into = settled.gross.currency if settled else "USD"
        if name == "take":
            self.provider.call_dispute(dispute_id, "needs_response")
            self.provider.withdraw(dispute_id, gross=Money(140_00, into))
            self.provider._say(checkout, "charge.dispute.funds_withdrawn", dispute_id)
            return
        self.provider.call_dispute(dispute_id, "lost" if name == "lose" else "won")
        self.provider._say(checkout, "charge.dispute.closed", dispute_id)
        if name == "win":
            self.provider.reinstate(dispute_id, gross=Money(141_00, into))
            self.provider._say(checkout, "charge.dispute.funds_reinstated", dispute_id)

    def books(self) -> list[Any]:
        """The books, and what everybody may read of them: sums of each fund, counts and supporters."""
        campaign_id = self.stage.cast.campaign_id
        with reading() as session:
            books: list[Any] = [[tuple(row) for row in session.execute(text(query))] for query in BOOKS]
            counts = gift_counts(session, campaign_id)
            page = read_supporters_page(session, campaign_id, counts, page=1, per_page=50)
            names = sorted(supporter.name for supporter in page.shown)
            return [*books, _public_sums(session, campaign_id), counts, names]

    def receipts_on_hold(self) -> set[tuple[str, int]]:
        with reading() as session:
            return {(row[0], row[1]) for row in session.execute(RECEIPTS_ON_HOLD)}


def _public_sums(session: Session, campaign_id: int) -> dict[tuple[int, str], tuple[int, ...]]:
    sums: dict[tuple[int, str], tuple[int, ...]] = {}
    for flow in public_flows(session, campaign_id=campaign_id):
        fund_id, currency, *minors = astuple(flow)
        before = sums.get((fund_id, currency), (0,) * len(minors))
        sums[fund_id, currency] = tuple(map(sum, zip(before, minors, strict=True)))
    return {key: minors for key, minors in sums.items() if any(minors)}
