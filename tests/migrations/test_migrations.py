"""Migrations are numbered, go up and down and up again, and make the tables that the models describe."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, text, update
from sqlalchemy.engine import Connection

from campaign import create_app
from campaign.database import transaction
from campaign.domain.identity import new_public_id
from campaign.extensions import Model, db
from campaign.models.donation import Donation
from campaign.models.pledge import Pledge
from campaign.project import MIGRATIONS
from campaign.services.schema import head, schema_state
from tests.support.builders import NOW, a_campaign, a_donor, a_paid_gift
from tests.support.databases import config_for, url_of

NUMBERED = re.compile(r"(\d{4})_[a-z0-9_]+\.py")
CHECKED = re.compile(r"CONSTRAINT \w+ CHECK \((?:[^()]|\([^()]*\))*\)")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    conninfo = request.getfixturevalue("postgresql_server")
    name = f"empty_{uuid4().hex}"
    with psycopg.connect(conninfo, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        yield url_of(conninfo, name)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def empty(empty_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The app on an empty database."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    app = create_app(config_for(empty_url, instance=tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrations_are_numbered_without_a_gap() -> None:
    names = sorted(file.name for file in (MIGRATIONS / "versions").glob("*.py"))
    numbers = [match[1] for name in names if (match := NUMBERED.fullmatch(name))]
    assert numbers == [f"{number:04}" for number in range(1, len(names) + 1)]


def test_each_migration_follows_the_one_before_and_the_head_is_written_down() -> None:
    scripts = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())
    revisions = [script.revision for script in reversed(scripts)]
    assert [script.down_revision for script in reversed(scripts)] == [None, *revisions[:-1]]
    assert revisions[-1] == head()


@pytest.mark.faults
def test_up_and_down_and_up_again(empty: Flask) -> None:
    upgrade(str(MIGRATIONS))
    first = ddl_of_database()
    assert schema_state().is_ready
    downgrade(str(MIGRATIONS), revision="base")
    assert tables() <= {"alembic_version"}
    upgrade(str(MIGRATIONS))
    assert ddl_of_database() == first


@pytest.mark.faults
def test_each_step_down_can_be_taken_back(empty: Flask) -> None:
    upgrade(str(MIGRATIONS))
    whole = ddl_of_database()
    for _ in range(int(head()) - 1):
        downgrade(str(MIGRATIONS), revision="-1")
        upgrade(str(MIGRATIONS), revision="+1")
        assert ddl_of_database() == whole
        downgrade(str(MIGRATIONS), revision="-1")
        whole = ddl_of_database()


def test_the_tables_are_those_of_the_models(empty: Flask) -> None:
    """`flask db check` does not see a changed CHECK, so the definitions themselves are compared."""
    with db.engine.begin() as connection:
        Model.metadata.create_all(connection)
    by_models = ddl_of_database(with_triggers=False)
    with db.engine.begin() as connection:
        Model.metadata.drop_all(connection)
    upgrade(str(MIGRATIONS))
    by_migrations = ddl_of_database(with_triggers=False)
    assert by_migrations == by_models
    assert len(by_models) > 20


@pytest.mark.faults
def test_names_move_from_the_address_to_the_gifts_where_they_are_sure(empty: Flask) -> None:
    """The first gift of an address and its monthly gift; never another gift, which may be somebody else's."""
    number = next(file.name[:4] for file in (MIGRATIONS / "versions").glob("*_names_of_a_gift.py"))
    upgrade(str(MIGRATIONS))
    campaign, donor_id = a_campaign(), a_donor(email="family@example.kg").id
    first = a_paid_gift(campaign=campaign, donor_id=donor_id, payer_name="Aida", public_name=None)
    a_paid_gift(campaign=campaign, donor_id=donor_id, payer_name="Bakyt", at=NOW + timedelta(days=1))
    pledge_id = begin_pledge(first)
    a_paid_gift(campaign=campaign, donor_id=donor_id, pledge_id=pledge_id, at=NOW + timedelta(days=31))
    db.session.remove()
    downgrade(str(MIGRATIONS), revision=f"{int(number) - 1:04}")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM donor")).scalars().all() == ["Aida"]
    upgrade(str(MIGRATIONS))
    with db.engine.connect() as connection:
        gifts = connection.execute(text("SELECT payer_name, receipt_name FROM donation ORDER BY id")).all()
        pledges = connection.execute(text("SELECT payer_name, receipt_name FROM pledge")).all()
        searched = connection.execute(text("SELECT search_text FROM donation ORDER BY id")).scalars().first()
        days = connection.execute(text("SELECT paid_on FROM donation ORDER BY id")).scalars().all()
    assert searched == "aida\nfamily@example.kg"
    assert [tuple(row) for row in gifts] == [("Aida", None), (None, None), ("Aida", None)]
    assert [tuple(row) for row in pledges] == [("Aida", None)]
    assert [str(day) for day in days] == ["2026-12-01", "2026-12-02", "2027-01-01"]


