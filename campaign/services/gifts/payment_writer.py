"""Applies what `domain.settling` decides to the database, inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from campaign.days import time_zone
from campaign.domain.fraud_hold import FraudHold
from campaign.domain.gift import HistoryLine
from campaign.domain.payment import PaymentFacts
from campaign.domain.settling import KnownObjects, Settled, settle
from campaign.models.donation import Donation, DonationEvent
from campaign.services import search_index
from campaign.services.campaigns.blocks import hide_blocked_donor
from campaign.services.campaigns.revision import count_public_change
from campaign.services.gifts import dispute_rows, gift_receipts, refund_rows
from campaign.services.gifts.delay_mails import queue_delay_mail
from campaign.services.gifts.donors import donor_of_mailbox
from campaign.services.gifts.gift_lock import DonorOfGift, LockedGift
from campaign.services.gifts.gift_receipts import GiftChange
from campaign.services.gifts.refund_rows import RefundNews
from campaign.services.ledger import posting
from campaign.services.pledges import provider_sync
from campaign.services.queues.outbox import expedite


def apply_payment(
    session: Session,
    gift: LockedGift,
    facts: PaymentFacts,
    *,
    at: datetime,
    public_url: str,
    hold_mails: bool = False,
) -> None:
    """Bring a locked gift up to what the provider reports, with its journal entries, receipt and mails.

    Args:
        session: Of the transaction that locked the gift.
        gift: The gift as it was read under the lock.
        facts: All that the provider reports of its payment.
        at: The moment of settling.
        public_url: The address of the site, for the receipt.
        hold_mails: Whether the donor's mails are written and held, because the news is late.

    Raises:
        PaymentMismatch: The facts do not fit the gift; nothing is changed.
    """
    if gift.donor_erased_at is not None:  # what the provider still knows is not written down again
        facts = replace(facts, name=None, email=None, method_last4=None)
    settled = settle(gift.snapshot, facts, _read_known(session, gift, facts), at=at, zone=time_zone())
    if not settled.is_change:
        return
    donor = _find_donor(session, gift, settled, facts, at=at)
    is_new_donor = donor != gift.donor
    if is_new_donor and donor and donor.email and gift.public_name and not gift.is_anonymous:
        hide_blocked_donor(session, gift.id, gift.campaign_id, donor.email, at=at)
    gift = replace(gift, snapshot=settled.gift, donor=donor)
    if settled.delay_mail:
        queue_delay_mail(session, gift, settled.delay_mail, facts, at=at, hold_mails=hold_mails)
    if settled.is_converted_now:
        expedite(session, gift.id, at=at)  # the receipt waited for the conversion
    change = GiftChange(settled.before, _write_money(session, gift, settled, at=at))
    _write_gift(session, gift, settled, is_new_donor=is_new_donor)
    _write_history(session, gift.id, settled.history, at=at)
    if settled.gift.is_paid:
        gift_receipts.bring_up_to_date(session, gift, change, at=at, public_url=public_url, hold_mails=hold_mails)
    count_public_change(session, gift.campaign_id)  # last: its row lock serialises the settlements of a campaign


def _read_known(session: Session, gift: LockedGift, facts: PaymentFacts) -> KnownObjects:
    """Read our refunds, disputes and fraud warnings of the gift, of the kinds that the provider reports.

    The warnings of a gift that was suspected are read in any case: its hold depends on all of them.
    """
    is_suspected = gift.snapshot.fraud_hold is not FraudHold.NONE
    return KnownObjects(
        refunds=refund_rows.read_refunds(session, gift.id) if facts.refunds else (),
        disputes=dispute_rows.read_disputes(session, gift.id) if facts.disputes else (),
        warnings=dispute_rows.read_warnings(session, gift.id) if facts.warnings or is_suspected else (),
    )


def _find_donor(
    session: Session, gift: LockedGift, settled: Settled, facts: PaymentFacts, *, at: datetime
) -> DonorOfGift | None:
    """Return the gift's donor; a payment names the mailbox where there is none, and the donor of the monthly gift."""
    donor = gift.donor
    if not settled.is_paid_now:
        return donor
    if donor is None and facts.email:
        donor = donor_of_mailbox(session, facts.email, language=gift.language, at=at)
    if donor is not None and gift.pledge_id:
        provider_sync.name_donor(session, gift.pledge_id, donor.id, payer_name=facts.name)
    return donor


def _write_money(session: Session, gift: LockedGift, settled: Settled, *, at: datetime) -> list[RefundNews]:
    """Write refunds, disputes and fraud warnings, and post the entries; return the refunds in a new state."""
    refund_news = refund_rows.write_refunds(session, gift.id, settled.refunds)
    dispute_rows.write_disputes(session, gift.id, settled.disputes)
    dispute_rows.write_warnings(session, gift.id, settled.warnings, at=at)
    if settled.entries:
        posting.post_all(session, settled.entries, campaign_id=gift.campaign_id, at=at)
    return refund_news


def _write_gift(session: Session, gift: LockedGift, settled: Settled, *, is_new_donor: bool) -> None:
    """Update the columns that changed, and the search texts where a name or the donor is another one."""
    changes = settled.changed_columns()
    if is_new_donor and gift.donor:
        changes["donor_id"] = gift.donor.id
    if changes.keys() & {"payer_name", "donor_id"}:
        changes |= _search_columns(session, gift)
    session.execute(_CHANGE, {"donation": gift.id, **changes, "version": gift.version + 1})


def _search_columns(session: Session, gift: LockedGift) -> dict[str, object]:
    """Return what staff search the gift by, with its present names and address."""
    return search_index.search_columns(
        gift.snapshot.payer_name,
        gift.receipt_name,
        public_name=gift.public_name,
        is_anonymous=gift.is_anonymous,
        email=gift.donor.email if gift.donor else search_index.typed_address(session, gift.id),
    )


def _write_history(session: Session, donation_id: int, history: Sequence[HistoryLine], *, at: datetime) -> None:
    rows = [{"donation_id": donation_id, "at": at, "kind": line.kind, "detail": line.detail} for line in history]
    if rows:
        session.execute(_ADD_HISTORY, rows)


# Built once, of the tables alone: every gift passes here.
_CHANGE = update(Donation.__table__).where(Donation.__table__.c.id == bindparam("donation"))
_ADD_HISTORY = insert(DonationEvent.__table__)
