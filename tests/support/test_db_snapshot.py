"""A database that is lent to one test after the other keeps nothing of the test before."""

import psycopg
import pytest
from flask import Flask

from campaign.extensions import db
from tests.invariants.books.dumps import Rows, rows
from tests.support.builders import a_campaign, a_paid_gift
from tests.support.db_snapshot import Beginning

pytestmark = pytest.mark.database("postgresql")


def test_sealed_rows_go_the_first_ones_stay_and_numbers_begin_anew(app: Flask, postgresql_beginning: Beginning) -> None:
    a_campaign()
    before = stored_rows()
    with_a_campaign = Beginning.of(postgresql_beginning.conninfo)
    assert postgresql_beginning.restore()
    number = a_paid_gift(campaign=a_campaign()).id
    assert stored_rows()["posting"]
    assert with_a_campaign.restore()
    with_a_campaign.close()
    assert stored_rows() == before
    assert postgresql_beginning.restore()
    assert not any(stored_rows().values())
    assert a_paid_gift(campaign=a_campaign()).id == number


def test_a_changed_schema_is_told_and_nothing_is_put_back(app: Flask, postgresql_beginning: Beginning) -> None:
    a_campaign()
    with psycopg.connect(postgresql_beginning.conninfo) as owner:
        owner.execute("ALTER TABLE posting DISABLE TRIGGER ALL")
    assert not postgresql_beginning.restore()
    leave()
    assert stored_rows()["campaign"]


def stored_rows() -> dict[str, Rows]:
    by_table = rows(db.session())
    leave()
    return by_table


def leave() -> None:
    """Putting back ends every connection."""
    db.session.remove()
    db.engine.dispose()
