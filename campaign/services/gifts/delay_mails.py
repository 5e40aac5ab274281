"""Mails about a payment that takes days: that it is under way, and that it did not come. Each goes out once."""

from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from campaign.domain.donation import DonationState
from campaign.domain.language import in_language_of
from campaign.domain.payment import PaymentFacts
from campaign.services.bank_transfers import stored_transfer
from campaign.services.campaigns.form_options import same_gift
from campaign.services.gifts.locked import LockedGift
from campaign.services.queues.outbox import OutgoingMail, enqueue

KINDS = {DonationState.PROCESSING: "processing", DonationState.FAILED: "payment_failed"}
"""State → the folder of its mail; the other states have no mail of this kind."""


TRANSFER = "transfer_due"
"""The mail about a payment that is under way only once the donor has sent it."""


def tell_of_delay(
    session: Session, gift: LockedGift, state: DonationState, told: PaymentFacts, *, at: datetime
) -> None:
    """Queue the mail about a gift that has come into this state; without an address there is nobody to tell."""
    row, email = gift.row, told.email
    if not email or state not in KINDS:
        return
    kind = TRANSFER if told.transfer and state is DonationState.PROCESSING else KINDS[state]
    facts: dict[str, object] = {
        "donor_name": "",  # nothing is paid yet: anybody could have us mail anything to anybody by it
        "amount_minor": gift.charge.minor,
        "currency": row.currency,
        "campaign_title": in_language_of(row.title, row.language),
        "purpose": in_language_of(row.fund_title, row.language),
        "help_email": row.contact_email,
        "is_test": not row.livemode,
        "donate_query": urlencode(same_gift(row.slug, gift.gift, fund=row.fund_code, frequency=row.frequency)),
    }
    if told.transfer:
        facts["transfer"] = stored_transfer(told.transfer)
    letter = OutgoingMail(
        kind=kind,
        language=row.language,
        recipient=email,
        facts=facts,
        key=f"{kind}:{row.public_id}",
        campaign_id=row.campaign_id,
    )
    enqueue(session, letter, donation_id=gift.id, at=at, is_quiet=gift.is_quiet)
