"""Erasures that a restored backup knows nothing of: they are noted outside the database, and done again.

The file has no name and no address: a donor is found by their public id, or by the keyed digest of their mailbox.
"""

import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import DomainError
from campaign.gateways.clock import Clock
from campaign.models.donor import Donor
from campaign.models.erasure import Erasure
from campaign.services.privacy.erasure import ErasureDone, ErasureOrder, erase_in
from campaign.services.privacy.erasure_terms import ErasureTerms, current_terms

FILE_NAME = "erasures.jsonl"
"""In the instance folder: a line for each erasure. It is in no backup; `second_list` copies it elsewhere."""


class UnreadableErasures(DomainError):
    """A line of the file is none of ours."""


def note_outside(done: ErasureDone, folder: Path) -> None:
    """Add an erasure to the file, after it was committed.

    Raises:
        OSError: it cannot be written; the file is as before.
    """
    with (folder / FILE_NAME).open("ab", buffering=0) as file:
        end = file.tell()
        try:
            file.write(line_of(done).encode())
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)  # half a line would make the next one unreadable too
            raise


def line_of(done: ErasureDone) -> str:
    """Return the line of an erasure, with its end."""
    return json.dumps({**asdict(done), "at": done.at.isoformat()}, sort_keys=True) + "\n"


def missing_in_file(folder: Path) -> list[ErasureDone]:
    """Return the erasures in the database that the file does not have.

    Raises:
        UnreadableErasures, OSError: as in `read_file`; a file that does not exist has none.
    """
    file = folder / FILE_NAME
    noted = {done.public_id for done in read_file(file)} if file.exists() else set()
    return [done for done in stored_erasures() if done.public_id not in noted]


def note_missing(folder: Path) -> int:
    """Add to the file whatever is missing in it; return how many that were. Raises as `missing_in_file` does."""
    missing = missing_in_file(folder)
    for done in missing:
        note_outside(done, folder)
    return len(missing)


def read_file(file: Path) -> list[ErasureDone]:
    """Return the erasures in a file.

    Raises:
        UnreadableErasures: a line is none of ours.
        OSError: the file cannot be read.
    """
    return read_lines(file.read_text(encoding="utf-8"))


def read_lines(text: str) -> list[ErasureDone]:
    """Return the erasures in a text; raises `UnreadableErasures` as `read_file` does."""
    return [_read_line(line) for line in text.splitlines() if line.strip()]


def reapply(erasures: list[ErasureDone], *, clock: Clock) -> int:
    """Erase again whoever is in the database with their data; return how many that were."""
    terms = current_terms()
    return sum(_reapply_one(done, terms, clock=clock) for done in erasures)


def stored_erasures() -> list[ErasureDone]:
    """Return the erasures in the database, for a file that was lost."""
    query = select(Erasure, Donor.public_id).join(Donor, Donor.id == Erasure.donor_id).order_by(Erasure.id)
    with reading() as session:
        return [
            ErasureDone(public_id=row.public_id, donor_public_id=donor, email_digest=row.email_digest, at=row.at)
            for row, donor in session.execute(query)
        ]


def _reapply_one(done: ErasureDone, terms: ErasureTerms, *, clock: Clock) -> int:
    with transaction() as session:
        name = _donor_of(session, done, terms)
        if name is None:
            return 0
        order = ErasureOrder(donor_public_id=name, actor_id=None, public_id=done.public_id, at=done.at)
        erase_in(session, order, terms=terms, at=clock.now())
    return 1


def _donor_of(session: Session, done: ErasureDone, terms: ErasureTerms) -> str | None:
    """Return the donor who was erased and is here again; not one who gave for the first time after it."""
    query = select(Donor.public_id, Donor.email_key).where(Donor.erased_at.is_(None), Donor.created_at <= done.at)
    for public_id, key in session.execute(query):
        if public_id == done.donor_public_id or (key and terms.digest(key) == done.email_digest):
            return str(public_id)
    return None


def _read_line(line: str) -> ErasureDone:
    try:
        facts = json.loads(line)
        names = ("public_id", "donor_public_id", "email_digest")
        at = datetime.fromisoformat(facts["at"])
        texts = {name: str(facts[name]) for name in names}
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableErasures(line[:40]) from error
    if at.tzinfo is None:
        raise UnreadableErasures(line[:40])
    return ErasureDone(**texts, at=at)
