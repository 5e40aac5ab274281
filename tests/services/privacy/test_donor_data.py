"""A donor's own data: all that is stored about them, nothing of others, as JSON and as a PDF."""

import json
import subprocess

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.errors import NotFound
from campaign.models.campaign import Campaign
from campaign.models.staff import AuditEvent
from campaign.services.privacy import donor_data
from campaign.services.privacy.data_map import DATA_MAP, FOR_DONORS
from campaign.services.privacy.donor_parts import PARTS
from campaign.services.privacy.donor_pdf import data_pdf
from tests.services.engine import Engine
from tests.services.privacy.people import SECRETS, a_known_donor
from tests.support.builders import a_donor, a_paid_gift
from tests.support.fakes import SettableClock


def test_everything_that_is_stored_about_a_donor_is_in_the_file(engine: Engine, clock: SettableClock) -> None:
    known = a_known_donor(engine)
    data = donor_data.collect(known.public_id, clock=clock)
    content = json.loads(data.to_json())
    text = data.to_json().decode()
    assert [secret for secret in SECRETS if secret not in text] == []
    assert [part.name for part in PARTS if not data.rows[part.name]] == [
        *("refunds", "disputes", "monthly_gifts", "monthly_gift_history", "monthly_gift_requests"),
        *("monthly_gift_answers", "emails_to_segments", "notes", "tags", "parts_in_gifts", "merges"),
        *("not_the_same_as_others", "saved_searches", "blocks", "sessions", "event_sign_ups", "grant_applications"),
        *("application_files", "application_reviews", "application_links"),
    ]
    assert content["receipts"][0]["document"]["donor_name"] == "Aida Donor"
    assert content["about"].keys() == {kind.value for kind in FOR_DONORS}


@pytest.mark.database("sqlite")
def test_what_others_gave_is_not_in_it(engine: Engine, clock: SettableClock) -> None:
    known = a_known_donor(engine)
    other = a_donor(email="other@example.org")
    campaign = engine.session.execute(select(Campaign)).scalar_one()
    a_paid_gift(campaign=campaign, donor_id=other.id, payer_name="Bermet")
    assert "Bermet" not in donor_data.collect(known.public_id, clock=clock).to_json().decode()
    assert "Aida the weaver" not in donor_data.collect(other.public_id, clock=clock).to_json().decode()
    with pytest.raises(NotFound):
        donor_data.collect("zzzzzzzzzzzzzzzz", clock=clock)
    with pytest.raises(NotFound):
        donor_data.donor_with_email("nobody@example.org")


@pytest.mark.database("sqlite")
def test_the_parts_have_every_personal_column_that_concerns_donors(engine: Engine) -> None:
    """What repeats another column, or is what a file is made of, is left out on purpose."""
    repeated = {"donor.email_key", "subscriber.email_key", "donation.search_text", "donation.public_search_text"}
    repeated |= {"message.search_text", "message.dedupe_key", "receipt_file.pdf", "receipt.language"}
    repeated |= {"event_sign_up.email_key", "grant_application.email_key", "application_link.digest"}
    repeated |= {"donor_tag.name_key", "donor_segment.name_key", "moderation_block.value"}
    repeated |= {"segment_mailing.segment_name", "segment_mailing.title", "segment_mailing.body"}
    repeated |= {
        "customer_deletion.customer_id"
    }  # it is the monthly gift's, and stands there once the donor was erased
    files = {"application_file.body"}
    others = {"provider_event.error", "provider_transaction.description"}
    mapped = {column for entry in DATA_MAP if entry.kind in FOR_DONORS for column in entry.columns}
    exported = {f"{part.table.__table__.name}.{name}" for part in PARTS for name in part.columns}
    assert mapped - exported == repeated | files | others


@pytest.mark.database("sqlite")
def test_the_pdf_can_be_read_in_the_language_of_the_donor(engine: Engine, session: Session) -> None:
    known = a_known_donor(engine)
    data = donor_data.hand_out(known.public_id, file_format="pdf", actor_id=None, clock=engine.clock)
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data_pdf(data), capture_output=True, check=True)
    assert [secret for secret in SECRETS if secret not in text.stdout.decode()] == []
    acts = session.execute(select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.id.desc())).first()
    assert acts is not None
    assert tuple(acts) == ("donor:download_data", {"format": "pdf"})
