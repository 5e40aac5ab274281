"""Going back to an older version's tables: nothing about money is lost, and what would be lost is refused by name."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    TableClause,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.engine import Connection

from campaign.domain.identity import new_public_id
from campaign.extensions import db
from campaign.project import MIGRATIONS
from campaign.services.schema import schema_state
from tests.migrations.test_migrations import empty, empty_url  # noqa: F401  # fixtures
from tests.support.builders import NOW, a_campaign, a_donor, a_member_of_staff, a_paid_gift

pytestmark = pytest.mark.faults

MONEY = ("journal_entry", "posting", "receipt", "refund", "allocation", "disbursement", "donation_event", "audit_event")


def number_of(name: str) -> str:
    """The number that a migration has by now."""
    (file,) = (MIGRATIONS / "versions").glob(f"????_{name}.py")
    return file.name[:4]


UNKNOWN_BEFORE: dict[str, dict[str, tuple[str, dict[str, object]]]] = {
    number_of("text_consents"): {
        "1 consents to be quoted": ("text_consent", {}),
    },
    number_of("receipt_pictures"): {
        "1 pictures printed on receipts": ("receipt_picture", {}),
        "1 receipts in the organisation's colour": (
            "receipt",
            {"state": "issued", "amount_minor": 1, "document": '{"template_version":"2"}'},
        ),
    },
    number_of("consent_files"): {
        "1 scans and recordings of consents": ("consent_file", {"kind": "pdf", "length": 1}),
    },
    number_of("pictures"): {
        "1 pictures": ("picture", {"width": 1, "height": 1, "focal_x": 50, "focal_y": 50}),
        "1 consents to be shown": ("consent", {"form": "paper"}),
    },
    "0030": {"1 campaigns that only staff may see": ("campaign", {"stage": "draft"})},
    "0018": {
        "1 covers of a fund": ("allocation", {"kind": "cover", "amount_minor": 1, "state": "proposed"}),
        "1 entries that cover a fund": ("journal_entry", {"kind": "cover"}),
    },
    "0013": {
        "names for receipts": ("donation", {"receipt_name": "Aida LLC"}),
        "names for receipts of monthly gifts": ("pledge", {"receipt_name": "Aida LLC"}),
    },
    "0008": {"1 records of fire drills": ("drill", {"outcome": "held"})},
    "0005": {"1 monthly gifts": ("pledge", {}), "1 gifts with an invoice": ("donation", {"invoice_id": "in_1"})},
    "0004": {"1 payouts": ("payout", {"state": "arrived"}), "1 balance transactions": ("provider_transaction", {})},
    "0003": {
        "1 disputes": ("dispute", {"state": "open", "amount_minor": 1}),
        "1 fraud warnings": ("fraud_warning", {}),
        "1 second payments": ("donation", {"paid_again_for_id": 1}),
        "1 charge-backs": ("donation", {"charged_back_minor": 1}),
        "1 entries about disputes, payouts and fees": ("journal_entry", {"kind": "dispute_lost"}),
    },
    "0001": {
        "1 gifts": ("donation", {}),
        "1 entries in the books": ("journal_entry", {"kind": "gift_paid"}),
        "1 receipts": ("receipt", {"state": "issued", "amount_minor": 1}),
        "1 receipt numbers": ("receipt_counter", {}),
        "1 events of the provider": ("provider_event", {"state": "new"}),
    },
}
"""Migration → the words that refuse to undo it → a row that its tables alone can hold."""
VALID: dict[str, dict[str, object]] = {
    "campaign": {"goal_minor": 1, "ends_on": NOW.date() + timedelta(days=1), "fee_bearer": "fund"},
    "donation": {
        "gift_minor": 2500,
        "cover_minor": 0,
        "state": "created",
        "fee_bearer": "fund",
        "frequency": "once",
        "wall": "shown",
        "refunded_minor": 0,
    },
    "pledge": {"gift_minor": 2500, "cover_minor": 0, "state": "active", "fee_bearer": "fund"},
    "provider_transaction": {"amount_minor": 2, "fee_minor": 1, "net_minor": 1},
}
"""What the tables' own checks want."""


