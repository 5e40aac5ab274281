"""Pictures leave with a campaign and come back: the same file, in the same place, described as before."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.database import reading, transaction
from campaign.domain.picture import MAX_BYTES, WIDTHS
from campaign.gateways.file_store import FolderFiles
from campaign.models.campaign import Campaign
from campaign.models.fund import Fund
from campaign.models.picture import Picture, PictureFile, PicturePlace
from campaign.services.plan_folders.exporting import export_campaign
from campaign.services.plan_folders.importing import ImportOptions, import_campaign, read_folder
from campaign.services.plan_folders.pictures import PictureLost, prepare_pictures
from campaign.services.plan_folders.problems import FolderRefused
from tests.services.plan_folders.test_refusals import FILES, complaints, put
from tests.support.contexts import a_context
from tests.support.fakes import FakeAccount, SettableClock
from tests.support.pictures import file_of

ACCOUNT = FakeAccount(currencies=("KGS",))
ROW = 'alt.ru = "Полка"\ncredit = "Aida"\nfocal_x = 50\nfocal_y = 15\nshows_people = false\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "folder"
    for name, content in FILES.items():
        put(root, name, content.encode())
    put(root, "pictures.toml", f'[[pictures]]\n{ROW}places = ["event:EVENT-1", "event:EVENT-1:2", "hero"]\n'.encode())
    put(root, "pictures/01.jpg", file_of(size=(400, 330)))
    return root


@pytest.mark.database("sqlite")
def test_a_picture_leaves_and_comes_back_as_the_same_file(
    app: Flask, clock: SettableClock, folder: Path, tmp_path: Path
) -> None:
    store = FolderFiles(tmp_path / "store")
    assert (
        import_campaign(folder, ImportOptions(), context=a_context(clock, account=ACCOUNT, files=store))
        == "school-library"
    )
    export_campaign(tmp_path / "first", "school-library", store=store)
    with reading() as session:
        event = session.execute(select(Fund.public_id).where(Fund.code == "EVENT-1")).scalar_one()
        places = session.execute(select(PicturePlace.place)).scalars().all()
        kinds = session.execute(select(PictureFile.format)).scalars().all()
    assert (sorted(places), sorted(kinds)) == (
        sorted(["hero", f"event:{event}", f"event:{event}:2"]),
        ["avif", "jpg", "webp"],
    )

    with transaction() as session:
        session.execute(select(Campaign)).scalar_one().stage = "draft"
    import_campaign(
        tmp_path / "first", ImportOptions(replace=True), context=a_context(clock, account=ACCOUNT, files=store)
    )
    with transaction() as session:
        session.execute(select(Campaign)).scalar_one().stage = "published"
    export_campaign(tmp_path / "second", "school-library", store=store)
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.*")} for name in ("first", "second")
    )
    assert first == second
    assert "01.jpg" in first
    with reading() as session:
        removed = session.execute(select(Picture.removed_at.is_not(None)).order_by(Picture.id)).scalars().all()
    assert removed == [True, False]

    for path in (tmp_path / "store").rglob("*.jpg"):
        path.unlink()
    with pytest.raises(PictureLost):
        export_campaign(tmp_path / "third", "school-library", store=store)
    assert not (tmp_path / "third").exists()


def test_a_place_that_is_not_there_and_a_file_without_a_row_are_named(folder: Path) -> None:
    put(folder, "pictures.toml", f'[[pictures]]\n{ROW}places = ["moon", "hero", "hero"]\n[[pictures]]\n{ROW}'.encode())
    put(folder, "pictures/03.png", b"")
    put(folder, "pictures/03.jpg", b"x" * (MAX_BYTES + 1))
    put(folder, "pictures/mine.jpg", b"")
    assert complaints(folder) == [
        "pictures.toml:7: “hero” is no place of the campaign, or has a picture already.",
        "pictures.toml:7: “moon” is no place of the campaign, or has a picture already.",
        "pictures.toml:8: The picture pictures/02.jpg is missing.",
        "pictures/03.jpg: No row of pictures.toml has this number.",
        "pictures/03.jpg: The picture has more than 25000000 bytes.",
        "pictures/03.png: There is another file with this number.",
        "pictures/mine.jpg: No file of this name belongs to a campaign.",
    ]


def test_a_file_that_is_no_picture_is_named_before_anything_is_written(folder: Path) -> None:
    put(folder, "pictures/01.jpg", b"<svg onload=alert(1)>")
    with pytest.raises(FolderRefused) as refusal:
        prepare_pictures(read_folder(folder, today=date(2026, 12, 1)), None)
    assert str(refusal.value).startswith("pictures/01.jpg: The file does not become a picture: ")
    assert WIDTHS
