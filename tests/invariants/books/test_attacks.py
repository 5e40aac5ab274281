"""Attacks on the tables in plain SQL, past every service: the database itself refuses each, and nothing has changed."""

# ruff: noqa: S608  # the attacks are put together from words of this file

from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from campaign.database import reading, transaction
from campaign.domain.journal import Account, EntryKind
from campaign.domain.postings import disbursed, transferred
from campaign.extensions import db
from campaign.models.drill import Drill
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services import audit
from campaign.services.ledger import posting
from tests.invariants.books import dumps
from tests.invariants.books.attacked import Books, entry_id, run
from tests.support.builders import NOW, a_campaign, a_fund, a_paid_gift, a_restricted_child, general_fund_of, usd


@pytest.fixture
def books(app: Flask) -> Books:
    campaign = a_campaign()
    general, theme = general_fund_of(campaign), a_fund(campaign=campaign)
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    child = a_restricted_child(theme=theme, target=event)
    a_paid_gift(campaign=campaign, gift=usd(100_00), fee_minor=0)
    a_paid_gift(campaign=campaign, fund=theme, gift=usd(50_00), fee_minor=0)
    move = transferred(
        kind=EntryKind.ALLOCATION,
        public_id="moved",
        amount=usd(30_00),
        source_fund=general.id,
        target_fund=event.id,
        on=NOW.date(),
    )
    spend = disbursed(public_id="spent", cost=Account.PROGRAMME, amount=usd(10_00), fund_id=event.id, on=NOW.date())
    with transaction() as session:
        session.execute(text("DELETE FROM allocation"))
        for entry in (move, spend):
            posting.post(session, entry, campaign_id=campaign.id, at=NOW)
        audit.record(session, actor_id=None, action="test:act", subject="test:1", at=NOW, detail={})
        session.execute(
            text(
                "INSERT INTO donation_event (donation_id, at, kind, detail) SELECT id, :at, 'told', '{}' FROM donation"
            ),
            {"at": NOW.replace(tzinfo=None)},
        )
        files = session.execute(select(Receipt.id)).scalars()
        session.add_all(ReceiptFile(receipt_id=one, pdf=b"%PDF", sha256="0" * 64, made_at=NOW) for one in files)
        session.add(Drill(version="1", outcome="held", at=NOW, reason="", report={}))
    return Books(campaign.id, general.id, theme.id, event.id, child.id)


EDITED = {
    "journal_entry": "note",
    "posting": "amount_minor",
    "donation_event": "kind",
    "audit_event": "action",
    "receipt_file": "pdf",
    "drill": "outcome",
}
"""Append-only tables, and a column that somebody might want to change."""
BALANCE = "must balance in every currency"
TOO_LITTLE = "holds too little"
NOT_THERE = "may not go there"
ONLY_ALLOCATION = "only an allocation moves money between funds"
MIRROR = "must mirror its original"

