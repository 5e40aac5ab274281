"""Emails of campaigns that exist go on in the campaign's name."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table

from campaign.project import MIGRATIONS
from tests.migrations.test_going_back import put, rows_of, without_rules
from tests.migrations.test_migrations import empty, empty_url  # noqa: F401  # fixtures
from tests.migrations.test_reasons import before_migration
from tests.support.builders import NOW

pytestmark = pytest.mark.faults


def test_the_name_of_a_campaign_is_the_sender_of_its_emails(empty: Flask) -> None:  # noqa: F811
    before = before_migration("_sender_name.py")
    upgrade(str(MIGRATIONS), revision=before)
    with without_rules() as connection:
        put(connection, "campaign", starts_on=NOW.date())
        campaign = Table("campaign", MetaData(), autoload_with=connection, resolve_fks=False)
        connection.execute(campaign.update().values({"name": {"en": "The\nquilt", "ru": "Лоскут" * 20}}))
    upgrade(str(MIGRATIONS))
    [row] = rows_of("campaign")["campaign"]
    assert row["sender_name"] == {"en": "The quilt", "ru": "Лоскут" * 10}
    downgrade(str(MIGRATIONS), revision=before)
    assert "sender_name" not in rows_of("campaign")["campaign"][0]
