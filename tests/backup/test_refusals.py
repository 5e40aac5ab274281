"""What is no backup, or does not fit, is refused in a sentence, and nothing is written."""

import fcntl
import gzip
import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from campaign.extensions import db
from campaign.services.backup.archive import MANIFEST
from campaign.services.schema import schema_state
from tests.backup.places import Place

EmptyPlace = Callable[[], Place]
Rewrite = Callable[[bytes], bytes]

on_sqlite = pytest.mark.database("sqlite")


def members_of(raw: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        return [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]


def tar_of(*members: tuple[tarfile.TarInfo, bytes], tar_format: int = tarfile.GNU_FORMAT) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tar_format) as tar:
        for header, content in members:
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    return target.getvalue()


def entry(
    name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, link
    return header, content


def added(*members: tuple[tarfile.TarInfo, bytes]) -> Rewrite:
    return lambda raw: tar_of(*members_of(raw), *members)


def manifest_changed(**fields: Any) -> Rewrite:
    """The archive with other fields in its manifest."""

    def rewrite(raw: bytes) -> bytes:
        (_, manifest), *others = members_of(raw)
        return tar_of(entry(MANIFEST, json.dumps(json.loads(manifest) | fields).encode()), *others)

    return rewrite


def manifest_of_bytes(content: bytes) -> Rewrite:
    return lambda raw: tar_of(entry(MANIFEST, content), *members_of(raw)[1:])


def resized(size: int) -> Rewrite:
    """The database's header claims another size, with a right checksum."""

    def rewrite(raw: bytes) -> bytes:
        header, _ = members_of(raw)[1]
        at = raw.index(b"database.sqlite\0", 512)
        header.size = size
        return raw[:at] + header.tobuf(tarfile.GNU_FORMAT) + raw[at + 512 :]

    return rewrite


def flipped(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]


def pax(raw: bytes) -> bytes:
    """With an extended header, which could hold anything of any size."""
    members = members_of(raw)
    members[1][0].pax_headers = {"comment": "é" * 10}
    return tar_of(*members, tar_format=tarfile.PAX_FORMAT)


DAMAGED: dict[str, tuple[Rewrite, str]] = {
    "empty": (lambda _: b"", "is truncated"),
    "text": (lambda _: b"This is not a backup. " * 100, "not a backup"),
    "compressed": (gzip.compress, "not a backup"),
    "half a header": (lambda raw: raw[:300], "not a backup"),
    "half": (lambda raw: raw[: len(raw) // 2], "is truncated"),
    "no end": (lambda raw: raw.rstrip(b"\0"), "truncated"),
    "a tail": (lambda raw: raw + b"\0" * 512 + b"more", "follows its end"),
    "a long tail": (lambda raw: raw + bytes(20_000), "follows its end"),
    "a flipped bit": (flipped, "SHA-256"),
    "another tar": (lambda _: tar_of(entry("readme.txt", b"x")), "something that no backup holds"),
    "no manifest": (lambda raw: tar_of(*members_of(raw)[1:]), "does not begin with a manifest"),
    "the manifest last": (lambda raw: tar_of(*reversed(members_of(raw))), "does not begin with a manifest"),
    "a path upwards": (added(entry("../../etc/cron.d/x", b"x")), "something that no backup holds"),
    "an absolute path": (added(entry("/etc/passwd", b"x")), "something that no backup holds"),
    "a state file upwards": (added(entry("files/../secret_key", b"x")), "something that no backup holds"),
    "a secret": (added(entry("files/secret_key", b"x")), "something that no backup holds"),
    "a symbolic link": (added(entry("files/drill/report.txt", kind=tarfile.SYMTYPE, link="/etc/passwd")), "no backup holds"),
    "a hard link": (added(entry("files/drill/report.txt", kind=tarfile.LNKTYPE, link="/etc/passwd")), "no backup holds"),
    "a device": (added(entry("files/drill/report.txt", kind=tarfile.CHRTYPE)), "no backup holds"),
    "a sparse file": (added(entry("files/drill/report.txt", kind=tarfile.GNUTYPE_SPARSE)), "no backup holds"),
    "an extended header": (pax, "no backup holds"),
    "a member of nobody": (added(entry("files/drill/report.txt", b"x")), "does not hold what its manifest says"),
    "a member twice": (lambda raw: tar_of(*members_of(raw), members_of(raw)[1]), "is there twice"),
    "a missing member": (lambda raw: tar_of(members_of(raw)[0]), "does not hold what its manifest says"),
    "a huge size": (resized(1 << 40), "truncated"),
    "an absurd size": (resized(1 << 70), "too large"),
    "a negative size": (resized(-512), "no backup holds"),
    "a huge manifest": (manifest_of_bytes(b" " * 1_000_001), "too large"),
    "a deep manifest": (manifest_of_bytes(b"[" * 500_000), "not readable"),
    "a manifest of another kind": (manifest_of_bytes(b"[]"), "not one of Kurak"),
    "a manifest in no encoding": (manifest_of_bytes(b"\xff\xfe{"), "not readable"),
    "an endless number": (manifest_of_bytes(b'{"format": ' + b"9" * 900_000 + b"}"), "not readable"),
    "another product": (manifest_changed(product="other"), "not one of Kurak"),
    "a newer layout": (manifest_changed(format=2), "newer version of Kurak"),
    "a newer schema": (manifest_changed(schema="9999"), "newer version of Kurak"),
    "another schema": (manifest_changed(schema="0001"), "not at the migration"),
    "another database": (manifest_changed(database="postgresql"), "does not hold the database"),
    "an unknown database": (manifest_changed(database="oracle"), "kind of database"),
    "wrong members": (manifest_changed(members=[{"name": "database.sqlite", "size": "1", "sha256": "0"}]), "malformed"),
    "no members": (manifest_changed(members={}), "members"),
    "a wrong time": (manifest_changed(made_at="2026-13-45T00:00:00+00:00"), "time"),
    "a time without offset": (manifest_changed(made_at="2026-12-01T00:00:00.00"), "offset"),
    "a wrong zone": (manifest_changed(time_zone="../../etc/passwd"), "malformed"),
    "an unknown zone": (manifest_changed(time_zone="Mars/Base"), "time zone"),
    "wrong totals": (manifest_changed(totals=[]), "totals"),
    "a total that is none": (manifest_changed(totals={"currencies": {"USD": {"gifts": True}}, "last_receipts": {}}), "number"),
    "a terminal's command": (manifest_changed(totals={"currencies": {}, "last_receipts": {"\x1b[2J": 1}}), "malformed"),
    "other totals": (
        manifest_changed(totals={"currencies": {"USD": {"gifts": 1}}, "last_receipts": {}}),
        "USD gifts: 1 in the manifest, 0 in the database",
    ),
}  # fmt: skip


@on_sqlite
def test_a_file_that_is_no_backup_is_refused_and_nothing_is_written(
    blank_backup: Path, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    raw, target, wrong = blank_backup.read_bytes(), empty_place(), {}
    for name, (rewrite, sentence) in DAMAGED.items():
        file = tmp_path / "wrong.tar"
        file.write_bytes(rewrite(raw))
        result = target.restore(file)
        if (
            result.code != 1
            or not result.output.startswith("kurak: ")
            or sentence not in result.output
            or target.files()
        ):
            wrong[name] = (result, target.files())
    assert not wrong
    assert target.restore(blank_backup).code == 0


@on_sqlite
def test_an_unreadable_file_is_refused(empty_place: EmptyPlace, tmp_path: Path) -> None:
    target = empty_place()
    assert "cannot be read" in target.restore(tmp_path / "missing.tar").output
    os.mkfifo(tmp_path / "pipe.tar")
    assert target.restore(tmp_path / "pipe.tar").output.endswith("is not a file.")


def test_a_restore_needs_an_empty_installation(source: Place, empty_place: EmptyPlace, tmp_path: Path) -> None:
    source.backup(tmp_path / "one.tar")
    before, files = source.digests(), source.files()
    result = source.restore(tmp_path / "one.tar")
    assert result.code == 1
    assert "A backup is restored into an empty place only. The database" in result.output
    assert (source.digests(), source.files()) == (before, files)

    target = empty_place()
    (target.instance / "drill").mkdir()
    (target.instance / "drill" / "report.txt").touch()
    result = target.restore(tmp_path / "one.tar")
    assert (result.code, "report.txt exists." in result.output) == (1, True)
    with target.app.app_context():
        assert schema_state().current is None
        db.session.remove()


@on_sqlite
def test_the_log_of_a_database_that_is_gone_is_not_taken_over(blank_backup: Path, empty_place: EmptyPlace) -> None:
    target = empty_place()
    (target.instance / "kurak.sqlite-wal").write_bytes(b"of another database")
    result = target.restore(blank_backup)
    assert (result.code, "is left over from another database" in result.output) == (1, True)


@on_sqlite
def test_another_kind_of_database_is_refused(blank_backup: Path, empty_place: EmptyPlace, tmp_path: Path) -> None:
    (_, manifest), (_, content) = members_of(blank_backup.read_bytes())
    changed = manifest.replace(b"database.sqlite", b"database.dump").replace(b'"sqlite"', b'"postgresql"')
    (tmp_path / "other.tar").write_bytes(tar_of(entry(MANIFEST, changed), entry("database.dump", content)))
    refused = empty_place().restore(tmp_path / "other.tar")
    assert refused.code == 1
    assert "The backup is of PostgreSQL, and DATABASE_URL names SQLite" in refused.output


@pytest.mark.database("postgresql")
def test_missing_and_old_client_programs_are_named(
    source: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    result = source.run("backup", str(tmp_path / "one.tar"))
    assert (result.code, "pg_dump was not found: install" in result.output) == (1, True)
    old = tmp_path / "bin" / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n", encoding="ascii")
    old.chmod(0o700)
    result = source.run("backup", str(tmp_path / "one.tar"))
    assert "is version 9, older than the server (" in result.output
    assert not list(tmp_path.glob("*.tar*"))


@on_sqlite
def test_a_damaged_or_missing_database_is_not_backed_up(
    blank_backup: Path, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    place = empty_place()
    assert "cannot be read" in place.run("backup", str(tmp_path / "one.tar")).output
    place.restore(blank_backup)
    place.close()
    database = place.instance / "kurak.sqlite"
    raw = bytearray(database.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 60_000] = b"\xaa" * 60_000
    database.write_bytes(raw)
    result = place.run("backup", str(tmp_path / "one.tar"))
    assert (result.code, "is damaged" in result.output) == (1, True)
    assert not list(tmp_path.glob("*one.tar*"))


@on_sqlite
def test_a_running_installation_is_left_alone(blank_backup: Path, empty_place: EmptyPlace) -> None:
    target = empty_place()
    with (target.instance / "run.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = target.restore(blank_backup)
    assert (result.code, "stop it" in result.output) == (1, True)