ENTRIES: dict[str, tuple[Callable[[Books], None], str]] = {
    "an unbalanced entry": (
        lambda b: b.entry("gift_paid", (1005, None, "USD", 100), (4010, b.general, "USD", -90)),
        BALANCE,
    ),
    "a balance across currencies": (
        lambda b: b.entry("gift_paid", (1005, None, "USD", 100), (4010, b.general, "EUR", -100)),
        BALANCE,
    ),
    "a header without lines": (lambda b: b.header("attack", "gift_paid", source="attack"), "needs two lines"),
    "an entry of one line": (lambda b: b.entry("gift_paid", (1005, None, "USD", 100)), "needs two lines"),
    "lines without a header": (
        lambda b: b.lines("attack", (1005, None, "USD", 100), (4010, b.general, "USD", -100)),
        "foreign key",
    ),
    "a line of nothing": (
        lambda b: b.entry("gift_paid", (1005, None, "USD", 0), (4010, b.general, "USD", 0)),
        "ck_posting_amount",
    ),
    "a fund on an asset": (
        lambda b: b.entry("gift_paid", (1005, b.general, "USD", 100), (4010, b.general, "USD", -100)),
        "fund_where_needed",
    ),
    "income without a fund": (
        lambda b: b.entry("gift_paid", (1005, None, "USD", 100), (4010, None, "USD", -100)),
        "fund_where_needed",
    ),
    "a kind that does not exist": (
        lambda b: b.entry("wish", (1005, None, "USD", 100), (4010, b.general, "USD", -100)),
        "ck_journal_entry_kind",
    ),
    "lines for a sealed entry": (
        lambda b: b.lines(entry_id(), (1005, None, "USD", 100), (1010, None, "USD", -100), first=90),
        "sealed",
    ),
    "the same source again": (
        lambda b: b.entry("gift_paid", (1005, None, "USD", 1), (4010, b.general, "USD", -1), source="allocation:moved"),
        "source|stands already",
    ),
    "more allocated than there is": (lambda b: b.move("allocation", b.general, b.event, 70_01), TOO_LITTLE),
    "an allocation in a currency that is not there": (
        lambda b: b.move("allocation", b.general, b.event, 1, "EUR"),
        TOO_LITTLE,
    ),
    "more taken back than is unspent": (lambda b: b.move("take_back", b.event, b.general, 20_01), TOO_LITTLE),
    "more disbursed than there is": (
        lambda b: b.entry("disbursement", (5110, b.event, "USD", 20_01), (1020, None, "USD", -20_01)),
        TOO_LITTLE,
    ),
    "a theme's money to an event without its restriction": (
        lambda b: b.move("allocation", b.theme, b.event, 1),
        NOT_THERE,
    ),
    "a theme's money to the general fund": (lambda b: b.move("allocation", b.theme, b.general, 1), NOT_THERE),
    "a theme's money taken back by the general fund": (lambda b: b.move("take_back", b.theme, b.general, 1), NOT_THERE),
    "two moves in one allocation": (
        lambda b: b.entry(
            "allocation",
            (4800, b.general, "USD", 2),
            (4800, b.event, "USD", -2),
            (4800, b.theme, "USD", 1),
            (4800, b.event, "USD", -1),
        ),
        NOT_THERE,
    ),
    "an allocation of other accounts": (
        lambda b: b.entry("allocation", (5110, b.general, "USD", 1), (4010, b.event, "USD", -1)),
        NOT_THERE,
    ),
    "a transfer that calls itself a settlement": (
        lambda b: b.move("gift_settled", b.theme, b.event, 1),
        ONLY_ALLOCATION,
    ),
    "a transfer that calls itself a disbursement": (
        lambda b: b.move("disbursement", b.theme, b.event, 1),
        ONLY_ALLOCATION,
    ),
    "a transfer by way of refunds": (
        lambda b: b.entry("refund", (4090, b.theme, "USD", 1), (4090, b.event, "USD", -1)),
        ONLY_ALLOCATION,
    ),
    "a reversal that turns round twice as much": (
        lambda b: b.reverse("disbursement:spent", times=2),
        MIRROR,
    ),
    "a reversal of something else": (
        lambda b: b.reverse("disbursement:spent", named="allocation:moved"),
        MIRROR,
    ),
    "a reversal that names nothing": (
        lambda b: b.reverse("disbursement:spent", named=None),
        "names what it reverses",
    ),
    "another kind that reverses": (
        lambda b: b.reverse("disbursement:spent", kind="refund"),
        "names what it reverses",
    ),
    "a reversed allocation whose money is spent": (
        lambda b: b.reverse("allocation:moved"),
        TOO_LITTLE,
    ),
}


def refused(attack: Callable[[], object], reason: str) -> None:
    """The attack fails with this reason, and every row is as it was."""
    with reading() as session:
        before = dumps.rows(session)
    with pytest.raises(DBAPIError, match=f"(?i){reason}"), transaction():
        attack()
    with reading() as session:
        assert dumps.rows(session) == before


# The allocation stands without its desk row: only the tables are attacked here.
pytestmark = pytest.mark.broken_books


def test_wrong_entries_are_refused(books: Books, subtests: pytest.Subtests) -> None:
    for attack, (act, reason) in ENTRIES.items():
        with subtests.test(attack):
            refused(partial(act, books), reason)


def test_a_second_reversal_is_refused(books: Books) -> None:
    with transaction():
        books.reverse("disbursement:spent", name="first")
    refused(lambda: books.reverse("disbursement:spent"), "unique|stands already")


def test_no_row_is_edited_or_deleted(books: Books, subtests: pytest.Subtests) -> None:
    for table, column in EDITED.items():
        with subtests.test(table):
            refused(partial(run, f"UPDATE {table} SET {column} = {column}"), "append-only")
            refused(partial(run, f"DELETE FROM {table}"), "append-only")
    refused(lambda: run("DELETE FROM receipt"), "append-only|stays")


@pytest.mark.database("postgresql")
def test_no_table_is_emptied(books: Books, subtests: pytest.Subtests) -> None:
    for table in (*EDITED, "receipt"):
        with subtests.test(table):
            refused(partial(run, f"TRUNCATE {table} CASCADE"), "append-only")


