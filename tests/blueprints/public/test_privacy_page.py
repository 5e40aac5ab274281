"""The privacy page is made from the data map and from the periods of the retention job, with or without a text of its own."""

import dataclasses

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.blueprints.public.privacy_entries import days_in_words, privacy_entries
from campaign.domain.retention import DAYS, RetentionName
from campaign.i18n import in_language
from campaign.services.privacy.data_map import DATA_MAP
from tests.support.builders import a_campaign
from tests.support.pages import fetch

pytestmark = pytest.mark.database("sqlite")


def test_a_campaign_without_a_text_has_the_whole_list(app: Flask, client: FlaskClient) -> None:
    a_campaign()
    page = fetch(client, "public.standing", lang="en", name="privacy")
    assert len(page.texts("h3")) == len(DATA_MAP)
    assert "10 years after your last one" in page.text("main")
    assert "90 days after its payment page closed" in page.text("main")
    assert "hello@quilt.example" in page.text("main")
    assert "/en/privacy" in {
        str(link["href"]) for link in fetch(client, "public.home", lang="en").soup.select("footer a")
    }


def test_its_periods_are_those_of_the_job(app: Flask) -> None:
    own = {RetentionName.EMAILS: 91, RetentionName.RECEIPTS: 2557}
    app.config["KURAK"] = dataclasses.replace(app.config["KURAK"], retention_days=own)
    with app.test_request_context(), in_language("en"):
        periods = " ".join(period for entry in privacy_entries() for period in entry.periods)
    assert "91 days after the email was written" in periods
    assert "7 years after the day of issue" in periods
    assert "%(" not in periods


@pytest.mark.parametrize(
    ("language", "days", "text"),
    [
        ("en", 1, "1 day"),
        ("en", 1096, "3 years"),
        ("en", 400, "400 days"),
        ("ru", 3653, "10 лет"),
        ("ky", 90, "90 күн"),
    ],
)
def test_a_period_is_said_in_days_or_in_whole_years(app: Flask, language: str, days: int, text: str) -> None:
    with app.test_request_context(), in_language(language):
        assert days_in_words(days) == text
    assert set(DAYS) == set(RetentionName)
