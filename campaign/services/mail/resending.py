"""Sending a mail again, to the same address or a corrected one, because staff decided so; why is in the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.email_address import email_key
from campaign.domain.errors import Conflict, DomainError, FormReused, NotFound
from campaign.domain.folding import fold
from campaign.domain.identity import new_public_id
from campaign.domain.mail import MailHoldReason, MailState
from campaign.domain.receipt import ReceiptState
from campaign.gateways.clock import Clock
from campaign.models.donation import Donation, DonationEvent
from campaign.models.donor import Donor
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt
from campaign.services import audit
from campaign.services.mail.listing import UNSENDABLE, MailRow, in_campaign
from campaign.services.receipts import issuing

ACTION = "mail:send_again"
REQUEUED = (MailState.FAILED_PERMANENTLY, MailState.HELD, MailState.STORED)
"""States of a mail that never left: it leaves itself. A sent one stays as it is, and a copy of it leaves."""


class MailStillQueued(Conflict):
    """The mail waits to be sent already."""


class MailNotRepeatable(DomainError):
    """The mail holds a code or a link for the reader of one mailbox, for a short time: they ask for a new one."""


class AddressCorrected(DomainError):
    """The donor's address was corrected after the mail was written: what it holds is not for the old mailbox."""


class ReceiptStillOnHold(DomainError):
    """The receipt that the mail carries cannot be printed yet."""


class ReceiptNotValid(Conflict):
    """The receipt that the mail carries was replaced or is void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendOrder:
    """Which mail, to which address and why. `public_id` names the form: sent twice, it is one act."""

    campaign_id: int
    mail_public_id: str
    recipient: str
    reason: str
    actor_id: int
    public_id: str
    with_shared: bool = True


def resend(order: ResendOrder, *, clock: Clock) -> None:
    """Queue the mail once more.

    Raises:
        NotFound: there is no such mail in the campaign.
        FormReused: the form was sent before with another address or reason.
        MailStillQueued, MailNotRepeatable, AddressCorrected, ReceiptNotValid, ReceiptStillHeld: see there.
    """
    at = clock.now()
    with transaction() as session:
        mail = session.execute(
            select(Message)
            .where(
                in_campaign(order.campaign_id, with_shared=order.with_shared), Message.public_id == order.mail_public_id
            )
            .with_for_update()
        ).scalar_one_or_none()
        if mail is None:
            raise NotFound(f"mail:{order.mail_public_id}")
        if _is_done(session, order, mail):
            return
        _refuse(session, mail)
        _refuse_former_address(session, mail, order.recipient)
        is_corrected = fold(order.recipient) != fold(mail.recipient)
        if mail.state in REQUEUED:
            _requeue(session, mail, order, at=at)
        else:
            _copy(session, mail, order, at=at)
        detail: dict[str, object] = {"reason": order.reason, "to_other_address": is_corrected, "form": order.public_id}
        audit.record(session, actor_id=order.actor_id, action=ACTION, subject=_subject(order), at=at, detail=detail)


def refusal_of(mail: MailRow) -> DomainError:
    """Why this mail cannot be sent again, where `mail.is_resendable` is false."""
    if mail.kind in UNSENDABLE:
        return MailNotRepeatable(mail.kind)
    return MailStillQueued(mail.public_id) if mail.state == MailState.QUEUED else ReceiptNotValid(mail.public_id)


def _subject(order: ResendOrder) -> str:
    return f"mail:{order.mail_public_id}"


def _is_done(session: Session, order: ResendOrder, mail: Message) -> bool:
    done = audit.detail_of_form(session, ACTION, _subject(order), order.public_id)
    if done is None:
        return False
    copy = select(Message.recipient).where(Message.dedupe_key == _key_of_copy(order))
    sent_to = session.execute(copy).scalar() or mail.recipient
    if done.get("reason") != order.reason or sent_to != order.recipient:
        raise FormReused(order.public_id)
    return True


def _key_of_copy(order: ResendOrder) -> str:
    return f"again:{order.public_id}"


def _refuse(session: Session, mail: Message) -> None:
    if mail.kind in UNSENDABLE:
        raise MailNotRepeatable(mail.kind)
    if mail.state == MailState.QUEUED:
        raise MailStillQueued(mail.public_id)
    if mail.receipt_id is not None:
        receipt = session.execute(select(Receipt.state, Receipt.document).where(Receipt.id == mail.receipt_id)).one()
        if receipt.state != ReceiptState.ISSUED:
            raise ReceiptNotValid(receipt.state)
        if mail.hold_reason == MailHoldReason.RECEIPT_NOT_PRINTABLE and issuing.reasons_to_hold(receipt.document):
            raise ReceiptStillOnHold(mail.public_id)


def _refuse_former_address(session: Session, mail: Message, recipient: str) -> None:
    """Its links lead to the gift as it is now, and whoever reads the old mailbox must not follow them."""
    of_pledge = select(Pledge.id).where(Pledge.public_id == mail.facts.get("pledge"))
    of_gift = select(Donation.pledge_id).where(Donation.id == mail.donation_id)
    corrected = session.execute(
        select(Donor.email_key)
        .join(Donation, Donation.donor_id == Donor.id)
        .join(DonationEvent, DonationEvent.donation_id == Donation.id)
        .where(
            or_(Donation.id == mail.donation_id, Donation.pledge_id.in_(of_pledge), Donation.pledge_id.in_(of_gift)),
            DonationEvent.kind == "corrected",
            DonationEvent.at >= mail.created_at,
        )
    ).scalars()
    if email_key(recipient) == email_key(mail.recipient) and not {email_key(recipient)}.issuperset(corrected):
        raise AddressCorrected(mail.public_id)


def _requeue(session: Session, mail: Message, order: ResendOrder, *, at: datetime) -> None:
    session.execute(
        update(Message)
        .where(Message.id == mail.id)
        .values(
            recipient=order.recipient,
            search_text=fold(order.recipient),
            state=MailState.QUEUED,
            attempts=0,
            next_try_at=at,
            error=None,
            failure=None,
            hold_reason=None,
        )
    )


def _copy(session: Session, mail: Message, order: ResendOrder, *, at: datetime) -> None:
    same = ("kind", "language", "facts", "receipt_id", "donation_id", "campaign_id")
    session.execute(
        insert(Message),
        {
            **{name: getattr(mail, name) for name in same},
            "public_id": new_public_id(),
            "recipient": order.recipient,
            "search_text": fold(order.recipient),
            "dedupe_key": _key_of_copy(order),
            "created_at": at,
            "state": MailState.QUEUED,
            "attempts": 0,
            "next_try_at": at,
        },
    )
