"""Campaigns that shared a prefix of receipts get one each; the one whose receipts are the oldest keeps it."""

import logging
from datetime import timedelta

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import IntegrityError

from campaign.project import MIGRATIONS
from tests.migrations.test_going_back import put, rows_of, without_rules
from tests.migrations.test_migrations import empty, empty_url  # noqa: F401  # fixtures
from tests.migrations.test_reasons import before_migration
from tests.support.builders import NOW

pytestmark = pytest.mark.faults

PLAN = {"goal_minor": 1, "starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=1), "fee_bearer": "fund"}
CAMPAIGNS = {"school-library": "SL", "school-lunch": "SL", "second-loom": "SL", "felt": "FELT"}
FIRST_RECEIPT_OF = 2


def test_each_campaign_has_a_prefix_of_its_own(empty: Flask, caplog: pytest.LogCaptureFixture) -> None:  # noqa: F811
    before = before_migration("_receipt_series.py")
    upgrade(str(MIGRATIONS), revision=before)
    gift = {"gift_minor": 1, "cover_minor": 0, "state": "created", "fee_bearer": "fund", "frequency": "once"}
    with without_rules() as connection:
        for key, (slug, shared) in enumerate(CAMPAIGNS.items(), start=1):
            put(connection, "campaign", id=key, slug=slug, series=shared, **PLAN)
        put(connection, "donation", id=1, campaign_id=FIRST_RECEIPT_OF, wall="shown", refunded_minor=0, **gift)
        put(connection, "receipt", donation_id=1, series="TEST-SL", state="issued", amount_minor=1)
        put(connection, "receipt_counter", series="SCH", year=2026, last_number=1)
    with caplog.at_level(logging.WARNING):
        upgrade(str(MIGRATIONS))
    series = {row["slug"]: row["series"] for row in rows_of("campaign")["campaign"]}
    assert series == {"school-library": "SCHO", "school-lunch": "SL", "second-loom": "SEC", "felt": "FELT"}
    assert "The campaigns school-lunch and school-library shared the prefix SL" in caplog.text
    assert "Receipts of second-loom have the prefix SEC from now on" in caplog.text
    with pytest.raises(IntegrityError), without_rules() as connection:
        put(connection, "campaign", id=9, slug="late", series="FELT", **PLAN)
    downgrade(str(MIGRATIONS), revision=before)
    assert {row["slug"]: row["series"] for row in rows_of("campaign")["campaign"]} == series
