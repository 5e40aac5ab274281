"""Writing updates: a draft is saved, a published one is corrected, a draft is deleted.

Who saves names the revision that they have read. A newer one is never overwritten: they are shown it, and decide.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.errors import NotFound
from campaign.domain.news import (
    EDITABLE,
    UpdateChanged,
    UpdateState,
    UpdateText,
    UpdateWithdrawn,
    WrongUpdateState,
    refuse_unpublishable,
)
from campaign.gateways.clock import Clock
from campaign.models.campaign import Update
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.news.updates import lock_update, text_of

UNWRITTEN = 0
"""The revision of an update that has not been saved yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveOrder:
    """What to save. `public_id` comes with the form, so that a form sent twice makes one update."""

    campaign_id: int
    public_id: str
    revision: int
    text: UpdateText
    actor_id: int


def save_update(order: SaveOrder, *, clock: Clock) -> UpdateState:
    """Save a text and return the state of its update; the same text saved again changes nothing.

    Raises:
        NotFound: the campaign has no such update, and it is not a new one.
        UpdateChanged: the update has a newer revision.
        UpdateWithdrawn: it is withdrawn.
        UpdateEmpty, UpdateIncomplete, UpdateBadLinks: everybody reads it, or will, and would find nothing.
    """
    with transaction() as session:
        return UpdateState(save_within(session, order, at=clock.now()).state)


def autosave_draft(order: SaveOrder, *, clock: Clock) -> int:
    """Save the text of a draft while somebody types, without an entry in the audit trail, and return its revision.

    Raises:
        NotFound: the campaign has no such update, and it is not a new one.
        UpdateChanged: the update has a newer revision.
        WrongUpdateState: it is no draft, so what is typed would reach everybody.
    """
    at, text = clock.now(), order.text.filled()
    with transaction() as session:
        row = lock_update(session, order.campaign_id, order.public_id)
        if row is None:
            return _begin(session, order, text, at=at).revision
        if row.state != UpdateState.DRAFT:
            raise WrongUpdateState(row.state)
        if text_of(row).filled() == text:
            return row.revision
        if row.revision != order.revision:
            raise UpdateChanged(order.public_id)
        _write(row, order, text, at=at)
        return row.revision


def save_within(session: Session, order: SaveOrder, *, at: datetime) -> Update:
    """Save a text within the caller's transaction and return its row, locked; the rules are those of `save_update`."""
    text = order.text.filled()
    row = lock_update(session, order.campaign_id, order.public_id)
    if row is None:
        return _begin(session, order, text, at=at)
    if text_of(row).filled() == text:
        return row
    if row.state not in EDITABLE:
        raise UpdateWithdrawn(order.public_id)
    if row.revision != order.revision:
        raise UpdateChanged(order.public_id)
    if row.state != UpdateState.DRAFT:
        refuse_unpublishable(text)
    _change(session, row, order, text, at=at)
    return row


def delete_draft(campaign_id: int, public_id: str, *, revision: int, actor_id: int, clock: Clock) -> None:
    """Delete a draft for good; one that is gone already is no error.

    Raises:
        NotFound: it belongs to another campaign.
        WrongUpdateState: it is no draft any more.
        UpdateChanged: somebody changed it after this person opened it.
    """
    with transaction() as session:
        row = lock_update(session, campaign_id, public_id)
        if row is None:
            _refuse_taken(session, public_id)
            return
        if row.state != UpdateState.DRAFT:
            raise WrongUpdateState(row.state)
        if row.revision != revision:
            raise UpdateChanged(public_id)
        session.delete(row)
        _record(session, "delete", public_id, actor_id=actor_id, at=clock.now())


def _begin(session: Session, order: SaveOrder, text: UpdateText, *, at: datetime) -> Update:
    if order.revision != UNWRITTEN:
        raise NotFound(f"update:{order.public_id}")
    _refuse_taken(session, order.public_id)
    row = Update(
        public_id=order.public_id,
        campaign_id=order.campaign_id,
        state=UpdateState.DRAFT,
        revision=1,
        **_columns(text),
        recorded_at=at,
        changed_at=at,
        changed_by=order.actor_id,
    )
    session.add(row)
    session.flush()
    _record(session, "create", order.public_id, actor_id=order.actor_id, at=at)
    return row


def _refuse_taken(session: Session, public_id: str) -> None:
    """Raise NotFound where the name belongs to an update of another campaign."""
    if session.execute(select(Update.id).where(Update.public_id == public_id)).first() is not None:
        raise NotFound(f"update:{public_id}")


def _change(session: Session, row: Update, order: SaveOrder, text: UpdateText, *, at: datetime) -> None:
    _write(row, order, text, at=at)
    is_public = row.state == UpdateState.PUBLISHED
    if is_public:
        row.corrected_at = at
        count_public_change(session, order.campaign_id)
    _record(session, "correct" if is_public else "save", row.public_id, actor_id=order.actor_id, at=at)


def _write(row: Update, order: SaveOrder, text: UpdateText, *, at: datetime) -> None:
    for name, value in _columns(text).items():
        setattr(row, name, value)
    row.revision += 1
    row.changed_at, row.changed_by = at, order.actor_id


def _columns(text: UpdateText) -> dict[str, dict[str, str]]:
    return {"title": dict(text.title), "body": dict(text.body), "author": dict(text.author)}


def _record(session: Session, act: str, public_id: str, *, actor_id: int, at: datetime) -> None:
    audit.record(session, actor_id=actor_id, action=f"update:{act}", subject=f"update:{public_id}", at=at, detail={})
