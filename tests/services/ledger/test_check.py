"""A check that cannot fail is no check: each invariant is broken in plain SQL, and the check names it."""

# ruff: noqa: S608  # the statements are put together from words of this file

import hashlib
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.journal import EntryKind, reversal_of
from campaign.domain.postings import transferred
from campaign.extensions import db
from campaign.services.ledger import posting
from campaign.services.ledger.check import CHECKS, ROWS_MAX, Problem, check_books
from campaign.services.ledger.entry_check import ENTRIES_RULE, check_entries
from campaign.services.receipts.check import FACTS_RULE, FILES_RULE, ROWS_RULE, check_receipts
from tests.services.ledger.fact_breaks import FACT_BREAKS, PRINTED
from tests.services.ledger.trail_breaks import TRAIL_BREAKS
from tests.support.builders import NOW, a_campaign, a_fund, a_paid_gift, a_payment, an_allocation, general_fund_of, usd

pytestmark = pytest.mark.broken_books


@dataclass(frozen=True)
class Break:
    """Rows that break a rule, and the rule's words."""

    rule: str
    statements: tuple[str, ...]


LINE = (
    "INSERT INTO posting (entry_id, transaction_id, line, account, fund_id, currency, amount_minor, reference) VALUES "
)
AN_ENTRY = "(SELECT MIN(id) FROM journal_entry WHERE kind = 'gift_settled')"
REFUND = (
    "INSERT INTO refund (public_id, donation_id, currency, amount_minor, reason, state, requested_at, attempts"
    "{more_columns}) VALUES ('refund0000000000', 1, 'USD', 500, '', 'succeeded', '2026-12-01', 0{more_values})"
)
DISPUTE = (
    "INSERT INTO dispute (donation_id, provider_id, currency, amount_minor, reason, state, status, opened_at)"
    " VALUES (1, 'dp_1', 'USD', 500, 'fraudulent', '{state}', '', '2026-12-01')"
)
ALLOCATION = (
    "INSERT INTO allocation (public_id, campaign_id, kind, source_id, target_id, currency, amount_minor, reason,"
    " state, proposed_by, proposed_at, decided_by, decision_note)"
    " VALUES ('{name}', 1, 'allocation', 1, 2, 'USD', 1, '', '{state}', 1, '2026-12-01', 2, '')"
)
PAID = "INSERT INTO donation_event (donation_id, at, kind, detail) VALUES (1, '2026-12-01', 'paid', '{}')"
PAYOUT = (
    "INSERT INTO payout (provider_id, currency, amount_minor, state, is_automatic, made_at, arrives_on, is_complete)"
    " VALUES ('po_1', 'USD', 5, 'arrived', TRUE, '2026-12-01', '2026-12-02', TRUE)"
)
MOVEMENT = (
    "INSERT INTO provider_transaction (provider_id, type, category, payout_id, currency, amount_minor, fee_minor,"
    " net_minor, made_at, available_at, matched_by, is_foreign)"
    " VALUES ('txn_1', 'charge', 'charge', {payout}, 'USD', 5, 0, 5, '2026-12-01', '2026-12-01', '{by}', FALSE)"
)

ENTRY_OF = "(SELECT id FROM journal_entry WHERE source = '{source}')"

