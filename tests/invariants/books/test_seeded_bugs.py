"""Bugs that are put in on purpose: the histories must find each one, or they prove nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import Phase
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain import postings
from campaign.domain.journal import Entry
from campaign.models.journal import JournalEntry
from campaign.services import allocating, applying, bookkeeping, gift_papers, receipting, settlement, webhook_inbox
from campaign.services.locked_gift import LockedGift
from tests.invariants.books.histories import run
from tests.invariants.books.stage import Stage

HISTORIES = 150
"""More than any of these bugs has needed; the search ends with the first that is found."""
Seed = Callable[[pytest.MonkeyPatch, Stage], None]


def without_idempotency(patch: pytest.MonkeyPatch, _: Stage) -> None:
    """An entry that stands already is posted again under another name."""
    post_all, names = bookkeeping.post_all, count(1)

    def named_anew(session: Session, entry: Entry) -> Entry:
        stands = session.execute(select(JournalEntry.id).where(JournalEntry.source == entry.source)).scalar()
        return replace(entry, source=f"{entry.source}#{next(names)}") if stands else entry

    def post_always(session: Session, entries: Sequence[Entry], **how: Any) -> int:
        return post_all(session, [named_anew(session, entry) for entry in entries], **how)

    patch.setattr(bookkeeping, "post_all", post_always)


def with_the_fee_turned_round(patch: pytest.MonkeyPatch, _: Stage) -> None:
    """The fee is added to what arrives; the entry still balances."""
    settled = postings.gift_settled

    def wrongly(**facts: Any) -> Entry:
        told = facts.pop("settled")
        return settled(settled=replace(told, fee=-told.fee), **facts)

    patch.setattr(postings, "gift_settled", wrongly)


def without_a_check_of_what_is_there(patch: pytest.MonkeyPatch, stage: Stage) -> None:
    """Neither the desk nor the database looks whether the fund holds as much."""
    patch.setattr(allocating.Preview, "is_too_much", False)
    _without_trigger(patch, stage, "journal_entry_seal")


def with_papers_in_a_transaction_of_their_own(patch: pytest.MonkeyPatch, _: Stage) -> None:
    """The money is booked and committed before its receipt is written."""
    write = gift_papers.bring_up_to_date

    def later(session: Session, gift: LockedGift, **how: Any) -> None:
        session.commit()
        write(session, gift, **how)

    patch.setattr(gift_papers, "bring_up_to_date", later)


def with_older_answers_over_newer_ones(patch: pytest.MonkeyPatch, _: Stage) -> None:
    """Nobody looks whether the gift has moved while the provider was asked."""
    patch.setattr(settlement, "_is_unmoved", lambda *_: True)


def dropping_orphans(patch: pytest.MonkeyPatch, _: Stage) -> None:
    """An event that comes too early is closed instead of parked."""

    def close(event: Any, state: str, error: str, *, clock: Any) -> None:
        with transaction() as session:
            webhook_inbox.mark_done(session, event.id, "processed", at=clock.now())

    patch.setattr(webhook_inbox, "put_back", close)


def editing_rows(patch: pytest.MonkeyPatch, stage: Stage) -> None:
    """A refund changes what the gift's entry said, instead of adding an entry."""
    _without_trigger(patch, stage, "posting_no_update")
    refund = applying._apply_refund

    def edit(session: Session, *told: Any, at: Any) -> bool:
        session.execute(text("UPDATE posting SET reference = 'refunded' WHERE reference LIKE 'ch_%'"))
        return refund(session, *told, at=at)

    patch.setattr(applying, "_apply_refund", edit)


def losing_numbers(patch: pytest.MonkeyPatch, _: Stage) -> None:
    """A receipt's number is taken twice for one receipt."""
    take = receipting._take_number

    def twice(session: Session, series: str, year: int) -> int:
        take(session, series, year)
        return take(session, series, year)

    patch.setattr(receipting, "_take_number", twice)


def adding_refunds_up(patch: pytest.MonkeyPatch, _: Stage) -> None:
    """Refunds are told again after they failed: what was sent back is never taken off."""
    patch.setattr(applying, "NOW_REFUNDED", ("pending", "succeeded", "failed"))


def _without_trigger(patch: pytest.MonkeyPatch, stage: Stage, trigger: str) -> None:
    def drop() -> None:
        with transaction() as session:
            session.execute(text(f"DROP TRIGGER {trigger}"))

    patch.setattr(stage, "prepare", [drop])


FOUND_BY: dict[Seed, str] = {
    without_idempotency: "no moment|ledger check",
    with_the_fee_turned_round: "no moment",
    without_a_check_of_what_is_there: "not NotEnoughFunds",
    with_papers_in_a_transaction_of_their_own: "half done",
    with_older_answers_over_newer_ones: "no moment|ledger check",
    dropping_orphans: "no moment",
    editing_rows: "has changed",
    losing_numbers: "ledger check",
    adding_refunds_up: "ledger check|no moment|refund_within_gift",
}
"""The bug, and the words in which the judge, or the database, names what it broke."""


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("seed", FOUND_BY)
def test_a_seeded_bug_is_found(stage: Stage, seed: Seed, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(monkeypatch, stage)
    with pytest.raises((AssertionError, IntegrityError), match=FOUND_BY[seed]):
        run(
            stage,
            histories=HISTORIES,
            phases=(Phase.generate,),
            database=None,
            derandomize=True,
            report_multiple_bugs=False,
        )
