"""Bugs that are put in on purpose: the histories must find each one, or they prove nothing."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import Phase
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain import postings, settling, settling_disputes, settling_refunds
from campaign.domain.allocation import FundTransfer
from campaign.domain.gift import GiftSnapshot
from campaign.domain.journal import Entry, EntryKind
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction, DisputeFacts, DisputeMovement
from campaign.domain.provider_events import EventState
from campaign.domain.settling_disputes import SettledDisputes
from campaign.domain.settling_refunds import RefundChange
from campaign.extensions import db
from campaign.gateways.provider_account import TransactionFacts
from campaign.models.donation import Donation
from campaign.models.journal import JournalEntry
from campaign.services.gifts import duplicates, gift_receipts, gift_versions, refund_rows, settlement
from campaign.services.gifts.gift_lock import LockedGift
from campaign.services.ledger import posting
from campaign.services.ledger.posting import EntryConflict
from campaign.services.pledges import payments as pledge_gifts
from campaign.services.queues import inbox
from campaign.services.receipts import issuing
from campaign.services.reconciliation import provider_transactions
from tests.invariants.books.dispute_rules import DisputeRules
from tests.invariants.books.gift_rules import Gifts
from tests.invariants.books.histories import run
from tests.invariants.books.month_rules import MonthRules
from tests.invariants.books.payout_rules import PayoutRules
from tests.invariants.books.stage import LedgerScenario

pytestmark = pytest.mark.faults

HISTORIES = 150
"""More than any of these bugs has needed; the search ends with the first that is found."""
Seed = Callable[[pytest.MonkeyPatch, LedgerScenario], None]


def without_idempotency(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """An entry that stands already is posted again under another name."""
    post_all, names = posting.post_all, count(1)

    def named_anew(session: Session, entry: Entry) -> Entry:
        stands = session.execute(select(JournalEntry.id).where(JournalEntry.source == entry.source)).scalar()
        return replace(entry, source=f"{entry.source}#{next(names)}") if stands else entry

    def post_always(session: Session, entries: Sequence[Entry], **how: Any) -> int:
        return post_all(session, [named_anew(session, entry) for entry in entries], **how)

    patch.setattr(posting, "post_all", post_always)


def with_the_fee_turned_round(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """The fee is added to what arrives; the entry still balances."""
    settled = postings.gift_settled

    def wrongly(**facts: Any) -> Entry:
        balance = facts.pop("settled")
        return settled(settled=replace(balance, fee=-balance.fee), **facts)

    patch.setattr(postings, "gift_settled", wrongly)


def without_a_check_of_what_is_there(patch: pytest.MonkeyPatch, stage: LedgerScenario) -> None:
    """Neither the desk nor the database looks whether the fund holds as much."""
    patch.setattr(FundTransfer, "is_too_much", False)
    _without_trigger(patch, stage, "journal_entry_seal")


def with_papers_in_a_transaction_of_their_own(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """The money is booked and committed before its receipt is written."""
    write = gift_receipts.bring_up_to_date

    def later(session: Session, gift: LockedGift, **how: Any) -> None:
        session.commit()
        write(session, gift, **how)

    patch.setattr(gift_receipts, "bring_up_to_date", later)


def with_older_answers_over_newer_ones(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """Nobody looks whether the gift has moved while the provider was asked."""
    patch.setattr(settlement, "_is_unchanged", lambda *_: True)


def dropping_orphans(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """An event that comes too early is closed instead of waiting for its gift."""

    def close(event: Any, _reason: str, _error: str, *, clock: Any) -> None:
        with transaction() as session:
            inbox.complete(session, event, EventState.PROCESSED, at=clock.now())

    patch.setattr(inbox, "reschedule", close)


def editing_rows(patch: pytest.MonkeyPatch, stage: LedgerScenario) -> None:
    """A refund changes what the gift's entry said, instead of adding an entry."""
    _without_trigger(patch, stage, "posting_no_update")
    write_refund = refund_rows._write_refund

    def edit(session: Session, donation_id: int, change: RefundChange) -> str:
        session.execute(text("UPDATE posting SET reference = 'refunded' WHERE reference LIKE 'ch_%'"))
        return write_refund(session, donation_id, change)

    patch.setattr(refund_rows, "_write_refund", edit)


