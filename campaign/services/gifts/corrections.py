"""Correcting the name on a receipt and the address of a donor; the receipt is then replaced and mailed again.

A name or an address that belongs to a monthly gift is corrected for all its months to come, and the address for those
that were, too. Receipts of other months stay as they are.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.email_address import email_key
from campaign.domain.errors import DomainError, FormReused, NotFound
from campaign.domain.folding import fold
from campaign.domain.form_version import check_version, version_of
from campaign.domain.mail import ADDRESS_FAILURES, UNSENT_MAIL_STATES, MailState
from campaign.gateways.context import Context
from campaign.models.donation import Donation, DonationEvent
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt
from campaign.services import audit, search_index
from campaign.services.gifts import gift_receipts
from campaign.services.gifts.donors import donor_of_mailbox
from campaign.services.gifts.gift_lock import LockedGift, lock_gift
from campaign.services.gifts.receipts_on_hold import StillOnHold, name_receipt
from campaign.services.receipts import issuing
from campaign.services.receipts.hold_reasons import explain

ACTION = "donation:correct"


class NothingToCorrect(DomainError):
    """The name and the address are what they were."""


class NotPaid(DomainError):
    """The gift is not paid: it has no receipt, and its address is the payment page's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is right, and why. An empty name is a receipt that names nobody; `public_id` names the form."""

    campaign_id: int
    donation_public_id: str
    receipt_name: str
    email: str
    reason: str
    actor_id: int
    public_id: str
    version: str
    """Of the name and the address that the form was shown with: see `details_version`."""


def details_version(receipt_name: str | None, email: str | None) -> str:
    """Return the version of what a correction changes."""
    return version_of(_details(receipt_name, email))


def correct(order: Correction, *, context: Context) -> str | None:
    """Correct the gift and replace its valid receipt.

    Returns:
        The number of the new receipt; None where there was no valid one, or the same form was sent before.

    Raises:
        NotFound: there is no such gift in the campaign.
        FormReused: the form was sent before with something else in it.
        NotPaid, NothingToCorrect: see there.
        ChangedMeanwhile: somebody else corrected it since the form was opened.
        StillHeld: with this name the receipt could not be printed; nothing was done.
    """
    at = context.clock.now()
    with transaction() as session:
        gift = _locked(session, order)
        if _is_done(session, order, gift):
            return None
        check_version(order.version, _details(gift.name_on_receipt, gift.donor.email if gift.donor else None))
        is_named = order.receipt_name != (gift.name_on_receipt or "")
        is_moved = bool(order.email) and not _is_address_of(gift, order.email)
        if not is_named and not is_moved:
            raise NothingToCorrect
        if is_named:
            name_receipt(session, gift, order.receipt_name)
        if is_moved:
            _move(session, gift, order.email, at=at)
        old_number, new_number = _replace(session, lock_gift(session, gift.id), at=at, public_url=context.public_url)
        event = {"donation_id": gift.id, "at": at, "kind": "corrected", "detail": {}, "actor_id": order.actor_id}
        session.execute(insert(DonationEvent), event)
        detail: dict[str, object] = {
            "reason": order.reason,
            "name_corrected": is_named,
            "address_corrected": is_moved,
            "replaced": old_number,
            "replaced_by": new_number,
            "form": order.public_id,
        }
        subject = gift.subject
        audit.record(session, actor_id=order.actor_id, action=ACTION, subject=subject, at=at, detail=detail)
    return new_number


def _details(receipt_name: str | None, email: str | None) -> dict[str, str]:
    return {"receipt_name": receipt_name or "", "email": email or ""}


def _locked(session: Session, order: Correction) -> LockedGift:
    named = (Donation.campaign_id == order.campaign_id, Donation.public_id == order.donation_public_id)
    donation_id = session.execute(select(Donation.id).where(*named)).scalar()
    if donation_id is None:
        raise NotFound(f"donation:{order.donation_public_id}")
    gift = lock_gift(session, donation_id)
    if not gift.snapshot.is_paid:
        raise NotPaid(gift.snapshot.state)
    return gift


def _is_done(session: Session, order: Correction, gift: LockedGift) -> bool:
    """Whether this form was sent before, with what is in it now."""
    done = audit.detail_of_form(session, ACTION, gift.subject, order.public_id)
    if done is None:
        return False
    is_same_name = order.receipt_name == (gift.name_on_receipt or "")
    is_same_address = not order.email or _is_address_of(gift, order.email)
    if done.get("reason") != order.reason or not is_same_name or not is_same_address:
        raise FormReused(order.public_id)
    return True


def _is_address_of(gift: LockedGift, email: str) -> bool:
    known = gift.donor.email if gift.donor else None
    return known is not None and email_key(known) == email_key(email)


def _move(session: Session, gift: LockedGift, email: str, *, at: datetime) -> None:
    """Give the gift, and the monthly gift that it is a month of, to the donor of this mailbox; unsent mails follow."""
    old = gift.donor.email if gift.donor else None
    donor = donor_of_mailbox(session, email, language=gift.language, at=at)
    affected: ColumnElement[bool] = Donation.id == gift.id
    if gift.pledge_id:
        affected = or_(affected, Donation.pledge_id == gift.pledge_id)
        # Whoever reads the old mailbox must not manage the monthly gift: the links that were sent there end.
        new_owner = {"donor_id": donor.id, "link_version": Pledge.link_version + 1}
        session.execute(update(Pledge).where(Pledge.id == gift.pledge_id).values(new_owner))
    session.execute(update(Donation).where(affected).values(donor_id=donor.id))
    search_index.refresh(session, affected)
    if old:
        _redirect(session, gift, affected, old=old, new=donor.email or email, at=at)


def _redirect(
    session: Session, gift: LockedGift, gifts: ColumnElement[bool], *, old: str, new: str, at: datetime
) -> None:
    """Send what has not left to the new address; what was given up for the old one is tried anew."""
    mails = session.execute(
        select(Message).where(
            Message.campaign_id == gift.campaign_id, Message.recipient == old, Message.state.in_(UNSENT_MAIL_STATES)
        )
    ).scalars()
    ids = set(session.execute(select(Donation.id).where(gifts)).scalars())
    pledge = session.execute(select(Pledge.public_id).where(Pledge.id == gift.pledge_id)).scalar()
    for mail in mails:
        if mail.donation_id in ids or (pledge is not None and mail.facts.get("pledge") == pledge):
            mail.recipient, mail.search_text = new, fold(new)
            if mail.state == MailState.FAILED_PERMANENTLY and mail.failure in ADDRESS_FAILURES:
                mail.state, mail.attempts, mail.next_try_at = MailState.QUEUED, 0, at
                mail.error = mail.failure = None
    session.flush()


def _replace(session: Session, gift: LockedGift, *, at: datetime, public_url: str) -> tuple[str | None, str | None]:
    """Replace the valid receipt by one with the facts as they are now: the (old, new) number."""
    live = issuing.live_receipt(session, gift.id)
    if live is None:
        return None, None
    new_id = gift_receipts.issue_corrected(session, gift, live[0], at=at, public_url=public_url)
    number, document = session.execute(select(Receipt.number, Receipt.document).where(Receipt.id == new_id)).one()
    if reasons := issuing.reasons_to_hold(document):
        raise StillOnHold("; ".join(explain(reasons)))
    return live[1], number
