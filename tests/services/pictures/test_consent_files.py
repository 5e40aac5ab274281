"""The files of a consent are stored where pictures are, all of them or none, and deleted years after it has ended."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.consent_file import MAX_BYTES, ConsentFileFlaw, ConsentFilesRefused
from campaign.domain.identity import new_public_id
from campaign.domain.retention import RetentionName
from campaign.gateways.file_store import FolderFiles
from campaign.models.campaign import Campaign
from campaign.models.picture import Consent, ConsentFile
from campaign.services.pictures.consent_attaching import save_with_files
from campaign.services.pictures.consent_checks import ConsentUpload
from campaign.services.pictures.consent_files import file_content, list_files
from campaign.services.pictures.consents import ConsentFacts, ConsentOrder
from campaign.services.privacy import retention
from tests.gateways.test_bad_pictures import SECRET, exif
from tests.support.contexts import a_context
from tests.support.fakes import SettableClock
from tests.support.pictures import file_of
from tests.support.recordings import RECORDINGS

pytestmark = pytest.mark.database("sqlite")
ENDED = date(2026, 12, 31)


def an_order(campaign: Campaign, actor_id: int) -> ConsentOrder:
    facts = ConsentFacts(
        person="Bermet Asanova",
        purpose="Photos of the workshop",
        form="paper",
        language="ky",
        stored_at="Folder 3",
        given_on=date(2026, 11, 1),
        valid_until=ENDED,
    )
    public_id = new_public_id()
    return ConsentOrder(campaign_id=campaign.id, public_id=public_id, is_new=True, facts=facts, actor_id=actor_id)


def an_upload(name: str, data: bytes) -> ConsentUpload:
    return ConsentUpload(public_id=new_public_id(), name=name, data=data)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_files_are_outside_the_database_by_setting_and_go_years_after_the_consent_has_ended(
    campaign: Campaign, actor_id: int, clock: SettableClock, session: Session, tmp_path: Path
) -> None:
    context, order = a_context(clock, files=FolderFiles(tmp_path / "files")), an_order(campaign, actor_id)
    uploads = [an_upload("paper.JPG", file_of("JPEG", exif=exif())), an_upload("voice.amr", RECORDINGS["voice.amr"])]
    save_with_files(order, uploads, context=context)
    save_with_files(order, uploads, context=context)  # pressed twice
    assert {path.suffix for path in files_in(tmp_path / "files")} == {".jpg", ".amr"}
    assert session.execute(select(ConsentFile.body)).scalars().all() == [None, None]
    session.rollback()
    first = list_files(campaign.id, order.public_id)[0]
    content = file_content(
        campaign.id, order.public_id, first.public_id, actor_id=actor_id, store=context.files, clock=clock
    )
    assert (content.name, content.media_type) == ("paper.jpg", "image/jpeg")
    assert SECRET.encode() not in content.body
    rules = [rule for rule in retention.rules_for({}, store=context.files) if rule.name is RetentionName.CONSENT_FILES]
    for days, rows in ((rules[0].days, 0), (rules[0].days + 2, 2)):
        clock.advance(days=(ENDED + timedelta(days=days) - clock.now().date()).days)
        assert [count.rows for count in retention.count_due(rules, clock=clock)] == [rows]
        assert [count.rows for count in retention.run(rules, clock=clock)] == [rows]
    assert files_in(tmp_path / "files") == []
    assert len(session.execute(select(Consent.id)).all()) == 1


def test_nothing_is_stored_where_one_of_the_files_is_refused(
    campaign: Campaign, actor_id: int, clock: SettableClock, tmp_path: Path
) -> None:
    context, order = a_context(clock, files=FolderFiles(tmp_path / "files")), an_order(campaign, actor_id)
    large = RECORDINGS["voice.wav"] + bytes(MAX_BYTES)
    uploads = [an_upload("voice.amr", RECORDINGS["voice.amr"]), an_upload("no.pdf", b"%PDF-1.7"), an_upload("a", large)]
    with pytest.raises(ConsentFilesRefused) as refused:
        save_with_files(order, uploads, context=context)
    flaws = [(file.name, file.flaw) for file in refused.value.files]
    assert flaws == [("no.pdf", ConsentFileFlaw.DAMAGED), ("a", ConsentFileFlaw.TOO_BIG)]
    assert files_in(tmp_path / "files") == []
    assert list_files(campaign.id, order.public_id) == []
