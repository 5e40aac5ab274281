"""A check that cannot fail is no check: each invariant is broken in plain SQL, and the check names it."""

import hashlib

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.journal import EntryKind, reversal_of
from campaign.domain.postings import transferred
from campaign.extensions import db
from campaign.services.ledger import posting
from campaign.services.ledger.check import CHECKS, MAX_ROWS, Problem, check_books
from campaign.services.ledger.entry_check import ENTRIES_RULE, check_entries
from campaign.services.receipts.check import FACTS_RULE, FILES_RULE, ROWS_RULE, check_receipts
from tests.services.ledger.fact_breaks import PRINTED
from tests.services.ledger.journal_breaks import BREAKS, ENTRY_OF, LINE
from tests.support.builders import NOW, a_campaign, a_fund, a_paid_gift, a_payment, an_allocation, general_fund_of, usd

pytestmark = pytest.mark.broken_books


@pytest.fixture
def open_books(app: Flask, session: Session) -> Session:
    """Two paid gifts, an allocation and a payment out of it, with every guard of the database taken away."""
    campaign = a_campaign()
    event_fund = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    for _ in range(2):
        a_paid_gift(campaign=campaign, gift=usd(25_00))
    an_allocation("moved", source=general_fund_of(campaign), target=event_fund, amount=usd(1_00))
    a_payment("spent", fund=event_fund, amount=usd(50))
    if db.engine.dialect.name == "sqlite":
        event.listen(db.engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=OFF"))
        db.session.remove()
        db.engine.dispose()
    return db.session()


def break_by(session: Session, *statements: str) -> None:
    """Break the books in a transaction that nobody commits."""
    for statement in (*_without_guards(session), *statements):
        session.execute(text(statement))


def _without_guards(session: Session) -> list[str]:
    """Take away what keeps the books whole, as somebody who owns the database can."""
    if session.get_bind().dialect.name == "postgresql":
        return ["SET LOCAL session_replication_role = 'replica'"]
    triggers = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
    return [f"DROP TRIGGER {name}" for name in triggers]


def rules_broken(session: Session) -> set[str]:
    return {problem.rule for problem in check_books(session)}


def test_a_broken_rule_is_named(open_books: Session) -> None:
    """All of them in one set of books, each taken back before the next."""
    assert rules_broken(open_books) == set()
    unseen = []
    for wrong in BREAKS:
        open_books.rollback()
        break_by(open_books, *wrong.statements)
        [rule] = [check for check in CHECKS if check.rule == wrong.rule]
        if not check_books(open_books, checks=[rule]):
            unseen.append(wrong)
    open_books.rollback()
    assert unseen == []


def test_every_rule_is_broken_once() -> None:
    assert {wrong.rule for wrong in BREAKS} == {check.rule for check in CHECKS}


def test_a_problem_names_its_rows_and_not_all_of_a_thousand(open_books: Session) -> None:
    break_by(
        open_books, *(LINE + f"('nobody-{number}', 0, 1, 1005, NULL, 'USD', 5, '')" for number in range(MAX_ROWS + 5))
    )
    [orphans] = [problem for problem in check_books(open_books) if problem.rule == "no line is without a header"]
    assert orphans.invariant == 1
    assert len(orphans.rows) == MAX_ROWS
    assert orphans.rows[0].startswith("nobody-")


def test_whole_books_have_no_problem(app: Flask, session: Session) -> None:
    a_paid_gift(campaign=a_campaign(), gift=usd(25_00))
    assert check_books(session) == []


def test_a_reversed_allocation_is_no_problem(app: Flask, session: Session) -> None:
    campaign = a_campaign()
    event_fund = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    a_paid_gift(campaign=campaign, gift=usd(25_00))
    move = transferred(
        kind=EntryKind.ALLOCATION,
        public_id="moved",
        amount=usd(1),
        source_fund=general_fund_of(campaign).id,
        target_fund=event_fund.id,
        on=NOW.date(),
    )
    with transaction() as writing:
        for entry in (move, reversal_of(move, source="reversal:moved", on=NOW.date())):
            posting.post(writing, entry, campaign_id=campaign.id, at=NOW)
    assert "money was moved only to where its fund reaches" not in rules_broken(session)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_entry SET effective_on = '2026-11-01' WHERE source = '{source}'",
        "UPDATE journal_entry SET kind = 'reversal' WHERE source = '{source}'",
        "UPDATE journal_entry SET request_hash = '' WHERE source = '{source}'",
        "UPDATE posting SET amount_minor = 2 * amount_minor WHERE entry_id = {entry}",
        "UPDATE posting SET currency = 'EUR' WHERE entry_id = {entry}",
        "UPDATE posting SET reference = 'other' WHERE entry_id = {entry}",
        "DELETE FROM posting WHERE line = 2 AND entry_id = {entry}",
    ],
)
@pytest.mark.parametrize("source", ["allocation:moved", "disbursement:spent"])
def test_an_entry_that_is_not_as_it_was_posted_is_named(open_books: Session, source: str, change: str) -> None:
    assert check_entries(open_books) == []
    break_by(open_books, change.format(source=source, entry=ENTRY_OF.format(source=source)))
    assert check_entries(open_books) == [Problem(11, ENTRIES_RULE, (source,))]
    open_books.rollback()


PDF = "INSERT INTO receipt_file (receipt_id, pdf, sha256, made_at) VALUES (:id, :pdf, :sha256, '2026-12-01')"


def test_a_receipt_whose_bytes_are_not_those_first_made_is_named(open_books: Session) -> None:
    good, bad = b"%PDF-1.7 as it was made", b"%PDF-1.7 with another name"
    sha256 = hashlib.sha256(good).hexdigest()
    rows = [{"id": 1, "pdf": good, "sha256": sha256}, {"id": 2, "pdf": bad, "sha256": sha256}]
    open_books.execute(text(PDF), rows)
    assert check_receipts(open_books) == [Problem(12, FILES_RULE, ("QUI-2026-000002",))]
    open_books.rollback()


def test_a_receipt_whose_facts_are_not_those_issued_is_named(open_books: Session) -> None:
    assert check_receipts(open_books) == []
    break_by(open_books, "UPDATE receipt SET document = document || ' ' WHERE serial = 1")
    assert check_receipts(open_books) == [Problem(12, FACTS_RULE, ("QUI-2026-000001",))]
    open_books.rollback()


def test_a_receipt_whose_row_is_not_what_it_prints_is_named(open_books: Session) -> None:
    assert check_receipts(open_books) == []
    unseen = []
    for change in PRINTED:
        break_by(open_books, f"UPDATE {change} WHERE id = 1")
        if [problem.rule for problem in check_receipts(open_books)] != [ROWS_RULE]:
            unseen.append(change)
        open_books.rollback()
    assert unseen == []


def test_the_command_reads_the_receipts_too(app: Flask, open_books: Session) -> None:
    run = app.test_cli_runner().invoke
    assert run(args=["ledger", "check"]).exit_code == 0
    with transaction() as session:
        session.execute(text(PDF), {"id": 1, "pdf": b"other", "sha256": hashlib.sha256(b"made").hexdigest()})
    result = run(args=["ledger", "check"])
    assert result.exit_code == 1
    assert f"{FILES_RULE}\n  QUI-2026-000001" in result.output
    assert result.output.endswith(f"{len(CHECKS) + 4} checks, 1 problems\n")
