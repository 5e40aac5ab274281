"""The only service that writes the journal. It posts entries and locks funds, nothing else.

Callers bring their own transaction: the posting is committed or rolled back with the rest of it.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.domain.allocation import MoneyMayNotGoThere, NotEnoughFunds
from campaign.domain.errors import DomainError
from campaign.domain.journal import Entry
from campaign.models.fund import Fund
from campaign.models.journal import JournalEntry, Posting


class EntryConflict(DomainError):
    """The same source is posted again with other lines: one of the two is wrong."""


def post(
    session: Session, entry: Entry, *, campaign_id: int, at: datetime, actor_id: int | None = None, note: str = ""
) -> bool:
    """Write an entry; return False when the same entry exists.

    Raises EntryConflict when the source has other content, NotEnoughFunds and MoneyMayNotGoThere when the database
    refuses a voluntary move.
    """
    return post_all(session, [entry], campaign_id=campaign_id, at=at, actor_id=actor_id, note=note) == 1


def post_all(
    session: Session,
    entries: Sequence[Entry],
    *,
    campaign_id: int,
    at: datetime,
    actor_id: int | None = None,
    note: str = "",
) -> int:
    """Write several entries of one moment as `post` does; return the number of new ones.

    All lines go first and the headers last, whose trigger checks and seals them: two statements, however many there
    are.
    """
    known = _known(session, entries)
    fresh = [entry for entry in entries if entry.source not in known]
    new = [(_name(at, place), entry) for place, entry in enumerate(fresh)]
    if not new:
        return 0
    session.execute(_INSERT_LINES, [line for entry_id, entry in new for line in line_rows(entry_id, entry)])
    headers = [
        header_row(entry_id, entry, campaign_id=campaign_id, at=at) | {"actor_id": actor_id, "note": note or entry.note}
        for entry_id, entry in new
    ]
    try:
        session.execute(_INSERT_HEADERS, headers)
    except IntegrityError as error:
        raise _refusal(error) from error
    return len(new)


def _known(session: Session, entries: Sequence[Entry]) -> set[str]:
    """Return the sources that are posted already; raise EntryConflict when one has another content."""
    rows = session.execute(_STANDING, {"sources": [entry.source for entry in entries]})
    standing: dict[str, str] = {row.source: row.request_hash for row in rows}
    for entry in entries:
        if standing.get(entry.source, entry.request_hash) != entry.request_hash:
            raise EntryConflict(entry.source)
    return set(standing)


def _name(at: datetime, place: int) -> str:
    """Return an entry's name, which sorts by moment and by place within it, so that a journal is in the order of events."""
    return f"{int(at.timestamp() * 1_000_000):014x}{place:02x}{secrets.token_hex(8)}"


def header_row(entry_id: str, entry: Entry, *, campaign_id: int, at: datetime) -> dict[str, object]:
    """Return an entry's row; the database replaces the number of the transaction."""
    return {
        "id": entry_id,
        "transaction_id": 0,
        "campaign_id": campaign_id,
        "source": entry.source,
        "request_hash": entry.request_hash,
        "kind": entry.kind.value,
        "subject": entry.subject,
        "effective_on": entry.effective_on,
        "recorded_at": at,
        "reverses": entry.reverses,
        "note": entry.note,
    }


def line_rows(entry_id: str, entry: Entry) -> Iterable[dict[str, object]]:
    """Yield the rows of an entry's lines."""
    for number, line in enumerate(entry.lines, start=1):
        yield {
            "entry_id": entry_id,
            "transaction_id": 0,
            "line": number,
            "account": int(line.account),
            "fund_id": line.fund_id,
            "currency": line.amount.currency,
            "amount_minor": line.amount.minor,
            "reference": line.reference,
        }


# Built once, of the tables alone: every gift needs it.
_INSERT_LINES, _INSERT_HEADERS = insert(Posting.__table__), insert(JournalEntry.__table__)
_STANDING = select(JournalEntry.__table__.c.source, JournalEntry.__table__.c.request_hash).where(
    JournalEntry.__table__.c.source.in_(bindparam("sources", expanding=True))
)


def lock_funds(session: Session, fund_ids: Iterable[int]) -> None:
    """Lock these funds until the transaction ends, always in the same order, so that no two transactions deadlock.

    Gifts for the same funds do not wait: their lines only refer to the fund's key.
    """
    funds = select(Fund.id).where(Fund.id.in_(sorted(fund_ids))).order_by(Fund.id)
    session.execute(funds.with_for_update(key_share=True)).all()


def _refusal(error: IntegrityError) -> Exception:
    """Return the broken rule behind a trigger's message."""
    text = str(error.orig)
    if "the fund holds too little" in text:
        return NotEnoughFunds()
    if "the money may not go there" in text:
        return MoneyMayNotGoThere()
    if "stands already" in text or "uq_journal_entry_source" in text:
        return EntryConflict()
    return error