@pytest.mark.database("sqlite")
def test_no_row_is_replaced(books: Books, subtests: pytest.Subtests) -> None:
    """INSERT OR REPLACE deletes without a word, and without delete triggers where a connection is careless."""
    for careful in ("ON", "OFF"):
        for table in {*EDITED, "receipt"} - {"receipt_file"}:
            with reading() as session:
                row = dict(session.execute(text(f"SELECT * FROM {table}")).mappings().all()[0])
            statement = f"REPLACE INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"
            with subtests.test(table, recursive_triggers=careful):
                refused(partial(replace_row, careful, statement, row), "append-only|sealed|stands already|stays")


@pytest.mark.database("sqlite")
def test_a_receipts_bytes_are_not_replaced(books: Books, subtests: pytest.Subtests) -> None:
    """Nor is it an error, for two workers may print the same receipt: the bytes first kept stay."""
    for careful in ("ON", "OFF"):
        with subtests.test(recursive_triggers=careful):
            replace_row(
                careful,
                "REPLACE INTO receipt_file (receipt_id, pdf, sha256, made_at)"
                " SELECT receipt_id, 'forged', sha256, made_at FROM receipt_file",
                {},
            )
            assert db.session.execute(text("SELECT DISTINCT pdf FROM receipt_file")).scalars().all() == [b"%PDF"]


def replace_row(recursive_triggers: str, statement: str, row: dict[Any, Any]) -> None:
    run(f"PRAGMA recursive_triggers={recursive_triggers}")
    run(statement, **row)


@pytest.mark.database("sqlite")
def test_an_entry_is_not_replaced_through_its_source(books: Books) -> None:
    def replaced() -> None:
        books.lines("attack", (1005, None, "USD", 1), (4010, books.general, "USD", -1))
        books.header("attack", "gift_paid", source="allocation:moved", how="REPLACE")

    refused(replaced, "stands already")


def test_a_receipts_facts_do_not_change(books: Books, subtests: pytest.Subtests) -> None:
    for change in (
        "amount_minor = 1",
        "number = number || '9'",
        "document = '{}x'",
        "verify_code = 'zzzzzzzzzz'",
        "serial = serial + 77",
        "currency = 'EUR'",
        "issued_at = '2020-01-01'",
        "donation_id = 3 - donation_id",
    ):
        with subtests.test(change):
            refused(partial(run, f"UPDATE receipt SET {change}"), "does not change")


def test_an_ended_receipt_does_not_come_back(books: Books) -> None:
    with transaction():
        run("UPDATE receipt SET state = 'void' WHERE serial = 1")
    refused(lambda: run("UPDATE receipt SET state = 'issued' WHERE serial = 1"), "does not change")
    refused(lambda: run("UPDATE receipt SET ended_at = '2020-01-01' WHERE serial = 1"), "does not change")


def test_a_gift_has_one_live_receipt(books: Books) -> None:
    columns = (
        "series, year, serial, number, donation_id, language, currency, amount_minor, issued_at, verify_code,"
        " document, document_sha256, state"
    )
    second = columns.replace("serial, number", "serial + 50, number || 'x'")
    refused(lambda: run(f"INSERT INTO receipt ({columns}) SELECT {second} FROM receipt"), "unique|stands already")


@pytest.mark.database("postgresql")
def test_a_line_from_another_session_does_not_join_an_entry(books: Books, database_url: str) -> None:
    """It is written while the entry is open, and would stand beside its sealed lines: its transaction is another one."""
    address = db.engine.url
    smuggler = psycopg.connect(f"host={address.query['host']} user=postgres dbname={address.database}")
    smuggler.execute(
        "INSERT INTO posting (entry_id, transaction_id, line, account, fund_id, currency, amount_minor, reference)"
        " VALUES ('open', 0, 8, 1010, NULL, 'USD', 5, ''), ('open', 0, 9, 1020, NULL, 'USD', -5, '')"
    )
    with transaction():
        books.lines("open", (1005, None, "USD", 100), (4010, books.general, "USD", -100))
        books.header("open", "gift_paid", source="open")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        smuggler.commit()
    smuggler.close()
    with reading() as session:
        assert session.execute(text("SELECT COUNT(*) FROM posting WHERE entry_id = 'open'")).scalar_one() == 2


@pytest.mark.database("postgresql")
def test_a_forged_transaction_id_is_overwritten(books: Books) -> None:
    with transaction() as session:
        books.lines("open", (1005, None, "USD", 100), (4010, books.general, "USD", -100))
        books.header("open", "gift_paid", source="open")
        ids = (
            session.execute(text("SELECT DISTINCT transaction_id FROM posting WHERE entry_id = 'open'")).scalars().all()
        )
    assert ids not in ([], [0])
