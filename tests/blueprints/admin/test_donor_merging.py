"""Two donors who are one person: proposed, previewed, merged, and taken apart again."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from campaign.database import transaction
from campaign.domain.identity import new_public_id
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.donor import Donor, DonorMerge, DonorNote, DonorTag
from campaign.models.journal import Posting
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt
from campaign.models.staff import AuditEvent
from campaign.services import search_index
from tests.blueprints.admin.another_campaign import _a_pledge
from tests.blueprints.admin.client import sign_in_as, token_of
from tests.support.builders import NOW, a_campaign, a_donor, a_paid_gift, general_fund_of
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch, fetch_address

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def staff(app: Flask, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="campaign").client


@pytest.fixture
def pair(campaign: Campaign, staff: FlaskClient) -> tuple[Donor, Donor]:
    """Aida with her right address, and Aida with a slip in it, a monthly gift, a note and two tags."""
    right, slip = a_donor(email="aida@gmail.com"), a_donor(email="aida@gmial.com")
    pledge = _a_pledge(campaign, slip.id, general_fund_of(campaign))
    a_paid_gift(campaign=campaign, donor_id=slip.id, payer_name="Aida", pledge_id=pledge.id, frequency="monthly")
    a_paid_gift(campaign=campaign, donor_id=right.id, payer_name="Aida")
    with transaction() as session:
        common: dict[str, Any] = {"campaign_id": campaign.id, "donor_id": slip.id}
        session.add(DonorNote(**common, public_id=new_public_id(), text="Note", written_at=NOW, written_by=1))
        for donor_id, name in ((slip.id, "board"), (slip.id, "press"), (right.id, "board")):
            tag = {"campaign_id": campaign.id, "donor_id": donor_id, "name": name, "name_key": name}
            session.add(DonorTag(**tag, added_at=NOW, added_by=1))
    return right, slip


def post(client: FlaskClient, address: str, **fields: Any) -> TestResponse:
    return client.post(address, data={"csrf_token": token_of(client), **fields})


def merged(client: FlaskClient, pair: tuple[Donor, Donor]) -> None:
    right, slip = pair
    page = fetch_address(client, f"/staff/donors/{right.public_id}/merge?other={slip.public_id}")
    for _press in range(2):
        assert page.submit(client, "main form").status_code == 303


def owners(session: Session, table: Any) -> list[int | None]:
    session.rollback()
    return list(session.execute(select(table.donor_id).order_by(table.id)).scalars())


def test_a_pair_is_proposed_until_staff_say_that_they_are_two_people(
    pair: tuple[Donor, Donor], staff: FlaskClient
) -> None:
    page = fetch(staff, "admin.possible_donor_duplicates")
    assert page.texts("tbody td")[1] == "a slip in the domain"
    page.submit(staff, "form[action$=dismiss]")
    page.submit(staff, "form[action$=dismiss]")
    page = fetch(staff, "admin.possible_donor_duplicates")
    assert "Nobody looks like somebody else." in page.text()


def test_the_preview_counts_what_moves_and_moves_nothing(
    pair: tuple[Donor, Donor], staff: FlaskClient, session: Session
) -> None:
    right, slip = pair
    page = fetch_address(staff, f"/staff/donors/{right.public_id}/merge?other={slip.public_id}")
    assert page.texts(".facts dd")[:5] == ["1", "1", "1", "1", "0"]
    assert owners(session, Donation) == [slip.id, right.id]
    question = fetch_address(staff, f"/staff/donors/{right.public_id}/merge")
    shown = Page(question.submit(staff, "main form", email="AIDA@gmial.com"))
    assert shown.texts(".facts dd")[:5] == page.texts(".facts dd")[:5]
    nobody = Page(question.submit(staff, "main form", email="nobody@example.org"))
    assert "Nobody else has given to this campaign with this address." in nobody.text(".error-summary")


def test_a_merge_moves_what_belongs_to_the_donor_and_leaves_receipts_and_ledger_alone(
    pair: tuple[Donor, Donor], staff: FlaskClient, session: Session
) -> None:
    right, slip = pair
    before = [session.execute(select(table.__table__)).all() for table in (Receipt, Posting)]
    session.rollback()
    merged(staff, pair)
    assert owners(session, Donation) == [right.id, right.id]
    assert owners(session, Pledge) == [right.id]
    assert owners(session, DonorNote) == [right.id]
    assert owners(session, DonorTag) == [slip.id, right.id, right.id]
    assert session.execute(select(Pledge.link_version)).scalar_one() == 2
    assert [session.execute(select(table.__table__)).all() for table in (Receipt, Posting)] == before
    shown = fetch_address(staff, "/staff/donors?text=aida@gmail.com")
    assert "$50.00" in shown.text("p[role=status]")
    fetch(staff, "admin.donor", public_id=slip.public_id, status=404)
    assert session.execute(select(AuditEvent.action)).scalars().all() == ["donor:merge"]


def test_a_merge_is_undone_with_the_months_that_came_since(
    campaign: Campaign, pair: tuple[Donor, Donor], staff: FlaskClient, session: Session
) -> None:
    right, slip = pair
    merged(staff, pair)
    pledge_id = session.execute(select(Pledge.id)).scalar_one()
    session.rollback()
    a_paid_gift(campaign=campaign, donor_id=right.id, pledge_id=pledge_id, frequency="monthly")
    page = fetch(staff, "admin.donor", public_id=right.public_id)
    assert "aida@gmial.com was merged into this donor on December 1, 2026 by Campaign." in page.text()
    for _press in range(2):
        answer = page.submit(staff, "form[action$=undo]")
        assert answer.location.endswith(f"/staff/donors/{slip.public_id}")
    assert owners(session, Donation) == [slip.id, right.id, slip.id]
    assert owners(session, Pledge) == [slip.id]
    assert owners(session, DonorNote) == [slip.id]
    assert owners(session, DonorTag) == [slip.id, slip.id, right.id]


@pytest.mark.parametrize("reason", ["corrected", "erased"])
def test_an_undo_that_is_no_longer_possible_says_why(
    pair: tuple[Donor, Donor], staff: FlaskClient, session: Session, reason: str
) -> None:
    right, slip = pair
    merged(staff, pair)
    page = fetch(staff, "admin.donor", public_id=right.public_id)
    third = a_donor(email="third@example.org")
    with transaction() as rows:
        if reason == "corrected":
            rows.execute(update(Donation).where(Donation.pledge_id.is_not(None)).values(donor_id=third.id))
            search_index.refresh(rows, Donation.pledge_id.is_not(None))
        else:
            rows.execute(update(Donor).where(Donor.id == slip.id).values(erased_at=NOW, email=None, email_key=None))
    answer = page.submit(staff, "form[action$=undo]")
    sentence = {
        "corrected": "This merge can no longer be undone: one of its gifts has gone to another donor since",
        "erased": "The personal data of one of the two donors were erased.",
    }
    assert sentence[reason] in Page(staff.get(answer.location)).text(".notice")
    assert session.execute(select(DonorMerge.undone_at)).scalar_one() is None


def test_gifts_to_another_campaign_stay_where_they_are(
    pair: tuple[Donor, Donor], staff: FlaskClient, app: Flask, clock: SettableClock, session: Session
) -> None:
    right, slip = pair
    other = a_campaign(slug="mountain", is_featured=False)
    a_paid_gift(campaign=other, donor_id=slip.id)
    page = fetch_address(staff, f"/staff/donors/{right.public_id}/merge?other={slip.public_id}")
    assert "has also given to another campaign" in page.text()
    merged(staff, pair)
    assert owners(session, Donation) == [right.id, right.id, slip.id]
    stranger = sign_in_as(app, clock, role="finance", campaign=other).client
    merge_id = session.execute(select(DonorMerge.public_id)).scalar_one()
    answer = post(stranger, f"/staff/donors/{slip.public_id}/merges/{merge_id}/undo")
    assert answer.status_code == 404
    assert owners(session, Donation) == [right.id, right.id, slip.id]


def test_a_donor_is_not_merged_with_themselves(pair: tuple[Donor, Donor], staff: FlaskClient, session: Session) -> None:
    right, _slip = pair
    answer = staff.get(f"/staff/donors/{right.public_id}/merge?other={right.public_id}")
    assert "Both are the same donor already." in Page(staff.get(answer.location)).text(".notice")
    answer = post(staff, f"/staff/donors/{right.public_id}/merge", other=right.public_id)
    assert session.execute(select(DonorMerge.id)).all() == []
