"""What staff note about donors: notes, tags, and segments of the list."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campaign.database import transaction
from campaign.models.campaign import Campaign
from campaign.models.donor import Donor, DonorNote, DonorSegment, DonorTag
from campaign.models.staff import AuditEvent
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.support.builders import a_campaign, a_donor, a_paid_gift
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def staff(app: Flask, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


@pytest.fixture
def donor(campaign: Campaign) -> Donor:
    donor = a_donor()
    a_paid_gift(campaign=campaign, donor_id=donor.id, payer_name="Aida")
    return donor


def page_of(client: FlaskClient, donor: Donor) -> Page:
    return fetch(client, "admin.donor", public_id=donor.public_id)


def followed(client: FlaskClient, answer: TestResponse) -> Page:
    """The page on which an answer lets the browser end."""
    return Page(client.get(answer.location) if answer.status_code in {302, 303} else answer)


def send(client: FlaskClient, donor: Donor, path: str, **fields: Any) -> Page:
    address = f"/staff/donors/{donor.public_id}/{path}"
    return followed(client, client.post(address, data={"csrf_token": token_of(client), **fields}))


def acts(session: Session) -> list[str]:
    session.rollback()
    return list(session.execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars())


def test_a_note_has_author_and_time_and_is_written_once(staff: FlaskClient, donor: Donor, session: Session) -> None:
    form = page_of(staff, donor)
    for _press in range(2):
        form.submit(staff, "form[action$=notes]", text="Met her in Osh.\n<script>alert(1)</script>")
    page = page_of(staff, donor)
    assert page.texts("p.lines") == ["Met her in Osh. <script>alert(1)</script>"]
    assert "Campaign, December 1, 2026" in page.text()
    page.submit(staff, "form[action$=remove]")
    assert page_of(staff, donor).texts("p.lines") == []
    assert page.submit(staff, "form[action$=remove]").status_code == 303
    assert acts(session) == ["donor:note", "donor:remove_note"]


@pytest.mark.parametrize(
    ("text", "sentence"), [(" \u200b ", "Write the note."), ("x" * 2001, "Shorten this to 2000 characters.")]
)
def test_a_note_that_is_refused_stands_in_the_form(staff: FlaskClient, donor: Donor, text: str, sentence: str) -> None:
    page = send(staff, donor, "notes", text=text)
    assert page.answer.status_code == 422
    assert sentence in page.text(".error-summary")
    assert page.one("textarea").get_text().strip() == text.strip(" \u200b")


def test_tags_differ_in_more_than_case_and_a_donor_has_at_most_twenty(
    staff: FlaskClient, donor: Donor, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tag in ("Board", "bOARD", "Правление"):
        send(staff, donor, "tags", tag=tag)
    assert session.execute(select(DonorTag.name).order_by(DonorTag.id)).scalars().all() == ["Board", "Правление"]
    assert fetch_address(staff, "/staff/donors?tag=BOARD").text("[role=status]").startswith("1 donor")
    assert fetch_address(staff, "/staff/donors?tag=press").text("[role=status]") == "0 donors"
    send(staff, donor, "tags/remove", tag="board")
    session.rollback()
    assert session.execute(select(DonorTag.name)).scalars().all() == ["Правление"]
    monkeypatch.setattr("campaign.services.donors.tags.MAX_TAGS", 1)
    send(staff, donor, "tags", tag="правление")
    page = send(staff, donor, "tags", tag="one more")
    assert "This donor has 20 tags." in page.text(".error-summary")
    assert page.one("#tag")["value"] == "one more"
    assert acts(session)[:3] == ["donor:tag", "donor:tag", "donor:untag"]


def saved(client: FlaskClient, name: str, query: str) -> Page:
    page = fetch_address(client, f"/staff/donors?{query}")
    return followed(client, page.submit(client, "form[action$=segments]", name=name))


def test_a_segment_is_saved_once_and_opens_the_list_with_its_filters(
    staff: FlaskClient, donor: Donor, session: Session
) -> None:
    page = fetch_address(staff, "/staff/donors?status=new&days=30&least=20&currency=USD&text=aid")
    for _press in range(2):
        answer = page.submit(staff, "form[action$=segments]", name="  New   donors ")
        assert answer.status_code == 303
    (row,) = session.execute(select(DonorSegment)).scalars()
    assert row.filters == {
        "text": "aid",
        "status": "new",
        "period_days": 30,
        "currency": "USD",
        "least_minor": 20_00,
    }
    it = fetch(staff, "admin.segment", public_id=row.public_id)
    assert it.h1 == "New donors"
    assert it.text("p[role=status]").startswith("1 donor: $25.00")
    shown = followed(staff, staff.get(f"/staff/donors/segments/{row.public_id}/list"))
    assert len(shown.texts(".chips li")) == 4
    assert "From the segment New donors" in shown.text()


def test_a_second_segment_of_the_same_name_is_refused_with_the_filters_kept(staff: FlaskClient, donor: Donor) -> None:
    saved(staff, "New donors", "status=new")
    page = saved(staff, "new DONORS", "status=lapsed")
    assert page.answer.status_code == 422
    assert "Another segment has this name." in page.text(".error-summary")
    assert page.one("#name")["value"] == "new DONORS"
    assert page.one("#status option[selected]")["value"] == "lapsed"


def test_a_segment_is_renamed_given_other_filters_and_removed_for_all_staff_of_the_campaign(
    staff: FlaskClient, donor: Donor, app: Flask, clock: SettableClock, session: Session
) -> None:
    saved(staff, "New donors", "status=new")
    (public_id,) = session.execute(select(DonorSegment.public_id)).scalars()
    colleague = sign_in_as(app, clock, role="finance").client
    it = fetch(colleague, "admin.segment", public_id=public_id)
    assert it.submit(colleague, f"form[action$='{public_id}']", name="Those who came back").status_code == 303
    shown = fetch_address(staff, f"/staff/donors?status=returning&segment={public_id}")
    shown.submit(staff, "form[action$=filters]")
    it = fetch(staff, "admin.segment", public_id=public_id)
    assert it.h1 == "Those who came back"
    assert "Nobody fits these filters today." in it.text()
    assert it.submit(staff, "form[action$=remove]").status_code == 303
    assert it.submit(staff, "form[action$=remove]").status_code == 404
    fetch(colleague, "admin.segment", public_id=public_id, status=404)
    assert acts(session) == ["segment:save", "segment:change", "segment:change", "segment:remove"]


@pytest.mark.parametrize(
    "filters",
    [
        {"sql": "1=1"},
        {"status": "rich"},
        {"least_minor": 5},
        {"least_minor": "5", "currency": "USD"},
        {"first_since": "yesterday"},
        {"period_days": 9999},
        {"text": "x" * 5000},
        {"text": ["a"]},
    ],
)
def test_filters_that_are_none_of_this_version_are_not_used(
    staff: FlaskClient, donor: Donor, filters: dict[str, Any], session: Session
) -> None:
    saved(staff, "New donors", "status=new")
    with transaction() as rows:
        rows.execute(update(DonorSegment).values(filters=filters))
    (public_id,) = session.execute(select(DonorSegment.public_id)).scalars()
    page = followed(staff, staff.get(f"/staff/donors/segments/{public_id}/list"))
    assert "The filters of this segment cannot be read" in page.text()
    assert "Its filters cannot be read" in fetch(staff, "admin.segments").text()


def test_notes_tags_and_segments_stay_within_their_campaign(
    staff: FlaskClient, donor: Donor, app: Flask, clock: SettableClock, session: Session
) -> None:
    saved(staff, "New donors", "status=new")
    send(staff, donor, "notes", text="Secret")
    send(staff, donor, "tags", tag="Board")
    other = a_campaign(slug="mountain", is_featured=False)
    a_paid_gift(campaign=other, donor_id=donor.id)
    stranger = sign_in_as(app, clock, role="finance", campaign=other).client
    page = page_of(stranger, donor)
    assert "Secret" not in page.text()
    assert "Board" not in page.text()
    assert fetch(stranger, "admin.segments").texts("tbody th") == []
    note = session.execute(select(DonorNote.public_id)).scalar_one()
    segment = session.execute(select(DonorSegment.public_id)).scalar_one()
    send(stranger, donor, f"notes/{note}/remove")
    send(stranger, donor, "tags/remove", tag="Board")
    fetch(stranger, "admin.segment", public_id=segment, status=404)
    assert page_of(staff, donor).texts("p.lines") == ["Secret"]
    assert "Board" in page_of(staff, donor).text()
