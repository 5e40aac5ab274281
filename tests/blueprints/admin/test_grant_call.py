"""Staff write the call of a grant: questions in each language, their order, and whether people apply here."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.models.campaign import Campaign
from tests.blueprints.admin.client import sign_in_as
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")
GRANT = {"title-en": "Felt grant", "opens_on": "2026-11-01", "closes_on": "2026-12-24", "goal": "500"}


@pytest.fixture
def staff(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def test_a_call_is_written_ordered_and_opened(staff: FlaskClient) -> None:
    grant = fetch_address(staff, "/staff/plan/new/grant").submit(staff, **GRANT).location
    address = fetch_address(staff, grant).link("Call for applications")
    page = fetch_address(staff, address)
    early = Page(page.submit(staff, f"form[action$='{address}']", is_online="yes"))
    assert "Add at least one question and one criterion" in early.text(".error-summary")
    for kind, typed in (
        ("short", {"label-en": "Your craft", "max_length": "100"}),
        ("choice", {"label-en": "Material", "options-en": "Felt\nSilk", "options-ru": "Войлок\nШёлк"}),
        ("criterion", {"label-en": "Use to others"}),
        ("eligibility", {"label-en": "Do you live in Osh?", "needs_yes": "yes"}),
    ):
        form = fetch_address(staff, f"{address}/new/{kind}")
        assert form.submit(staff, **typed).location == address
        assert form.submit(staff, **typed).location == address, "twice is once"
    page = fetch_address(staff, address)
    assert page.texts("tbody th") == ["Do you live in Osh?", "Your craft", "Material", "Use to others"]
    material = fetch_address(staff, page.link("Material"))
    assert material.text("#options-ru") == "Войлок Шёлк"
    wrong = Page(material.submit(staff, **{"options-ru": "Войлок"}))
    assert wrong.answer.status_code == 422
    assert "the same number in each language" in wrong.text(".error-summary")
    page.submit(staff, f"form[action$='{material.answer.request.path}/up']")
    page = fetch_address(staff, address)
    assert page.texts("tbody th")[1:3] == ["Material", "Your craft"]
    page.submit(staff, f"form[action$='{material.answer.request.path}/remove']")
    saved = fetch_address(staff, address).submit(staff, f"form[action$='{address}']", is_online="yes", places="5")
    assert saved.location == address
    page = fetch_address(staff, address)
    assert page.texts("tbody th") == ["Do you live in Osh?", "Your craft", "Use to others"]
    assert "Not open yet" in page.texts(".tag")


def test_a_long_answer_without_a_limit_may_be_as_long_as_any(staff: FlaskClient) -> None:
    grant = fetch_address(staff, "/staff/plan/new/grant").submit(staff, **GRANT).location
    address = fetch_address(staff, grant).link("Call for applications")
    fetch_address(staff, f"{address}/new/long").submit(staff, **{"label-en": "Your craft", "max_length": ""})
    question = fetch_address(staff, fetch_address(staff, address).link("Your craft"))
    assert question.one("#max_length")["value"] == "10000"
    assert question.submit(staff, max_length="").location == address
