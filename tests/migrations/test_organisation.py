"""The issuer of receipts moves from the campaigns to the organisation, and back."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from campaign.project import MIGRATIONS
from tests.migrations.test_going_back import put, rows_of, without_rules
from tests.migrations.test_migrations import empty, empty_url  # noqa: F401  # fixtures
from tests.migrations.test_reasons import before_migration
from tests.support.builders import NOW

pytestmark = pytest.mark.faults

ISSUER: dict[str, Any] = {
    "legal_name": {"en": "Library Fund", "ru": "Фонд библиотеки"},
    "address": {"en": "1 Chui Avenue"},
    "registration": {"en": "No. 7"},
    "place": {"en": "Bishkek"},
}
OTHER = {**ISSUER, "legal_name": {"en": "Another fund"}}


@pytest.mark.database("sqlite")
def test_the_issuer_is_carried_to_the_organisation_and_back(empty: Flask) -> None:  # noqa: F811
    before = before_migration("_organisation.py")
    upgrade(str(MIGRATIONS), revision=before)
    with without_rules() as connection:
        for key, issuer in enumerate((OTHER, ISSUER, ISSUER), start=1):
            put(
                connection,
                "campaign",
                id=key,
                slug=f"campaign-{key}",
                series=f"S{key}",
                is_featured=key == 2,
                issuer=issuer,
                contact_email=f"{key}@example.org",
                goal_minor=1,
                starts_on=NOW.date(),
                ends_on=NOW.date() + timedelta(days=1),
                fee_bearer="fund",
            )
    old = rows_of("campaign")
    upgrade(str(MIGRATIONS))
    [row] = rows_of("organisation")["organisation"]
    assert {name: row[name] for name in ISSUER} == ISSUER
    assert (row["contact_email"], row["revision"], row["time_zone"]) == ("2@example.org", 1, None)
    assert [campaign["issuer"] for campaign in rows_of("campaign")["campaign"]] == [OTHER, {}, {}]
    downgrade(str(MIGRATIONS), revision=before)
    assert rows_of("campaign") == old
