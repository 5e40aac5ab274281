"""A restore that is killed leaves nothing in use, and the next one says how to go on."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from campaign import create_app
from campaign.extensions import db
from campaign.gateways.clock import SystemClock
from campaign.services.backup.archive import Archive
from campaign.services.backup.manifest import Member
from campaign.services.backup.restore_target import MARK
from campaign.services.backup.restoring import restore_backup
from campaign.services.schema import schema_state
from tests.backup.places import Place

EmptyPlace = Callable[[], Place]
_chunks = Archive.chunks


def restore_and_die(place: Place, file: Path, *, step: str, amid: bool = False) -> None:
    """Restore in another process that is killed as this step begins, or amid the bytes of the first member it writes."""
    child = os.fork()
    if child == 0:
        try:
            with create_app(place.app.config["KURAK"]).app_context():
                restore_backup(
                    file,
                    instance=place.instance,
                    clock=SystemClock(),
                    on_step=lambda name: _end(amid=amid) if name == step else None,
                )
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def _end(*, amid: bool) -> None:
    if amid:
        setattr(Archive, "chunks", _dying_chunks)  # noqa: B010  # a method cannot be assigned
    else:
        os.kill(os.getpid(), signal.SIGKILL)


def _dying_chunks(archive: Archive, member: Member) -> Iterator[bytes]:
    for chunk in _chunks(archive, member):
        yield chunk[: len(chunk) // 2]
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_restore_killed_within_the_database_leaves_none_of_it_in_use(
    source: Place, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    source.backup(tmp_path / "one.tar")
    target = empty_place()
    restore_and_die(target, tmp_path / "one.tar", step="loading", amid=True)

    with target.app.app_context():
        assert not (target.instance / "kurak.sqlite").exists()
        assert schema_state().current is None
        db.session.remove()
        db.engine.dispose()
    result = target.restore(tmp_path / "one.tar")
    assert result.code == 1
    assert "half restored" in result.output
    assert "Nothing of it is in use. Delete " in result.output
    assert target.run("prepare").code == 1

    for name in result.output.partition("Delete ")[2].partition(" and run")[0].split(", "):
        path = Path(name)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert target.restore(tmp_path / "one.tar").code == 0


@pytest.mark.parametrize("step", ["verifying", "checking"])
@pytest.mark.database("sqlite")
def test_a_restore_killed_later_records_its_progress(
    source: Place, empty_place: EmptyPlace, tmp_path: Path, step: str
) -> None:
    source.backup(tmp_path / "one.tar")
    target = empty_place()
    restore_and_die(target, tmp_path / "one.tar", step=step)

    is_in_place = step == "checking"
    assert (target.instance / "kurak.sqlite").exists() is is_in_place
    result = target.restore(tmp_path / "one.tar")
    assert result.code == 1
    assert ("ledger check" in result.output, "Nothing of it is in use" in result.output) == (
        is_in_place,
        not is_in_place,
    )
    if is_in_place:
        (target.instance / MARK).rmdir()
        assert target.run("ledger", "check").code == 0
