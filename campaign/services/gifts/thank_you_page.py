"""What the page after a paid gift tells besides the gift: its mail, its next month, its patch. It reads only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.days import local_day
from campaign.domain import quilt, quilt_places
from campaign.domain.donation import RefundState
from campaign.domain.errors import NotFound
from campaign.domain.fraud_hold import HELD
from campaign.domain.mail import ADDRESS_FAILURES, MailHoldReason, MailState
from campaign.domain.pledge import PledgeState
from campaign.models.donation import Donation, Refund
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt
from campaign.services.campaigns.page import quilt_of

ON_HOLD_DAYS = timedelta(days=7)
"""Until then staff, whom an alarm tells of a held receipt, have corrected it: the donor's page promises it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCharges:
    """How a monthly gift goes on: on which day of the month it is charged, and when next, where that is known."""

    day_of_month: int
    next_at: datetime | None
    is_stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Where a gift is in the quilt: the how manieth it is, and whether it is a knot on a patch that was sewn before."""

    number: int
    is_knot: bool


@dataclass(frozen=True, slots=True)
class _ReceiptMail:
    """How the mail stands that brings a receipt, and why its last try failed."""

    state: str
    failure: str | None
    hold_reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ThankYouDetails:
    """What became of a paid gift. `quilt` is the campaign's quilt as SVG, with the gift's own place in a ring."""

    has_mail_left: bool
    is_address_refused: bool  # no mail server takes mail for the donor's address
    is_refund_pending: bool  # money is on its way back, and the provider has not said that it was sent
    is_on_hold: bool  # a suspicion of fraud holds it: the receipt comes when somebody has decided
    receipt_due_on: date | None  # of a held receipt: the day until which staff correct it and it leaves
    months: NextCharges | None  # of a monthly gift, once the provider has told of it
    quilt: str
    patch: Patch | None


def afterwards_of(donation_public_id: str) -> ThankYouDetails:
    """What is told of a paid gift; NotFound where there is no such gift."""
    with reading() as session:
        row = session.execute(
            select(Donation.id, Donation.campaign_id, Donation.pledge_id, Donation.fraud_hold).where(
                Donation.public_id == donation_public_id
            )
        ).one_or_none()
        if row is None:
            raise NotFound(donation_public_id)
        donation_id, campaign_id, pledge_id, hold = row
        drawing, mail = quilt_of(session, campaign_id), _receipt_mail(session, donation_id)
        number = _number_in_quilt(session, donation_id, campaign_id)
        if number is not None:
            drawing = quilt.outlined(drawing, _place(session, campaign_id, number))
        return ThankYouDetails(
            has_mail_left=mail is not None and mail.state == MailState.SENT,
            is_address_refused=_is_refused(mail),
            is_refund_pending=_is_refund_pending(session, donation_id),
            is_on_hold=hold in HELD,
            receipt_due_on=_due_on(mail),
            months=_months(session, pledge_id) if pledge_id else None,
            quilt=drawing,
            patch=Patch(number=number, is_knot=number > quilt_places.PLACES) if number is not None else None,
        )


def is_address_refused(donation_public_id: str) -> bool:
    """Whether no mail server takes the mail with the receipt of this gift."""
    with reading() as session:
        donation_id = session.execute(
            select(Donation.id).where(Donation.public_id == donation_public_id)
        ).scalar_one_or_none()
        return donation_id is not None and _is_refused(_receipt_mail(session, donation_id))


def _is_refused(mail: _ReceiptMail | None) -> bool:
    return mail is not None and mail.failure in ADDRESS_FAILURES and mail.state == MailState.FAILED_PERMANENTLY


def _is_refund_pending(session: Session, donation_id: int) -> bool:
    pending = select(Refund.id).where(Refund.donation_id == donation_id, Refund.state == RefundState.PENDING).limit(1)
    return session.execute(pending).scalar() is not None


def _due_on(mail: _ReceiptMail | None) -> date | None:
    """The day until which a held receipt leaves; None where it is not held."""
    if mail is None or mail.hold_reason != MailHoldReason.RECEIPT_NOT_PRINTABLE:
        return None
    return local_day(mail.created_at + ON_HOLD_DAYS)


def _receipt_mail(session: Session, donation_id: int) -> _ReceiptMail | None:
    """The mail that brings the newest receipt; None where there is no such mail."""
    row = session.execute(
        select(Message.state, Message.failure, Message.hold_reason, Message.created_at)
        .where(Message.donation_id == donation_id, Message.receipt_id.is_not(None))
        .order_by(Message.id.desc())
        .limit(1)
    ).one_or_none()
    return _ReceiptMail(*row) if row else None


def _months(session: Session, pledge_id: int) -> NextCharges:
    pledge = session.get_one(Pledge, pledge_id)
    return NextCharges(
        day_of_month=pledge.anchor.day,
        next_at=pledge.next_at,
        is_stopped=pledge.state == PledgeState.STOPPED,
    )


def _number_in_quilt(session: Session, donation_id: int, campaign_id: int) -> int | None:
    """The how manieth gift it is in the order in which the quilt is sewn, that of the first receipts."""
    first = session.execute(
        select(func.min(Receipt.id)).where(Receipt.donation_id == donation_id, Receipt.replaces_id.is_(None))
    ).scalar()
    if first is None:
        return None
    return session.execute(
        select(func.count())
        .select_from(Receipt)
        .join(Donation, Donation.id == Receipt.donation_id)
        .where(Donation.campaign_id == campaign_id, Receipt.replaces_id.is_(None), Receipt.id <= first)
    ).scalar_one()


def _place(session: Session, campaign_id: int, number: int) -> quilt_places.Place:
    """Where that gift is sewn: it depends on the gifts before it alone."""
    names = session.execute(
        select(Donation.public_id)
        .join(Receipt, Receipt.donation_id == Donation.id)
        .where(Donation.campaign_id == campaign_id, Receipt.replaces_id.is_(None))
        .order_by(Receipt.id)
        .limit(min(number, quilt_places.PLACES))
    ).scalars()
    return quilt_places.patch_places(list(names))[(number - 1) % quilt_places.PLACES]
