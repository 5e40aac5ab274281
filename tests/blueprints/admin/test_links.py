"""The link builder: a link, its code and its posters, for those who share the campaign."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.models.campaign import Campaign
from tests.blueprints.admin.client import sign_in_as
from tests.support.fakes import SettableClock
from tests.support.pages import fetch

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def campaigner(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def test_the_link_has_cleaned_tags_and_what_was_chosen(campaigner: FlaskClient) -> None:
    page = fetch(
        campaigner, "admin.links", source="Café POSTER", medium="print", fund="GEN", amount="25", language="ru"
    )
    assert page.text("code.link-address").endswith(
        "/ru/donate?fund=GEN&amount=25&currency=USD&utm_source=caf%C3%A9+poster&utm_medium=print"
    )
    assert page.text("[aria-labelledby=link] ul").count("A3") == 3
    assert campaigner.get(page.link("SVG")).mimetype == "image/svg+xml"
    assert campaigner.get(page.link("PNG")).data.startswith(b"\x89PNG")


def test_an_amount_that_cannot_be_read_is_shown_again(campaigner: FlaskClient) -> None:
    answer = campaigner.get("/staff/links?amount=two")
    assert answer.status_code == 422
    assert 'value="two"' in answer.text
    assert "Your link" not in answer.text
    assert campaigner.get("/staff/links/qr.svg?amount=two").status_code == 422


def test_what_the_form_does_not_offer_is_refused(campaigner: FlaskClient) -> None:
    for query in ("fund=NONE", "language=de", "page=thanks"):
        assert campaigner.get(f"/staff/links?{query}").status_code == 422
    assert campaigner.get("/staff/links/poster.pdf").status_code == 422
