"""The second copy of the list of erasures: in a place of its own, so that it outlives the machine and every backup.

A backup has the erasures that were done before it, in its database. What was done after it must be known outside: in the
instance folder, and here. Both lists only grow: each is brought to what either has.
"""

from collections.abc import Sequence
from pathlib import Path

from campaign.gateways.file_store import FileStore
from campaign.services.privacy import reapplying
from campaign.services.privacy.erasure import ErasureDone


def note_everywhere(erased: Sequence[ErasureDone], folder: Path, store: FileStore | None) -> None:
    """Add erasures that were committed to the list in the instance folder, then to the second copy.

    Raises:
        OSError: the first list cannot be written.
        FileStoreUnavailable, UnreadableErasures: the second one cannot be read or written.
    """
    for done in erased:
        reapplying.note_outside(done, folder)
    if store:
        share_lists(folder, store)


def share_lists(folder: Path, store: FileStore) -> int:
    """Bring both lists to what either has; return how many erasures the second copy lacked.

    Raises: as `note_everywhere` does.
    """
    file = folder / reapplying.FILE_NAME
    own = {done.public_id: done for done in (reapplying.read_file(file) if file.exists() else [])}
    other = {done.public_id: done for done in _read(store)}
    for public_id, done in other.items():
        if public_id not in own:
            reapplying.note_outside(done, folder)
    missing = own.keys() - other.keys()
    if missing:
        lines = (reapplying.line_of(done) for done in {**other, **own}.values())
        store.put(reapplying.FILE_NAME, "".join(lines).encode(), mimetype="application/jsonl")
    return len(missing)


def missing_in_copy(store: FileStore) -> int:
    """Return how many erasures of the database the second copy does not have. Raises as `note_everywhere` does."""
    noted = {done.public_id for done in _read(store)}
    return sum(done.public_id not in noted for done in reapplying.stored_erasures())


def _read(store: FileStore) -> list[ErasureDone]:
    return reapplying.read_lines((store.get(reapplying.FILE_NAME) or b"").decode())