def losing_numbers(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """A receipt's number is taken twice for one receipt."""
    take = issuing._take_number

    def twice(session: Session, series: str, year: int) -> int:
        take(session, series, year)
        return take(session, series, year)

    patch.setattr(issuing, "_take_number", twice)


def adding_refunds_up(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """Refunds are told again after they failed: what was sent back is never taken off."""
    patch.setattr(settling_refunds, "REFUNDED_STATES", ("pending", "succeeded", "failed"))


def counting_disputes_by_their_name(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """Whatever is called a claim is booked as if its money had been taken, whether a movement says so or not."""
    settle_disputes = settling_disputes.settle_disputes

    def by_name(gift: GiftSnapshot, reported: Sequence[DisputeFacts], *known: Any, **when: Any) -> SettledDisputes:
        claimed = [replace(facts, withdrawals=facts.withdrawals or _claimed(facts)) for facts in reported]
        return settle_disputes(gift, claimed, *known, **when)

    def _claimed(facts: DisputeFacts) -> tuple[DisputeMovement, ...]:
        if facts.status.startswith("warning"):
            return ()
        taken = BalanceTransaction(f"txn_{facts.provider_id}_out1", facts.amount, Money(0, facts.amount.currency))
        return (DisputeMovement(taken, facts.opened_at),)

    patch.setattr(settling, "settle_disputes", by_name)


def bringing_disputed_money_back_twice(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """The reinstatement is booked by its movement, and once more by the dispute's end."""
    entries_of = settling_disputes._entries

    def twice(*facts: Any, **when: Any) -> Iterator[Entry]:
        for entry in entries_of(*facts, **when):
            yield entry
            if entry.kind is EntryKind.DISPUTE_WON:
                yield replace(entry, source=f"won:{entry.source}")

    patch.setattr(settling_disputes, "_entries", twice)


def leaving_charge_backs_out_of_receipts(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """A receipt confirms what the donor has again from her bank."""

    def refunded(gift: GiftSnapshot) -> Money:
        return Money(gift.refunded_minor, gift.currency)

    patch.setattr(GiftSnapshot, "returned", property(refunded))


def walking_payouts_by_type(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """Refunds are not looked at, nor debits, which are `payment`s: only what the first case was about."""
    note = provider_transactions.store

    def some(session: Session, facts: Iterable[TransactionFacts], **how: Any) -> int:
        return note(
            session, [fact for fact in facts if fact.type not in {"refund", "payment", "payment_refund"}], **how
        )

    patch.setattr(provider_transactions, "store", some)


def making_a_month_of_every_event(patch: pytest.MonkeyPatch, stage: LedgerScenario) -> None:
    """A month is known by the event that told of it, and no longer by its invoice, here or in the database."""
    names = count(1)

    def make(session: Session, model: type[Donation], row: dict[str, Any]) -> int:
        named = {**row, "form_id": f"{next(names)}:{row['form_id']}"}
        made: int = session.execute(insert(model).returning(model.id), named).scalar_one()
        return made

    def drop() -> None:
        with transaction() as session:
            session.execute(text("DROP INDEX ix_donation_invoice_id"))

    patch.setattr(pledge_gifts, "insert_once_for_key", make)
    patch.setitem(gift_versions.BY_OBJECT, "invoice", select(Donation.id).where(Donation.id.is_(None)))
    patch.setattr(stage, "prepare", [drop])


def with_older_disputes_over_newer_ones(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """Of a gift that is disputed, nobody looks whether it has moved while the provider was asked."""
    is_unchanged = settlement._is_unchanged

    def is_disputed_or_unmoved(gift: LockedGift, version: Any) -> bool:
        query = text("SELECT COUNT(*) FROM dispute WHERE donation_id = :gift")
        disputes: int = db.session.execute(query, {"gift": gift.id}).scalar_one()
        return disputes > 0 or is_unchanged(gift, version)

    patch.setattr(settlement, "_is_unchanged", is_disputed_or_unmoved)


def taking_a_second_payment_for_the_first(patch: pytest.MonkeyPatch, _: LedgerScenario) -> None:
    """A gift that is paid on two pages is looked at as one."""
    patch.setattr(duplicates, "_second", lambda _session, _gift, _facts, **_: None)


def _without_trigger(patch: pytest.MonkeyPatch, stage: LedgerScenario, trigger: str) -> None:
    def drop() -> None:
        with transaction() as session:
            session.execute(text(f"DROP TRIGGER {trigger}"))

    patch.setattr(stage, "prepare", [drop])


class Disputed(DisputeRules, Gifts):
    """Gifts, and what donors' banks do."""


class PaidOut(PayoutRules, Gifts):
    """Gifts, and what becomes of our balance."""


CAUGHT_BY: dict[Seed, tuple[type[Gifts], str]] = {
    without_idempotency: (Disputed, "no moment|ledger check|a comparison leaves"),
    with_the_fee_turned_round: (Gifts, "ledger check|no moment"),
    without_a_check_of_what_is_there: (Gifts, "not NotEnoughFunds"),
    with_papers_in_a_transaction_of_their_own: (Gifts, "half done"),
    with_older_answers_over_newer_ones: (Gifts, "no moment|ledger check"),
    dropping_orphans: (Gifts, "no moment"),
    editing_rows: (Gifts, "has changed"),
    losing_numbers: (Gifts, "ledger check"),
    adding_refunds_up: (Gifts, "ledger check|no moment|refund_within_gift"),
    counting_disputes_by_their_name: (Disputed, "no moment"),
    bringing_disputed_money_back_twice: (Disputed, "ledger check|no moment|a comparison leaves"),
    leaving_charge_backs_out_of_receipts: (Disputed, "ledger check"),
    with_older_disputes_over_newer_ones: (Disputed, "no moment|ledger check"),
    walking_payouts_by_type: (PaidOut, "ledger check|1010 is not|a comparison leaves|took|not where"),
    making_a_month_of_every_event: (MonthRules, "UNIQUE|was recorded with other content|without a gift|no moment"),
    taking_a_second_payment_for_the_first: (MonthRules, "without a gift|waits for ever|a comparison leaves"),
}
"""The bug, the histories in which it can show itself, and the words in which the judge, or the database, names what it broke."""


QUICKLY_CAUGHT = (
    without_idempotency,
    with_the_fee_turned_round,
    dropping_orphans,
    editing_rows,
    losing_numbers,
    bringing_disputed_money_back_twice,
    taking_a_second_payment_for_the_first,
)
"""Searched for in every run; the others, some of which take minutes, where KURAK_HISTORIES asks for long runs."""
SEARCHED = tuple(CAUGHT_BY) if "KURAK_HISTORIES" in os.environ else QUICKLY_CAUGHT


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("seed", SEARCHED)
def test_a_seeded_bug_is_found(stage: LedgerScenario, seed: Seed, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(monkeypatch, stage)
    histories, words = CAUGHT_BY[seed]
    with pytest.raises((AssertionError, IntegrityError, EntryConflict), match=words):
        run(
            stage,
            of=histories,
            histories=HISTORIES,
            phases=(Phase.generate,),
            database=None,
            derandomize=True,
            report_multiple_bugs=False,
        )
