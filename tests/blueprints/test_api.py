"""The public JSON: the figures of the pages, in the shape that its description promises."""

from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.campaign import Campaign
from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from tests.support.builders import a_paid_gift, usd
from tests.support.fakes import SettableClock


@pytest.fixture
def demo(client: FlaskClient, session: Session, clock: SettableClock) -> Campaign:
    load_campaign(load_plan(), clock=clock)
    return session.execute(select(Campaign)).scalar_one()


def described(client: FlaskClient, name: str) -> Any:
    document = client.get("/api/v1/openapi.json").get_json()
    return jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


@pytest.mark.parametrize(
    ("path", "schema"),
    [("", "Campaign"), ("/progress", "Progress"), ("/allocations", "Allocations"), ("/updates", "Updates")],
)
def test_every_answer_is_as_described(client: FlaskClient, demo: Campaign, path: str, schema: str) -> None:
    a_paid_gift(campaign=demo)
    answer = client.get(f"/api/v1/campaigns/{demo.slug}{path}")
    assert answer.mimetype == "application/json"
    described(client, schema).validate(answer.get_json())


def test_progress_has_the_figures_of_the_page(client: FlaskClient, demo: Campaign) -> None:
    a_paid_gift(campaign=demo, gift=usd(25_00), cover_minor=1_06)
    a_paid_gift(campaign=demo, gift=usd(10_00))
    progress = client.get(f"/api/v1/campaigns/{demo.slug}/progress").get_json()
    assert {name: progress[name] for name in ("campaign", "currency", "goal_minor", "raised_minor", "donations")} == {
        "campaign": demo.slug,
        "currency": "USD",
        "goal_minor": demo.goal_minor,
        "raised_minor": 36_06,
        "donations": 2,
    }
    assert sum(row["raised_minor"] for row in progress["by_fund"]) == progress["raised_minor"]


def test_a_page_of_any_site_may_read_it(client: FlaskClient, demo: Campaign) -> None:
    answer = client.get(f"/api/v1/campaigns/{demo.slug}")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers


def test_unchanged_progress_is_answered_with_304(client: FlaskClient, demo: Campaign) -> None:
    address = f"/api/v1/campaigns/{demo.slug}/progress"
    etag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_an_unknown_campaign_is_404_in_json(client: FlaskClient, demo: Campaign) -> None:
    answer = client.get("/api/v1/campaigns/nobody/progress")
    assert answer.status_code == 404
    assert answer.get_json()["error"]
