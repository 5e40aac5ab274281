"""What an erasure changes in the rows about a donor, table by table; receipts have a module of their own."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from campaign.domain.blocks import Block
from campaign.domain.mail import MailState
from campaign.domain.news import SubscriberState
from campaign.extensions import Model
from campaign.models.abuse import GiftStart
from campaign.models.donation import Donation
from campaign.models.donor import (
    DistinctDonors,
    DonorConsent,
    DonorMerge,
    DonorNote,
    DonorSegment,
    DonorTag,
    SoftCredit,
)
from campaign.models.donor_session import DonorSession
from campaign.models.event_sign_up import EventSignUp
from campaign.models.inbox import ProviderEvent
from campaign.models.moderation import ModerationBlock
from campaign.models.news import Subscriber, UpdateDelivery
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge, PledgeRequest
from campaign.models.segment_mailing import SegmentDelivery
from campaign.services.privacy.donor_rows import DonorRows
from campaign.services.queues.inbox import CLOSED_EVENT_STATES, EMPTY_PAYLOAD

NO_NAMES: dict[str, Any] = {"payer_name": None, "receipt_name": None, "public_name": None, "is_anonymous": True}


def empty_rows(session: Session, rows: DonorRows, *, block: Block | None, at: datetime) -> dict[str, object]:
    """Empty or delete everything personal but the donor's row and receipts; return how many rows of each kind.

    `block` is what stays of a block of their address.
    """
    of = rows.conditions
    unsent = and_(of[Message], Message.state.in_((MailState.QUEUED, MailState.HELD)))
    waiting = select(Message.id).where(unsent)
    session.execute(
        update(UpdateDelivery)
        .where(UpdateDelivery.message_id.in_(waiting))
        .values(message_id=None)
        .execution_options(synchronize_session=False)
    )
    unwritten = or_(SegmentDelivery.message_id.is_(None), SegmentDelivery.message_id.in_(waiting))
    counts: dict[str, object] = {
        "unsent_segment_mails": _changed(session, delete(SegmentDelivery).where(of[SegmentDelivery], unwritten)),
        "unsent_mails": _changed(session, delete(Message).where(unsent)),
        "mails": _update(session, Message, of[Message], recipient="", search_text="", facts={}, error=None),
        "gift_starts": _changed(session, delete(GiftStart).where(of[GiftStart])),
        "events": _update(
            session,
            ProviderEvent,
            and_(of[ProviderEvent], ProviderEvent.state.in_(CLOSED_EVENT_STATES)),
            raw=EMPTY_PAYLOAD,
            error=None,
        ),
        "sessions": _changed(session, delete(DonorSession).where(of[DonorSession])),
        "notes": _changed(session, delete(DonorNote).where(of[DonorNote])),
        "tags": _changed(session, delete(DonorTag).where(of[DonorTag])),
        "parts_in_gifts": _changed(session, delete(SoftCredit).where(of[SoftCredit])),
        "merges": _changed(session, delete(DonorMerge).where(of[DonorMerge])),
        "distinct_donors": _changed(session, delete(DistinctDonors).where(of[DistinctDonors])),
        "saved_searches": _changed(session, delete(DonorSegment).where(of[DonorSegment])),
        "blocks": _update(session, ModerationBlock, of[ModerationBlock], value=block.value, typed="") if block else 0,
        "consents": _withdraw(session, of[DonorConsent], at=at),
        "subscriptions": _leave(session, of[Subscriber], at=at),
        "sign_ups": _update(
            session,
            EventSignUp,
            of[EventSignUp],
            **dict.fromkeys(("name", "email", "email_key", "phone", "access_needs")),
        ),
        "requests": _update(session, PledgeRequest, of[PledgeRequest], error=None),
        "pledges": _update(
            session,
            Pledge,
            of[Pledge],
            **NO_NAMES,
            **dict.fromkeys(("card_brand", "card_last4", "card_expires_on", "due_url")),
            link_version=Pledge.link_version + 1,
        ),
        "gifts": _update(
            session,
            Donation,
            of[Donation],
            **NO_NAMES,
            **dict.fromkeys(("message", "checkout_url", "method_last4")),
            **dict.fromkeys(("search_text", "public_search_text"), ""),
            checkout_params={},
        ),
    }
    return {name: count for name, count in counts.items() if count}


def _withdraw(session: Session, consents: ColumnElement[bool], *, at: datetime) -> int:
    ended = func.coalesce(DonorConsent.withdrawn_at, at)
    return _update(session, DonorConsent, consents, evidence="", withdrawn_at=ended)


def _leave(session: Session, readers: ColumnElement[bool], *, at: datetime) -> int:
    left = {"state": SubscriberState.LEFT, "left_at": func.coalesce(Subscriber.left_at, at)}
    return _update(session, Subscriber, readers, **left, email=None, email_key=None)


def _update(session: Session, table: type[Model], rows: ColumnElement[bool], **values: Any) -> int:
    return _changed(session, update(table).where(rows).values(values))


def _changed(session: Session, statement: Any) -> int:
    options = {"synchronize_session": False, "preserve_rowcount": True}
    done: Any = session.execute(statement, execution_options=options)
    return int(done.rowcount)
