"""The quick check of the books finds what the whole one finds."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from campaign.extensions import db
from campaign.services.ledger.check import CHECKS, check_books
from tests.support.books import problems_of_filled_tables, tables_of
from tests.support.builders import a_campaign, a_paid_gift


def test_every_rule_reads_a_table_that_exists(app: Flask) -> None:
    tables = set(db.metadata.tables)
    for check in CHECKS:
        assert tables_of(check)
        assert tables_of(check) <= tables


@pytest.mark.broken_books
def test_broken_books_are_seen_with_empty_tables_left_out(session: Session) -> None:
    a_paid_gift(campaign=a_campaign())
    session.execute(text("UPDATE donation SET refunded_minor = 5"))
    session.commit()

    problems = problems_of_filled_tables(session)

    assert problems
    assert problems == check_books(session)
