"""Rows about money that must never change are sealed by the database, whoever writes; states go forward alone."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from campaign.extensions import db
from tests.support.builders import a_campaign, a_fund, a_paid_gift, a_payment, an_allocation, general_fund_of, usd

pytestmark = pytest.mark.broken_books  # rows without entries: only the tables are looked at here

ROWS = (
    (
        "INSERT INTO refund (public_id, donation_id, currency, amount_minor, reason, state, requested_at, attempts, provider_id,"
        " settlement_id) VALUES ('refund0000000000', 1, 'USD', 500, '', 'succeeded', '2026-12-01', 0, 're_1', 'txn_1')"
    ),
    (
        "INSERT INTO dispute (donation_id, provider_id, currency, amount_minor, reason, state, status, opened_at)"
        " VALUES (1, 'dp_1', 'USD', 500, 'fraudulent', 'open', '', '2026-12-01')"
    ),
    (
        "INSERT INTO payout (provider_id, currency, amount_minor, state, is_automatic, made_at, arrives_on, is_complete,"
        " transaction_id) VALUES ('po_1', 'USD', 500, 'failed', TRUE, '2026-12-01', '2026-12-02', TRUE, 'txn_2')"
    ),
)
SEALED = (
    "allocation SET amount_minor = 1",
    "allocation SET source_id = target_id",
    "allocation SET reason = 'another'",
    "allocation SET state = 'rejected'",
    "allocation SET decided_by = proposed_by",
    "disbursement SET amount_minor = 1",
    "disbursement SET payee = 'another'",
    "disbursement SET paid_on = '2026-11-01'",
    "refund SET donation_id = 2",
    "refund SET provider_id = 're_2'",
    "refund SET settlement_id = NULL",
    "refund SET state = 'requested'",
    "dispute SET donation_id = 2",
    "dispute SET provider_id = 'dp_2'",
    "payout SET amount_minor = 1",
    "payout SET state = 'under_way'",
    "payout SET state = 'arrived'",
    "payout SET transaction_id = NULL",
)
FREE = (
    "refund SET state = 'failed', failure_settlement_id = 'txn_3'",
    "dispute SET state = 'lost', withdrawal_id = 'txn_4'",
    "payout SET reconciled_at = '2026-12-03'",
)
TABLES = ("allocation", "disbursement", "refund", "dispute", "payout")


@pytest.fixture
def rows(app: Flask) -> Session:
    campaign = a_campaign()
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    for _ in range(2):
        a_paid_gift(campaign=campaign)
    an_allocation("moved", source=general_fund_of(campaign), target=event, amount=usd(5_00))
    a_payment("spent", fund=event, amount=usd(1_00))
    session: Session = db.session()
    for row in ROWS:
        session.execute(text(row))
    session.commit()
    return session


def outcome(session: Session, statement: str, **values: Any) -> str:
    """What the database says to a statement, which is taken back."""
    try:
        session.execute(text(statement), values)
    except DBAPIError as refusal:
        return str(refusal.orig)
    else:
        return "done"
    finally:
        session.rollback()


def test_what_was_decided_asked_and_told_never_changes(rows: Session) -> None:
    answers = {change: outcome(rows, f"UPDATE {change}") for change in SEALED}
    assert {change for change, answer in answers.items() if "is sealed" not in answer} == set()


def test_states_go_forward_and_what_is_not_known_yet_is_filled_in(rows: Session) -> None:
    assert {outcome(rows, f"UPDATE {change}") for change in FREE} == {"done"}


def test_no_row_is_deleted(rows: Session) -> None:
    answers = {table: outcome(rows, f"DELETE FROM {table}") for table in TABLES}  # noqa: S608
    assert [
        table for table, answer in answers.items() if not any(word in answer for word in ("sealed", "append-only"))
    ] == []


@pytest.mark.database("postgresql")
def test_no_table_is_emptied(rows: Session) -> None:
    assert all("append-only" in outcome(rows, f"TRUNCATE {table} CASCADE") for table in TABLES)


@pytest.mark.database("sqlite")
def test_no_row_is_replaced(rows: Session) -> None:
    """INSERT OR REPLACE deletes without a word, and without delete triggers where a connection is careless."""
    for careful in ("ON", "OFF"):
        rows.connection().exec_driver_sql("COMMIT")
        rows.connection().exec_driver_sql(f"PRAGMA recursive_triggers={careful}")
        rows.connection().exec_driver_sql("BEGIN")
        for table in TABLES:
            before = rows.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
            rows.execute(text(f"REPLACE INTO {table} SELECT * FROM {table}"))  # noqa: S608
            assert rows.execute(text(f"SELECT * FROM {table}")).all() == before  # noqa: S608
        rows.rollback()