BREAKS = (
    Break(
        "every entry adds up to zero in each of its currencies",
        (f"UPDATE posting SET amount_minor = amount_minor + 1 WHERE account = 1010 AND entry_id = {AN_ENTRY}",),
    ),
    Break("no line is without a header", (LINE + "('nobody', 0, 1, 1005, NULL, 'USD', 5, '')",)),
    Break("no entry has fewer than two lines", ("DELETE FROM posting WHERE account <> 4010",)),
    Break("all postings add up to zero", (LINE + f"({AN_ENTRY}, 0, 9, 1020, NULL, 'USD', 5, '')",)),
    Break(
        "assets and liabilities equal the funds' balances in every currency",
        (LINE + f"({AN_ENTRY}, 0, 9, 5110, 1, 'USD', 5, '')",),
    ),
    Break("transfers between funds add up to zero", ("UPDATE posting SET account = 4800 WHERE account = 4010",)),
    Break(
        "a settled gift owes nothing on 1005",
        (f"DELETE FROM posting WHERE account = 1005 AND entry_id = {AN_ENTRY}",),
    ),
    Break(
        "a payout that is over leaves nothing on 1015",
        (
            PAYOUT,
            f"UPDATE journal_entry SET subject = 'payout:po_1' WHERE id = {AN_ENTRY}",
            LINE + f"({AN_ENTRY}, 0, 9, 1015, NULL, 'USD', 5, '')",
        ),
    ),
    Break(
        "a transaction of the provider that the books explain stands on 1010 with its net",
        (MOVEMENT.format(payout="NULL", by="books"),),
    ),
    Break(
        "a payout takes from 1010 what its explained transactions brought",
        (PAYOUT, MOVEMENT.format(payout="(SELECT MAX(id) FROM payout)", by="unidentified")),
    ),
    Break(
        "a paid gift stands in the books with its whole amount, and no other gift does",
        ("UPDATE donation SET gift_minor = gift_minor + 1 WHERE id = 1",),
    ),
    Break(
        "a paid gift stands in the books with its whole amount, and no other gift does",
        ("UPDATE donation SET state = 'open' WHERE id = 1",),
    ),
    Break(
        "what was sent back is the sum of a gift's refunds, and not more than the gift",
        ("UPDATE donation SET refunded_minor = 5 WHERE id = 1",),
    ),
    Break(
        "what was sent back is the sum of a gift's refunds, and not more than the gift",
        (REFUND.format(more_columns="", more_values=""),),
    ),
    Break(
        "the books send back what the settled refunds say",
        (REFUND.format(more_columns=", settlement_id", more_values=", 'txn_1'"),),
    ),
    Break(
        "a gift without an open dispute owes nothing on 1030",
        (f"UPDATE posting SET account = 1030 WHERE account = 1010 AND entry_id = {AN_ENTRY}",),
    ),
    Break(
        "a gift without an open dispute owes nothing on 1030",
        (
            DISPUTE.format(state="open"),
            LINE + f"({AN_ENTRY}, 0, 8, 1030, NULL, 'USD', -5, '')",
            LINE + f"({AN_ENTRY}, 0, 9, 1010, NULL, 'USD', 5, '')",
        ),
    ),
    Break("what was charged back is the sum of a gift's lost disputes", (DISPUTE.format(state="lost"),)),
    Break(
        "the books charge back what the lost disputes say",
        (DISPUTE.format(state="lost"), "UPDATE donation SET charged_back_minor = 500 WHERE id = 1"),
    ),
    Break(
        "an approved allocation stands in the books, and no other does",
        (ALLOCATION.format(name="never00000000000", state="approved"),),
    ),
    Break(
        "an approved allocation stands in the books, and no other does",
        ("UPDATE allocation SET state = 'rejected'",),
    ),
    *(
        Break("the entry of an allocation says what its row says", (f"UPDATE {change}",))
        for change in (
            "allocation SET amount_minor = amount_minor + 1",
            "allocation SET currency = 'EUR'",
            "allocation SET target_id = source_id",
            "allocation SET source_id = target_id",
            "allocation SET campaign_id = 99",
            "journal_entry SET kind = 'take_back' WHERE source = 'allocation:moved'",
        )
    ),
    *(
        Break(
            "a paid gift counts on the day of its entry",
            (f"UPDATE donation SET paid_on = {day} WHERE paid_on IS NOT NULL",),
        )
        for day in ("NULL", "'2026-11-01'")
    ),
    *(
        Break("the entries of a gift say what its row says", (f"UPDATE donation SET {change}",))
        for change in (
            "currency = 'EUR'",
            "gift_minor = gift_minor - 1, cover_minor = cover_minor + 1",
            "settled_minor = settled_minor + 1",
            "fee_minor = fee_minor + 1",
            "settled_currency = 'EUR'",
        )
    ),
    Break(
        "a payout is what its own movement took from the balance",
        (
            PAYOUT,
            MOVEMENT.format(payout="NULL", by="payout"),
            "UPDATE payout SET transaction_id = 'txn_1', amount_minor = 6",
        ),
    ),
    *(
        Break("every payment stands in the books as its row says", (change,))
        for change in (
            "DELETE FROM journal_entry WHERE source = 'disbursement:spent'",
            "UPDATE disbursement SET amount_minor = amount_minor - 1",
            "UPDATE disbursement SET currency = 'EUR'",
            "UPDATE disbursement SET fund_id = 1",
            "UPDATE disbursement SET paid_on = '2026-11-01'",
            "UPDATE journal_entry SET kind = 'refund' WHERE source = 'disbursement:spent'",
        )
    ),
    *(
        Break("only a payment spends, and grants are spent as grants", (f"UPDATE {change}",))
        for change in (
            "journal_entry SET kind = 'provider_fee' WHERE source = 'disbursement:spent'",
            "posting SET account = 5100 WHERE account = 5110",
            "posting SET account = 5110 WHERE account = 5010",
        )
    ),
    *(
        Break("every entry is about something that exists", (change,))
        for change in (
            "DELETE FROM donation WHERE id = 1",
            "DELETE FROM allocation",
            "DELETE FROM disbursement",
            "UPDATE journal_entry SET subject = 'payout:po_nobody' WHERE source = 'allocation:moved'",
            "UPDATE journal_entry SET subject = 'transaction:txn_nobody' WHERE source = 'allocation:moved'",
            "UPDATE journal_entry SET subject = 'somebody' WHERE source = 'allocation:moved'",
        )
    ),
    *(
        Break("a gift’s entries are of its own campaign and fund", (f"UPDATE donation SET {change} WHERE id = 1",))
        for change in ("fund_id = 2", "campaign_id = 99")
    ),
    *(
        Break("a gift whose history or receipt says that it was paid exists and is paid", (*others, change))
        for others, change in (
            (("DELETE FROM donation_event",), "DELETE FROM donation WHERE id = 1"),
            (("DELETE FROM receipt", PAID), "DELETE FROM donation WHERE id = 1"),
            (("DELETE FROM receipt", PAID), "UPDATE donation SET state = 'expired' WHERE id = 1"),
        )
    ),
    Break("money was moved only to where its fund reaches", ("DELETE FROM fund_reach",)),
    Break(
        "receipt numbers run from 1 without a gap",
        ("UPDATE receipt SET serial = 3 WHERE serial = 2",),
    ),
    Break("receipt numbers run from 1 without a gap", ("UPDATE receipt_counter SET last_number = 7",)),
    Break("receipt numbers run from 1 without a gap", ("DELETE FROM receipt_counter",)),
    Break(
        "receipt numbers run from 1 without a gap",
        ("INSERT INTO receipt_counter (series, year, last_number) VALUES ('LOST', 2026, 2)",),
    ),
    Break(
        "a paid gift has one live receipt for what is left of it, and none when nothing is left",
        ("UPDATE receipt SET state = 'void' WHERE serial = 1",),
    ),
    Break(
        "a paid gift has one live receipt for what is left of it, and none when nothing is left",
        ("UPDATE receipt SET amount_minor = 1 WHERE serial = 1",),
    ),
    Break(
        "a paid gift has one live receipt for what is left of it, and none when nothing is left",
        ("UPDATE donation SET charged_back_minor = 9999 WHERE id = 1",),
    ),
    *(Break(rule, statements) for rule, statements in (*TRAIL_BREAKS, *FACT_BREAKS)),
)


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
        if wrong.rule not in rules_broken(open_books):
            unseen.append(wrong)
    open_books.rollback()
    assert unseen == []


def test_every_rule_is_broken_once() -> None:
    assert {wrong.rule for wrong in BREAKS} == {check.rule for check in CHECKS}


def test_a_problem_names_its_rows_and_not_all_of_a_thousand(open_books: Session) -> None:
    break_by(
        open_books, *(LINE + f"('nobody-{number}', 0, 1, 1005, NULL, 'USD', 5, '')" for number in range(ROWS_MAX + 5))
    )
    [orphans] = [problem for problem in check_books(open_books) if problem.rule == "no line is without a header"]
    assert orphans.invariant == 1
    assert len(orphans.rows) == ROWS_MAX
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
