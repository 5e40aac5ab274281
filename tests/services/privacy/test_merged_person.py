"""One person in several donor rows: their data and their erasure are those of all of them, down to what staff noted."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.donor import CreditKind
from campaign.domain.identity import new_public_id
from campaign.domain.mail import MailState
from campaign.extensions import Model
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.donor import DistinctDonors, Donor, DonorMerge, DonorNote, DonorSegment, DonorTag, SoftCredit
from campaign.models.moderation import ModerationBlock
from campaign.models.outbox import Message
from campaign.models.segment_mailing import SegmentDelivery, SegmentMailing
from campaign.services.campaigns.blocks import is_blocked_in
from campaign.services.privacy import donor_data, erasure
from campaign.services.privacy.erasure import ErasureOrder
from tests.services.engine import Engine
from tests.services.privacy.people import a_known_donor
from tests.support.builders import a_donor, a_member_of_staff

SECOND, THIRD = "second@example.org", "third@example.org"
NOTE, TAG = "Her sister is ill", "Weaver of Osh"


def write_about_two_rows(engine: Engine) -> tuple[str, str]:
    """A donor, two more rows that were merged with them, and all that staff write; return the first and the last."""
    known, second, third = a_known_donor(engine), a_donor(email=SECOND), a_donor(email=THIRD)
    other, staff_id, at = a_donor(email="other@example.org"), a_member_of_staff(role="campaign").id, engine.clock.now()
    with transaction() as session:
        campaign_id = session.execute(select(Campaign.id)).scalar_one()
        gift_id = session.execute(select(Donation.id).where(Donation.public_id == known.gift)).scalar_one()
        here = {"campaign_id": campaign_id}
        for source, target in ((known.id, second.id), (second.id, third.id)):
            row = {"source_id": source, "target_id": target, "merged_by": staff_id, "merged_at": at, "moved": {}}
            session.add(DonorMerge(public_id=new_public_id(), **here, **row))
        note = {"donor_id": third.id, "text": NOTE, "written_at": at, "written_by": staff_id}
        session.add(DonorNote(public_id=new_public_id(), **here, **note))
        added = {"added_at": at, "added_by": staff_id}
        session.add(DonorTag(donor_id=second.id, name=TAG, name_key=TAG.lower(), **here, **added))
        credit = {"donation_id": gift_id, "donor_id": other.id, "kind": CreditKind.HONOURED}
        session.add(SoftCredit(public_id=new_public_id(), **credit, **here, **added))
        pair = {"first_id": third.id, "second_id": other.id, "decided_at": at, "decided_by": staff_id}
        session.add(DistinctDonors(**here, **pair))
        for name, text in (("Friends", "donor AIDA"), ("Mail of third@example.org", ""), ("Large gifts", "aida")):
            saved = {"filters": {"text": text} if text else {}, "saved_at": at, "saved_by": staff_id}
            session.add(DonorSegment(public_id=new_public_id(), name=name, name_key=name.lower(), **here, **saved))
        block = {"kind": "address", "value": SECOND, "typed": SECOND, "created_at": at, "created_by": staff_id}
        session.add(ModerationBlock(public_id=new_public_id(), **here, **block))
        write_segment_mails(session, campaign_id, staff_id, engine, waiting=second.id, unwritten=third.id)
    return known.public_id, third.public_id


def write_segment_mails(
    session: Session, campaign_id: int, staff_id: int, engine: Engine, *, waiting: int, unwritten: int
) -> None:
    """An email of staff that waits for the mail server, and one that is not written yet."""
    mailing = SegmentMailing(
        public_id=new_public_id(),
        campaign_id=campaign_id,
        segment_name="Friends",
        purpose="thanks",
        title={},
        body={},
        started_at=engine.clock.now(),
        started_by=staff_id,
    )
    message = Message(
        public_id=new_public_id(),
        campaign_id=campaign_id,
        kind="segment_mail",
        language="en",
        recipient=SECOND,
        facts={},
        search_text=SECOND,
        dedupe_key="segment_mail:1",
        state=MailState.QUEUED,
        created_at=engine.clock.now(),
        next_try_at=engine.clock.now(),
    )
    session.add_all([mailing, message])
    session.flush()
    session.add(SegmentDelivery(mailing_id=mailing.id, donor_id=waiting, message_id=message.id))
    session.add(SegmentDelivery(mailing_id=mailing.id, donor_id=unwritten))


def count(session: Session, table: type[Model]) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_all_rows_of_a_person_are_erased_with_what_staff_noted(engine: Engine, session: Session) -> None:
    first, last = write_about_two_rows(engine)
    preview = erasure.preview(first, clock=engine.clock)
    assert (preview.merged, preview.segments, preview.blocks) == (2, 2, 1)
    erased = erasure.erase(ErasureOrder(donor_public_id=last, actor_id=None), clock=engine.clock)
    assert {done.donor_public_id for done in erased} >= {first, last}
    assert len(erased) == 3
    assert session.execute(select(Donor.email).where(Donor.email.is_not(None))).scalars().all() == ["other@example.org"]
    gone = (DonorMerge, DonorNote, DonorTag, SoftCredit, DistinctDonors, SegmentDelivery)
    assert [count(session, table) for table in gone] == [0] * len(gone)
    assert session.execute(select(DonorSegment.name)).scalars().all() == ["Large gifts"]
    row = session.execute(select(ModerationBlock)).scalar_one()
    assert SECOND not in (row.typed, row.value)
    assert is_blocked_in(session, row.campaign_id, (), "Second+again@example.org"), "it still hides their names"
    assert not is_blocked_in(session, row.campaign_id, (), THIRD)


@pytest.mark.database("sqlite")
def test_all_rows_of_a_person_are_in_their_data(engine: Engine) -> None:
    first, last = write_about_two_rows(engine)
    data = donor_data.collect(first, clock=engine.clock)
    assert [row["email"] for row in data.rows["donor"]] == ["donor@example.org", SECOND, THIRD]
    assert [row["text"] for row in data.rows["notes"]] == [NOTE]
    assert [row["name"] for row in data.rows["tags"]] == [TAG]
    assert [row["name"] for row in data.rows["saved_searches"]] == ["Friends", "Mail of third@example.org"]
    counted = ("parts_in_gifts", "merges", "not_the_same_as_others", "blocks", "emails_to_segments")
    assert [len(data.rows[name]) for name in counted] == [1, 2, 1, 1, 2]
    assert data.rows == donor_data.collect(last, clock=engine.clock).rows
    assert "other@example.org" not in data.to_json().decode()
