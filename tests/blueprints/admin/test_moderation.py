"""The queue of names: approve, take off with a reason, before or after showing; the public list follows at once."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.models.campaign import Campaign
from campaign.models.staff import AuditEvent
from campaign.services.campaigns.supporters import gift_counts
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.support.builders import a_campaign, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch, fetch_address


@pytest.fixture
def campaigner(app: Flask, clock: SettableClock, campaign: Campaign) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


def waiting(client: FlaskClient, state: str = "waiting") -> list[str]:
    return fetch(client, "admin.moderation", state=state).texts(".reviews li > p strong")


def acts(session: Session) -> list[tuple[str, dict[str, object]]]:
    rows = session.execute(select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.id)).all()
    session.rollback()
    return [(action, detail) for action, detail in rows]


@pytest.mark.database("postgresql")
def test_with_review_before_a_name_is_shown_when_it_is_approved(
    client: FlaskClient, campaigner: FlaskClient, campaign: Campaign, session: Session
) -> None:
    a_paid_gift(campaign=campaign, public_name="Early")
    page = fetch(campaigner, "admin.moderation")
    page.submit(campaigner, "form[action$=setting]", review="before")
    late = a_paid_gift(campaign=campaign, public_name="Late", message="Good luck")
    assert (gift_counts(session, campaign.id).named, gift_counts(session, campaign.id).gifts) == (1, 2)
    session.rollback()
    assert "Late" not in fetch_address(client, "/en/supporters/").text()
    assert waiting(campaigner) == ["Late"]
    assert fetch(campaigner, "admin.overview").texts(".concerns li") == ["Names wait for approval 1"]
    page = fetch(campaigner, "admin.moderation")
    page.submit(campaigner, f"form[action*='{late.public_id}'][data-approve]", act="approve")
    assert "Late" in fetch_address(client, "/en/supporters/").text()
    assert (waiting(campaigner), sorted(waiting(campaigner, "shown"))) == ([], ["Early", "Late"])
    assert [action for action, _detail in acts(session)] == ["campaign:names_before", "donation:wall_shown"]


@pytest.mark.database("sqlite")
def test_a_name_is_taken_off_for_a_reason_and_approved_again(
    client: FlaskClient, campaigner: FlaskClient, campaign: Campaign, session: Session
) -> None:
    gift = a_paid_gift(campaign=campaign, public_name="Rude", message="<script>x</script>")
    form = f"form[action*='{gift.public_id}']"  # Enter in the field of the reason does not approve: it is a form of its own
    page = fetch(campaigner, "admin.moderation")
    assert "<script>x" in page.text("blockquote")
    refused = page.submit(campaigner, f"{form}[data-hide]", act="hide", reason="")
    assert (refused.status_code, "Say why." in refused.text) == (422, True)
    for _ in range(2):
        assert page.submit(campaigner, f"{form}[data-hide]", act="hide", reason="Insult").status_code == 303
    assert "Rude" not in fetch_address(client, "/en/supporters/").text()
    assert acts(session) == [("donation:wall_hidden", {"reason": "Insult"})]
    fetch(campaigner, "admin.moderation", state="hidden").submit(campaigner, f"{form}[data-approve]", act="approve")
    assert "Rude" in fetch_address(client, "/en/supporters/").text()


@pytest.mark.database("sqlite")
def test_a_gift_of_another_campaign_and_anonymous_ones_are_not_in_the_queue(
    campaigner: FlaskClient, campaign: Campaign
) -> None:
    other = a_paid_gift(campaign=a_campaign(slug="loom", is_featured=False), public_name="Other")
    a_paid_gift(campaign=campaign, is_anonymous=True, public_name=None, message="For staff alone")
    page = fetch(campaigner, "admin.moderation")
    assert page.texts(".reviews li") == ["Nothing here."]
    token = page.filled("form[action$=setting]")["csrf_token"]
    for public_id in (other.public_id, "zzzzzzzzzzzzzzzz"):
        answer = campaigner.post(f"/staff/moderation/{public_id}", data={"csrf_token": token, "act": "approve"})
        assert answer.status_code == 404
    assert campaigner.post("/staff/moderation/setting", data={"csrf_token": token}).status_code == 400


@pytest.mark.database("sqlite")
def test_who_did_not_see_how_names_are_shown_now_does_not_change_it(
    campaigner: FlaskClient, campaign: Campaign
) -> None:
    form = "form[action$=setting]"
    early, late = fetch(campaigner, "admin.moderation"), fetch(campaigner, "admin.moderation")
    for _ in range(2):
        assert early.submit(campaigner, form, review="before").status_code == 303
    refused = Page(late.submit(campaigner, form, review="after"))
    assert refused.answer.status_code == 409
    row = "New names and messages Shown after approval Shown at once"
    assert refused.texts("[aria-label='What differs'] tbody tr") == [row]
    assert refused.submit(campaigner, form).status_code == 303


@pytest.mark.database("sqlite")
def test_a_word_is_blocked_from_the_queue_with_a_count_first(
    campaigner: FlaskClient, campaign: Campaign, session: Session
) -> None:
    gift = a_paid_gift(campaign=campaign, public_name="Casino", message="Visit <b>us</b>")
    link = fetch(campaigner, "admin.moderation").one(f"a[href*='gift={gift.public_id}']")["href"]
    page = fetch_address(campaigner, str(link))
    refusal = page.submit(campaigner, "main form", kind="address", value="nobody")
    assert refusal.status_code == 422
    assert "nobody" in refusal.text
    preview = page.submit(campaigner, "main form", kind="word", value="casino")
    assert "1 name that nobody has looked at is hidden." in preview.text
    assert waiting(campaigner) == ["Casino"]
    typed = {"kind": "word", "value": "casino", "step": "confirm", "csrf_token": token_of(campaigner)}
    typed["form_id"] = "23456789abcdefgh"
    for _twice in range(2):
        assert campaigner.post(f"/staff/moderation/blocks/new?gift={gift.public_id}", data=typed).status_code == 303
    listed = fetch(campaigner, "admin.moderation_blocks")
    assert "This is blocked already." in listed.text("body")
    assert (waiting(campaigner), waiting(campaigner, "hidden")) == ([], ["Casino"])
    assert [action for action, _detail in acts(session)] == ["moderation:block"]
    listed.submit(campaigner, "form[action$=remove]")
    assert "Nothing is blocked." in fetch(campaigner, "admin.moderation_blocks").text()


@pytest.mark.database("sqlite")
def test_other_roles_and_campaigns_block_nothing(app: Flask, clock: SettableClock, campaigner: FlaskClient) -> None:
    other = a_paid_gift(campaign=a_campaign(slug="other", is_featured=False), public_name="Elsewhere")
    assert campaigner.get(f"/staff/moderation/blocks/new?gift={other.public_id}").status_code == 404
    finance = sign_in_as(app, clock, role="finance").client
    assert finance.get("/staff/moderation/blocks").status_code == 403


@pytest.mark.database("sqlite")
def test_after_a_decision_the_focus_is_on_the_name_that_follows(campaigner: FlaskClient, campaign: Campaign) -> None:
    fetch(campaigner, "admin.moderation").submit(campaigner, "form[action$=setting]", review="before")
    for name in ("First", "Second", "Third"):
        a_paid_gift(campaign=campaign, public_name=name)
    page = fetch(campaigner, "admin.moderation")
    assert "Use these keys" in page.text("[data-keys]")
    for left in ("Second", "Third"):
        answer = page.submit(campaigner, "[data-approve]", act="approve")
        page = fetch_address(campaigner, answer.location)
        assert page.texts("[data-focus=first]") == [f"Approve {left}"]
    last = page.submit(campaigner, "[data-approve]", act="approve").location
    assert fetch_address(campaigner, last).texts("[data-focus=first]") == []
