"""An older version knows no sign-up that nobody confirmed, and one row for each mailbox of an event."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from campaign.extensions import db
from campaign.project import MIGRATIONS
from tests.migrations.test_going_back import put, without_rules
from tests.migrations.test_migrations import empty, empty_url  # noqa: F401  # fixtures
from tests.migrations.test_reasons import before_migration, by_id

pytestmark = pytest.mark.faults
SIGN_UPS: list[tuple[str | None, str]] = [
    *[("aida", "cancelled"), ("aida", "cancelled"), ("aida", "confirmed"), ("aida", "unconfirmed")],
    *[("burul", "cancelled"), ("burul", "cancelled"), ("chynar", "waiting"), (None, "cancelled")],
]


def test_going_back_leaves_one_sign_up_of_a_mailbox(empty: Flask) -> None:  # noqa: F811
    before = before_migration("_confirmed_sign_ups.py")
    upgrade(str(MIGRATIONS), revision=before)
    with without_rules() as connection:
        for key in (1, 2):
            put(connection, "event", fund_id=key, status="planned")
        put(connection, "event_sign_up", id=1, event_id=2, email_key="old", state="waiting", public_id=f"{1:016}")
    upgrade(str(MIGRATIONS))
    with without_rules() as connection:
        for key, (mailbox, state) in enumerate(SIGN_UPS, start=2):
            facts: dict[str, object] = {"event_id": 1, "email_key": mailbox, "state": state, "public_id": f"{key:016}"}
            put(connection, "event_sign_up", id=key, **facts)
        for key, notice in ((1, "confirm"), (2, "waiting")):
            mail: dict[str, object] = {"kind": "event_sign_up", "facts": {"notice": notice}, "receipt_id": None}
            put(connection, "message", id=key, state="queued", public_id=f"{key:016}", dedupe_key=notice, **mail)
    downgrade(str(MIGRATIONS), revision=before)
    assert by_id("event_sign_up", "email_key", "state") == [
        *[("old", "waiting"), (None, "cancelled"), (None, "cancelled"), ("aida", "confirmed")],
        *[(None, "cancelled"), ("burul", "cancelled"), ("chynar", "waiting"), (None, "cancelled")],
    ]
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT dedupe_key FROM message")).scalars().all() == ["waiting"]