def begin_pledge(first: Donation) -> int:
    """A monthly gift whose first month is this gift; its key."""
    copied = ("campaign_id", "fund_id", "donor_id", "language", "currency", "gift_minor", "cover_minor", "fee_bearer")
    with transaction() as session:
        pledge = Pledge(
            **{name: getattr(first, name) for name in (*copied, "is_anonymous", "public_name", "livemode")},
            **{name: new_public_id() for name in ("public_id", "subscription_id", "customer_id", "item_id")},
            state="active",
            status="active",
            started_at=NOW,
            looked_at=NOW,
        )
        session.add(pledge)
        session.flush()
        session.execute(update(Donation).where(Donation.id == first.id).values(pledge_id=pledge.id))
        return pledge.id


def tables() -> set[str]:
    engine = create_engine(db.engine.url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def ddl_of_database(*, with_triggers: bool = True) -> dict[str, Any]:
    """What stands in the database, by name: definitions of tables, indexes and (if requested) triggers and functions."""
    with db.engine.connect() as connection:
        everything = _sqlite(connection) if connection.dialect.name == "sqlite" else _postgresql(connection)
    ours = {name: ddl for name, ddl in everything.items() if "alembic_version" not in name}
    if with_triggers:
        return ours
    return {name: ddl for name, ddl in ours.items() if not name.startswith(("trigger ", "function "))}


def _sqlite(connection: Connection) -> dict[str, Any]:
    """A table by its columns, references, unique keys and CHECKs: their text differs where a migration added them."""
    rows = connection.execute(text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    ddl: dict[str, Any] = {f"{kind} {name}": " ".join(sql.split()) for kind, name, sql in rows if kind != "table"}
    for name, sql in [(name, sql) for kind, name, sql in rows if kind == "table"]:
        about = {"table": name}
        columns = connection.execute(
            text('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(:table)'), about
        )
        references = connection.execute(
            text('SELECT "table", "from", "to" FROM pragma_foreign_key_list(:table)'), about
        )
        unique = connection.execute(
            text(
                "SELECT i.name, group_concat(c.name) FROM pragma_index_list(:table) i, pragma_index_info(i.name) c "
                "WHERE i.origin <> 'c' GROUP BY i.name"
            ),
            about,
        )
        ddl[f"table {name}"] = {
            "columns": sorted(tuple(row) for row in columns),
            "references": sorted(tuple(row) for row in references),
            "unique": sorted(row[1] for row in unique),
            "deferred": "DEFERRABLE" in sql,
            "checks": sorted(" ".join(check.split()) for check in CHECKED.findall(sql)),
        }
    return ddl


def _postgresql(connection: Connection) -> dict[str, Any]:
    columns = (
        "SELECT 'column ' || table_name || '.' || column_name, data_type || ' ' || is_nullable || ' ' || "
        "COALESCE(character_maximum_length::text, '') || ' ' || COALESCE(column_default, '') "
        "FROM information_schema.columns WHERE table_schema = 'public'"
    )
    constraints = (
        "SELECT 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) "
        "FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'"
    )
    indexes = "SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    triggers = "SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    functions = "SELECT 'function ' || proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    parts = (columns, constraints, indexes, triggers, functions)
    return {name: ddl for part in parts for name, ddl in connection.execute(text(part)).all()}
