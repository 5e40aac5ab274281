"""Publishing updates: at once or at a time, and taking them back. A worker publishes what is due, once, late if it must."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import NotFound
from campaign.domain.news import (
    PUBLISHABLE,
    PublicationInPast,
    UpdateChanged,
    UpdateState,
    WrongUpdateState,
    refuse_unpublishable,
)
from campaign.gateways.clock import Clock
from campaign.models.campaign import Update
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.news.mailing import begin_mailing, stop_mailing
from campaign.services.news.updates import lock_update, text_of
from campaign.services.news.writing import SaveOrder, save_within


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAct:
    """An act of a person on an update, with the revision that they have read."""

    campaign_id: int
    public_id: str
    revision: int
    actor_id: int


def publish(act: UpdateAct, *, is_emailed: bool = False, clock: Clock) -> None:
    """Show an update to everybody from now on, and with `is_emailed` send it to the readers; a published one stays as it is.

    Raises:
        NotFound, UpdateChanged, WrongUpdateState: see there.
        UpdateEmpty, UpdateIncomplete, UpdateBadLinks: there would be nothing to read, or nothing behind a link.
    """
    at = clock.now()
    with transaction() as session:
        row = _lock(session, act)
        if row.state == UpdateState.PUBLISHED:
            return
        _refuse_other(row, act, states=PUBLISHABLE)
        refuse_unpublishable(text_of(row))
        row.is_emailed = is_emailed
        _publish(session, row, actor_id=act.actor_id, at=at)


def save_and_publish(order: SaveOrder, *, is_emailed: bool = False, clock: Clock) -> None:
    """Save what was typed and publish it, both or neither; a published update with this text stays as it is.

    Raises:
        NotFound, UpdateChanged, UpdateWithdrawn: as in `save_update`.
        UpdateEmpty, UpdateIncomplete, UpdateBadLinks: there would be nothing to read, or nothing behind a link.
    """
    at = clock.now()
    refuse_unpublishable(order.text)
    with transaction() as session:
        row = save_within(session, order, at=at)
        if row.state == UpdateState.PUBLISHED:
            return
        row.is_emailed = is_emailed
        _publish(session, row, actor_id=order.actor_id, at=at)


def schedule(act: UpdateAct, *, publish_at: datetime, is_emailed: bool = False, clock: Clock) -> None:
    """Let a worker publish an update at a moment; a scheduled one gets the new moment.

    Raises:
        PublicationInPast: the moment has passed.
        NotFound, UpdateChanged, WrongUpdateState, UpdateEmpty, UpdateIncomplete, UpdateBadLinks: as in `publish`.
    """
    at = clock.now()
    if publish_at <= at:
        raise PublicationInPast
    with transaction() as session:
        row = _lock(session, act)
        if (row.state, row.publish_at, row.is_emailed) == (UpdateState.SCHEDULED, publish_at, is_emailed):
            return
        _refuse_other(row, act, states=PUBLISHABLE)
        refuse_unpublishable(text_of(row))
        row.state, row.publish_at, row.is_emailed = UpdateState.SCHEDULED, publish_at, is_emailed
        row.revision += 1
        _record(session, "schedule", row, actor_id=act.actor_id, at=at, detail={"publish_at": publish_at.isoformat()})


def unschedule(act: UpdateAct, *, clock: Clock) -> None:
    """Make a scheduled update a draft again; a draft stays one.

    Raises:
        NotFound: the campaign has no such update.
        WrongUpdateState: it is published meanwhile.
    """
    at = clock.now()
    with transaction() as session:
        row = _lock(session, act)
        if row.state == UpdateState.DRAFT:
            return
        if row.state != UpdateState.SCHEDULED:
            raise WrongUpdateState(row.state)
        row.state, row.publish_at = UpdateState.DRAFT, None
        row.revision += 1
        _record(session, "unschedule", row, actor_id=act.actor_id, at=at)


def withdraw(act: UpdateAct, *, reason: str, clock: Clock) -> None:
    """Take a published update off every page; its address answers that it is gone. A withdrawn one stays so.

    Raises:
        NotFound: the campaign has no such update.
        WrongUpdateState: it was never published.
    """
    at = clock.now()
    with transaction() as session:
        row = _lock(session, act)
        if row.state == UpdateState.WITHDRAWN:
            return
        if row.state != UpdateState.PUBLISHED:
            raise WrongUpdateState(row.state)
        row.state, row.withdrawn_at = UpdateState.WITHDRAWN, at
        stop_mailing(session, row.id)
        row.revision += 1
        count_public_change(session, row.campaign_id)
        _record(session, "withdraw", row, actor_id=act.actor_id, at=at, detail={"reason": reason})


def publish_next_due(*, clock: Clock) -> bool:
    """Publish one scheduled update whose moment has come; False when there is none.

    Two workers never publish the same one: it is locked, and its state is read under the lock.
    """
    at = clock.now()
    is_due = Update.state == UpdateState.SCHEDULED, Update.publish_at <= at
    first = select(Update.id).where(*is_due).order_by(Update.publish_at, Update.id).limit(1)
    with reading() as session:
        if session.execute(first).scalar() is None:
            return False
    with transaction() as session:
        query = select(Update).where(*is_due).order_by(Update.publish_at, Update.id).limit(1)
        row = session.execute(query.with_for_update(skip_locked=True)).scalar_one_or_none()
        if row is None:
            return False
        _publish(session, row, actor_id=None, at=at)
    return True


def _lock(session: Session, act: UpdateAct) -> Update:
    row = lock_update(session, act.campaign_id, act.public_id)
    if row is None:
        raise NotFound(f"update:{act.public_id}")
    return row


def _refuse_other(row: Update, act: UpdateAct, *, states: frozenset[UpdateState]) -> None:
    """Refuse an update that is in another state or has another text than the person saw."""
    if row.state not in states:
        raise WrongUpdateState(row.state)
    if row.revision != act.revision:
        raise UpdateChanged(act.public_id)


def _publish(session: Session, row: Update, *, actor_id: int | None, at: datetime) -> None:
    row.state, row.publish_at, row.withdrawn_at = UpdateState.PUBLISHED, None, None
    row.published_at = row.published_at or at
    row.revision += 1
    count_public_change(session, row.campaign_id)
    _record(session, "publish", row, actor_id=actor_id, at=at)
    if row.is_emailed:
        begin_mailing(session, row, actor_id=actor_id, at=at)


def _record(
    session: Session,
    act: str,
    row: Update,
    *,
    actor_id: int | None,
    at: datetime,
    detail: dict[str, object] | None = None,
) -> None:
    subject = f"update:{row.public_id}"
    audit.record(session, actor_id=actor_id, action=f"update:{act}", subject=subject, at=at, detail=detail or {})