def test_data_that_an_older_version_does_not_know_is_not_lost(empty: Flask, caplog: pytest.LogCaptureFixture) -> None:  # noqa: F811
    """One way down: at each migration such rows are put in, it refuses, they are still there, and are taken out."""
    upgrade(str(MIGRATIONS))
    for revision, rows in sorted(UNKNOWN_BEFORE.items(), reverse=True):
        downgrade(str(MIGRATIONS), revision=revision)
        for words, (table, values) in rows.items():
            with without_rules() as connection:
                put(connection, table, **values)
            caplog.clear()
            with caplog.at_level(logging.ERROR), pytest.raises(SystemExit):
                downgrade(str(MIGRATIONS), revision="base")
            assert f"Migration {revision} cannot be undone: the database would lose" in caplog.text
            assert words in caplog.text
            assert schema_state().current == revision
            with without_rules() as connection:
                assert connection.execute(delete(TableClause(table))).rowcount == 1
    downgrade(str(MIGRATIONS), revision="base")
    assert schema_state().current is None


def test_books_gifts_and_receipts_are_carried_down_and_up(empty: Flask) -> None:  # noqa: F811
    upgrade(str(MIGRATIONS))
    campaign = a_campaign()
    for number in range(2):
        a_paid_gift(campaign=campaign, donor_id=a_donor(email=f"{number}@example.org").id, payer_name="Aida")
    db.session.remove()
    before = rows_of("donation", "donor", *MONEY)
    downgrade(str(MIGRATIONS), revision="0001")
    upgrade(str(MIGRATIONS))
    assert rows_of("donation", "donor", *MONEY) == before
    assert len(before["posting"]) > 4


def test_nobody_is_signed_in_by_an_old_cookie_or_a_first_password_and_nobody_gains_a_role(empty: Flask) -> None:  # noqa: F811
    upgrade(str(MIGRATIONS))
    places = {"own@example.org": None, "first@example.org": a_campaign()}
    ids = [a_member_of_staff(email=email, role="viewer", campaign=place).id for email, place in places.items()]
    db.session.remove()
    grants = _grants()
    with (
        db.engine.begin() as connection
    ):  # a role for one campaign beside one for all: the older version knows no such thing
        grant = Table("staff_grant", MetaData(), autoload_with=connection)
        connection.execute(grant.insert().values(staff_id=ids[0], role_id=1, campaign_id=1))
    downgrade(str(MIGRATIONS), revision="0028")
    staff = Table("staff", MetaData(), autoload_with=db.engine)
    with db.engine.begin() as connection:
        connection.execute(update(staff).values(password="hash"))
        connection.execute(update(staff).where(staff.c.id == ids[1]).values(first_password_until=NOW))
    db.session.remove()
    before = {row["id"]: row["fs_uniquifier"] for row in rows_of("staff")["staff"]}
    downgrade(str(MIGRATIONS), revision="0021")
    after = {row["id"]: row for row in rows_of("staff")["staff"]}
    assert [after[key]["password"] for key in ids] == ["hash", None]
    upgrade(str(MIGRATIONS))
    assert _grants() == grants
    assert all(after[key]["fs_uniquifier"] != mark for key, mark in before.items())


def _grants() -> list[tuple[int, int, int | None]]:
    """(person, role, campaign) of each granted role."""
    return sorted(
        ((row["staff_id"], row["role_id"], row["campaign_id"]) for row in rows_of("staff_grant")["staff_grant"]),
        key=str,
    )


@contextmanager
def without_rules() -> Iterator[Connection]:
    """A transaction without triggers and foreign keys: rows as they stand at the end of a long story, without the story."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
        else:
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")  # before the transaction begins
            triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _sql in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
            yield connection
            for _name, sql in triggers:
                connection.exec_driver_sql(sql)
        connection.commit()
        connection.invalidate()


def put(connection: Connection, name: str, **values: object) -> None:
    """Insert a row, with something of the right type wherever a column must have a value."""
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    fill = {
        column.name: _anything(column.type)
        for column in table.columns
        if not column.nullable and column.server_default is None
    }
    connection.execute(table.insert().values({**fill, **VALID.get(name, {}), **values}))


def _anything(kind: object) -> object:
    known: tuple[tuple[Any, object], ...] = (
        (Boolean, False),
        ((Integer, BigInteger), 1),
        (DateTime, NOW),
        (Date, NOW.date()),
        (JSON, {}),
        (LargeBinary, b""),
    )
    return next(
        (value for types, value in known if isinstance(kind, types)), new_public_id()[: getattr(kind, "length", None)]
    )


def rows_of(*tables: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of some tables, in an order of their own."""
    with db.engine.connect() as connection:
        return {name: _sorted(connection, name) for name in tables}


def _sorted(connection: Connection, name: str) -> list[dict[str, Any]]:
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    rows = [dict(row) for row in connection.execute(select(table)).mappings()]
    return sorted(rows, key=lambda row: json.dumps(row, default=str))
