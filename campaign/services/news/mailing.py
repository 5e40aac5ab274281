"""The sending of an update to its readers by email: begun by a person, in batches, paused and resumed.

A batch puts few emails into the outbox at a time, so that receipts never wait behind them. A reader has one row for each
sending, whose key lets no second email be written, whoever else works at the same moment.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from campaign.database import insert_once, transaction
from campaign.domain.errors import NotFound
from campaign.domain.folding import fold
from campaign.domain.news import NEWS_KIND, MailingState, SubscriberState, UpdateNotPublic, UpdateState
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign, Update
from campaign.models.news import Subscriber, UpdateDelivery, UpdateMailing
from campaign.models.outbox import Message
from campaign.services import audit
from campaign.services.news.updates import lock_update
from campaign.services.queues.outbox import OutgoingMail, enqueue, is_address_refused
from campaign.services.queues.sendings import BATCH, Sendings, mail_of_sending


def start_mailing(campaign_id: int, public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Begin to send a published update to everybody who has confirmed by now; a second time changes nothing.

    Raises:
        NotFound: the campaign has no such update.
        UpdateNotPublic: it is not published.
    """
    with transaction() as session:
        row = _lock(session, campaign_id, public_id)
        if row.state != UpdateState.PUBLISHED:
            raise UpdateNotPublic(row.state)
        begin_mailing(session, row, actor_id=actor_id, at=clock.now())


def begin_mailing(session: Session, row: Update, *, actor_id: int | None, at: datetime) -> None:
    """Begin it in the transaction that publishes the update; there is one for each update."""
    last = select(func.coalesce(func.max(Subscriber.id), 0)).where(Subscriber.campaign_id == row.campaign_id)
    mailing = {
        "update_id": row.id,
        "campaign_id": row.campaign_id,
        "state": MailingState.RUNNING,
        "started_at": at,
        "started_by": actor_id,
        "last_subscriber_id": 0,
        "max_subscriber_id": session.execute(last).scalar_one(),
        "refused_count": 0,
        "left_count": 0,
    }
    if insert_once(session, UpdateMailing, mailing):
        _record(session, "email", row.public_id, actor_id=actor_id, at=at)


def pause_mailing(campaign_id: int, public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Let no more emails leave until somebody resumes; what a worker is sending at this moment still leaves.

    Raises:
        NotFound: the campaign has no such update, or it is not being sent.
    """
    with transaction() as session:
        mailing = _mailing_of(session, _lock(session, campaign_id, public_id))
        if mailing.state == MailingState.RUNNING:
            mailing.state = MailingState.PAUSED
            _record(session, "email_pause", public_id, actor_id=actor_id, at=clock.now())


def resume_mailing(campaign_id: int, public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Go on where it was paused, or stopped because the update was withdrawn.

    Raises:
        NotFound: the campaign has no such update, or it is not being sent.
        UpdateNotPublic: the update is withdrawn.
    """
    at = clock.now()
    with transaction() as session:
        row = _lock(session, campaign_id, public_id)
        mailing = _mailing_of(session, row)
        if row.state != UpdateState.PUBLISHED:
            raise UpdateNotPublic(row.state)
        if mailing.state in {MailingState.PAUSED, MailingState.STOPPED}:
            mailing.state = MailingState.RUNNING
            SENDINGS.resume(session, mailing.id, at=at)
            _record(session, "email_resume", public_id, actor_id=actor_id, at=at)


def stop_mailing(session: Session, update_id: int) -> None:
    """Stop it in the transaction that withdraws the update."""
    is_under_way = UpdateMailing.state.in_((MailingState.RUNNING, MailingState.PAUSED))
    session.execute(
        update(UpdateMailing)
        .where(UpdateMailing.update_id == update_id, is_under_way)
        .values(state=MailingState.STOPPED)
    )


def _write_batch(session: Session, mailing: UpdateMailing, at: datetime) -> bool:
    readers = _next_readers(session, mailing)
    if readers:
        _write(session, mailing, readers, at=at)
        mailing.last_subscriber_id = readers[-1].id
    return bool(readers)


SENDINGS = Sendings(UpdateMailing, UpdateDelivery, _write_batch)


def _next_readers(session: Session, mailing: UpdateMailing) -> Sequence[Subscriber]:
    query = (
        select(Subscriber)
        .where(
            Subscriber.campaign_id == mailing.campaign_id,
            Subscriber.state == SubscriberState.CONFIRMED,
            Subscriber.id > mailing.last_subscriber_id,
            Subscriber.id <= mailing.max_subscriber_id,
        )
        .order_by(Subscriber.id)
        .limit(BATCH)
    )
    return session.execute(query).scalars().all()


def _write(session: Session, mailing: UpdateMailing, readers: Sequence[Subscriber], *, at: datetime) -> None:
    row, campaign = session.get_one(Update, mailing.update_id), session.get_one(Campaign, mailing.campaign_id)
    refused = _refused_since(session, readers)
    for reader in readers:
        if _is_refused(reader, refused):
            mailing.refused_count += 1
            continue
        mail = _mail_to(reader, row, campaign)
        if enqueue(session, mail, at=at):
            message_id = session.execute(select(Message.id).where(Message.dedupe_key == mail.key)).scalar_one()
            delivery = {"mailing_id": mailing.id, "subscriber_id": reader.id, "message_id": message_id}
            session.execute(insert(UpdateDelivery), delivery)


def _mail_to(reader: Subscriber, row: Update, campaign: Campaign) -> OutgoingMail:
    names = {"update": row.public_id, "subscriber": reader.public_id}
    address = reader.email or ""
    return mail_of_sending(NEWS_KIND, names, recipient=address, language=reader.language, campaign=campaign)


def _refused_since(session: Session, readers: Sequence[Subscriber]) -> dict[str, datetime]:
    """Return when an email to these addresses was last written that was refused or returned, by folded address."""
    rows = session.execute(
        select(Message.search_text, func.max(Message.created_at))
        .where(
            is_address_refused(),
            Message.search_text.in_([fold(reader.email or "") for reader in readers]),
        )
        .group_by(Message.search_text)
    )
    return {row[0]: row[1] for row in rows}


def _is_refused(reader: Subscriber, refused: dict[str, datetime]) -> bool:
    """Whether the address has refused email since its reader confirmed it, which shows that it worked then."""
    at = refused.get(fold(reader.email or ""))
    return at is not None and reader.confirmed_at is not None and at >= reader.confirmed_at


def _lock(session: Session, campaign_id: int, public_id: str) -> Update:
    row = lock_update(session, campaign_id, public_id)
    if row is None:
        raise NotFound(f"update:{public_id}")
    return row


def _mailing_of(session: Session, row: Update) -> UpdateMailing:
    query = select(UpdateMailing).where(UpdateMailing.update_id == row.id).with_for_update()
    mailing = session.execute(query).scalar_one_or_none()
    if mailing is None:
        raise NotFound(f"mailing of update:{row.public_id}")
    return mailing


def _record(session: Session, act: str, public_id: str, *, actor_id: int | None, at: datetime) -> None:
    audit.record(session, actor_id=actor_id, action=f"update:{act}", subject=f"update:{public_id}", at=at, detail={})
