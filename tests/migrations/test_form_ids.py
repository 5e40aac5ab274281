"""What stood packed in the form id of a gift becomes columns, and an older version finds it packed again."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from campaign.project import MIGRATIONS
from tests.migrations.test_going_back import put, rows_of, without_rules
from tests.migrations.test_migrations import empty, empty_url  # noqa: F401  # fixtures
from tests.migrations.test_reasons import before_migration, by_id

pytestmark = pytest.mark.faults

GIFTS = {  # form id of an older version → (form id, origin, shown form, the key that a superseded gift had)
    "k2n4p6q8r2t4v6w8-1f2e3d4c5b6a": ("k2n4p6q8r2t4v6w8-1f2e3d4c5b6a", "form", "k2n4p6q8r2t4v6w8", None),
    "k2n4p6q8r2t4v6w8-000000000000 gift000000000002": (
        "superseded:gift000000000002",
        "form",
        "k2n4p6q8r2t4v6w8",
        "k2n4p6q8r2t4v6w8-000000000000",
    ),
    "demo000000000003": ("demo000000000003", "form", None, None),
    "invoice:in_1-a": ("invoice:in_1-a", "invoice", None, None),
    "again:cs_test-1": ("again:cs_test-1", "duplicate", None, None),
}


def test_form_ids_are_unpacked_and_packed_again(empty: Flask) -> None:  # noqa: F811
    before = before_migration("_origin_of_gifts.py")
    upgrade(str(MIGRATIONS), revision=before)
    with without_rules() as connection:
        for key, form_id in enumerate(GIFTS, start=1):
            put(connection, "donation", id=key, form_id=form_id, public_id=f"gift{key:012}")
    old = rows_of("donation")
    upgrade(str(MIGRATIONS))
    gifts = by_id("donation", "form_id", "origin", "shown_form_id", "superseded_form_id", "superseded_at", "created_at")
    assert [row[:4] for row in gifts] == list(GIFTS.values())
    assert [superseded for *_, superseded, _begun in gifts] == [begun if row[3] else None for *row, begun in gifts]
    downgrade(str(MIGRATIONS), revision=before)
    assert rows_of("donation") == old
