"""Sentences that stood for reasons become values, states get plain names, and an older version reads its own again."""

from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, select

from campaign.extensions import db
from campaign.project import MIGRATIONS
from tests.migrations.test_going_back import put, rows_of, without_rules
from tests.migrations.test_migrations import empty, empty_url  # noqa: F401  # fixtures

pytestmark = pytest.mark.faults

WRONG_MODE = "It is about test money and this installation takes real money, or the other way round."
LATE_NEWS = "late news: found by a comparison with the provider, and not yet released"
EVENTS = {  # (state, sentence) as an older version wrote them → (state, reason)
    ("new", None): ("new", None),
    ("dead", WRONG_MODE): ("failed_permanently", "wrong_mode"),
    ("ignored", WRONG_MODE): ("ignored", "wrong_mode"),
    ("parked", "The gift abc is not known here yet."): ("waiting_for_parent", "gift_unknown"),
    ("failed", "Not possible now: no answer"): ("failed", "provider_unavailable"),
    ("failed", "Not possible now: "): ("failed", "concurrent_updates"),
    ("dead", "It does not fit the gift: 2 USD, not 1 USD"): ("failed_permanently", "mismatch"),
    ("failed", "KeyError: 'id'"): ("failed", "program_error"),
}
MAILS = {  # (state, failure, sentence) → (state, failure, hold reason, sentence)
    ("queued", None, None): ("queued", None, None, None),
    ("queued", "unreachable", "no answer"): ("queued", "unreachable", None, "no answer"),
    ("kept", None, None): ("stored", None, None, None),
    ("dead", "address", "550"): ("failed_permanently", "address", None, "550"),
    ("held", "late", LATE_NEWS): ("held", None, "late_news", None),
    ("held", "receipt", "No glyph"): ("held", None, "receipt_not_printable", "No glyph"),
}


def test_reasons_and_states_of_events_and_emails_are_carried_up_and_down(empty: Flask) -> None:  # noqa: F811
    before = before_migration("_reasons.py")
    upgrade(str(MIGRATIONS), revision=before)
    with without_rules() as connection:
        for key, (state, error) in enumerate(EVENTS, start=1):
            put(connection, "provider_event", id=key, state=state, error=error)
        for key, (state, failure, error) in enumerate(MAILS, start=1):
            put(
                connection,
                "message",
                id=key,
                receipt_id=None,
                donation_id=None,
                campaign_id=None,
                state=state,
                failure=failure,
                error=error,
            )
    old = rows_of("provider_event", "message")
    upgrade(str(MIGRATIONS))
    assert by_id("provider_event", "state", "reason") == list(EVENTS.values())
    assert by_id("message", "state", "failure", "hold_reason", "error") == list(MAILS.values())
    downgrade(str(MIGRATIONS), revision=before)
    assert rows_of("provider_event", "message") == old


def before_migration(name: str) -> str:
    """The revision before the migration whose file ends so."""
    number = next(file.name[:4] for file in (MIGRATIONS / "versions").glob(f"*{name}"))
    return f"{int(number) - 1:04}"


def by_id(name: str, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of a table's rows, in the order in which the rows were put in."""
    table = Table(name, MetaData(), autoload_with=db.engine, resolve_fks=False)
    with db.engine.connect() as connection:
        rows = connection.execute(select(*(table.c[column] for column in columns)).order_by(table.c.id))
        return [tuple(row) for row in rows]
