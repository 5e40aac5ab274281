"""A backup holds the whole state, and a restore brings it back and checks it."""

import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import select

from campaign.database import transaction
from campaign.extensions import db
from campaign.models.alarm import Observation
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.project import MIGRATIONS
from campaign.services.backup.archive import MANIFEST, MAX_STATE_FILE_BYTES
from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from campaign.services.observations import BOOKS, RECEIPTS, RESTORE
from campaign.services.schema import head, schema_state
from tests.backup.places import Place, manifest_of
from tests.support.builders import a_paid_gift, usd
from tests.support.fakes import SettableClock

EmptyPlace = Callable[[], Place]


def test_a_restore_brings_back_every_row_and_checks_it(
    source: Place, empty_place: EmptyPlace, tmp_path: Path, clock: SettableClock
) -> None:
    load_campaign(load_plan(), clock=clock)
    manifest, before = source.backup(tmp_path / "one.tar"), source.digests()
    assert manifest.totals.currencies["USD"]["gifts_minor"] == 66_50
    assert manifest.totals.currencies["KGS"]["receipts"] == 1

    target = empty_place()
    result = target.restore(tmp_path / "one.tar")

    assert result.code == 0, result.output
    after = target.digests()
    assert {name: digest for name, digest in after.items() if before[name] != digest}.keys() == {"observation"}
    assert after.keys() == before.keys()
    assert {"drill/report.json"} == {name for name in target.files() if not name.startswith("kurak.sqlite")}
    for part in ("its totals are those of its manifest", "USD: 2 gifts, 66.50", "no problems", "reconcile --repair"):
        assert part in result.output
    with target.app.app_context():
        stored = {row.name: row.facts for row in db.session.execute(select(Observation)).scalars()}
        db.session.remove()
    assert (stored[BOOKS]["problems"], stored[RECEIPTS]["problems"]) == ([], [])
    assert stored[RESTORE]["made_at"] == manifest.made_at.isoformat()


@pytest.mark.broken_books
@pytest.mark.database("sqlite")
def test_broken_books_are_restored_as_they_were_and_reported(
    source: Place, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    with transaction() as session:
        session.execute(select(Donation)).scalars().first().gift_minor += 1  # type: ignore[union-attr]
    source.backup(tmp_path / "one.tar")
    target = empty_place()
    result = target.restore(tmp_path / "one.tar")
    assert result.code == 3
    assert "The books do not add up" in result.output
    with target.app.app_context():
        assert db.session.get_one(Observation, BOOKS).facts["problems"]
        db.session.remove()


def test_a_backup_is_private_and_names_nobody(source: Place, tmp_path: Path) -> None:
    file = tmp_path / "one.tar"
    source.backup(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    manifest = file.read_bytes()[512:].split(b"\0", 1)[0]
    assert manifest.startswith(b'{\n  "product": "kurak"')
    assert not any(word in manifest for word in (b"Aida", b"Asanova", b"example.kg", b"secret", b"key"))
    assert file.read_bytes()[: len(MANIFEST)] == MANIFEST.encode()
    assert not list(tmp_path.glob(".*unfinished"))


@pytest.mark.database("sqlite")
def test_an_existing_file_is_replaced_only_by_force(source: Place, tmp_path: Path) -> None:
    file = tmp_path / "one.tar"
    file.write_text("something else", encoding="ascii")
    (tmp_path / ".one.tar.unfinished").mkdir()  # a backup that was killed has left it
    (tmp_path / ".one.tar.unfinished" / "database").touch()
    result = source.run("backup", str(file))
    assert (result.code, file.read_text(encoding="ascii")) == (1, "something else")
    assert result.output.endswith("one.tar exists already. Name another file, or replace it with --force.")
    assert source.run("backup", "--force", str(file)).code == 0
    assert manifest_of(file).database == "sqlite"


@pytest.mark.database("sqlite")
def test_a_state_file_that_is_too_large_is_named(source: Place, tmp_path: Path) -> None:
    report = source.instance / "drill" / "report.html"
    with report.open("wb") as file:
        file.truncate(MAX_STATE_FILE_BYTES + 1)
    result = source.run("backup", str(tmp_path / "one.tar"))
    assert result.code == 0
    assert f"{report} is not in it: it has 16,000,001 bytes. Copy it yourself." in result.output
    assert not any(member.name.endswith("report.html") for member in manifest_of(tmp_path / "one.tar").members)


def test_a_backup_beside_a_writer_is_consistent(source: Place, empty_place: EmptyPlace, tmp_path: Path) -> None:
    with writing(source.app) as written:
        source.backup(tmp_path / "one.tar")
    assert written
    target = empty_place()
    result = target.restore(tmp_path / "one.tar")  # compares the copy's totals with those of the manifest
    assert result.code == 0, result.output
    totals = manifest_of(tmp_path / "one.tar").totals
    gifts = sum(of_one["gifts"] for of_one in totals.currencies.values())
    assert gifts == sum(of_one["receipts"] for of_one in totals.currencies.values())
    assert gifts == sum(totals.last_receipts.values())


@contextmanager
def writing(app: Flask) -> Iterator[list[int]]:
    """Gifts arrive one after the other in another thread, from before the block until after it; none must fail."""
    begun, stopping, written = threading.Event(), threading.Event(), list[int]()

    def write() -> None:
        with app.app_context():
            campaign = db.session.execute(select(Campaign)).scalars().first()
            assert campaign
            while not stopping.is_set():
                written.append(a_paid_gift(campaign=campaign, gift=usd(10_00)).id)
                begun.set()
            db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(10)
    try:
        yield written
    finally:
        stopping.set()
        writer.join()


@pytest.mark.database("sqlite")
def test_a_backup_of_an_older_version_is_migrated(source: Place, empty_place: EmptyPlace, tmp_path: Path) -> None:
    older = empty_place()
    source.backup(tmp_path / "one.tar")
    older.restore(tmp_path / "one.tar")
    with older.app.app_context():
        downgrade(str(MIGRATIONS), revision="-1")
    assert older.backup(tmp_path / "older.tar").schema < head()
    target = empty_place()
    result = target.restore(tmp_path / "older.tar")
    assert result.code == 0, result.output
    with target.app.app_context():
        assert schema_state().is_ready
        db.session.remove()
