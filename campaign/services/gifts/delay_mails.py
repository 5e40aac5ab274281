"""Mails about a payment that takes days: that it is under way, and that it did not come. Each goes out once."""

from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from campaign.domain.language import in_language_of
from campaign.domain.payment import PaymentFacts
from campaign.domain.settling import DelayMail
from campaign.services.campaigns.form_options import same_gift
from campaign.services.gifts.gift_lock import LockedGift
from campaign.services.queues.outbox import OutgoingMail, enqueue


def queue_delay_mail(
    session: Session, gift: LockedGift, kind: DelayMail, facts: PaymentFacts, *, at: datetime, hold_mails: bool
) -> None:
    """Queue the mail to the address that the payment page has; without an address there is no mail."""
    if not facts.email:
        return
    snapshot, language = gift.snapshot, gift.language
    mail_facts: dict[str, object] = {
        "donor_name": "",  # nothing is paid yet: anybody could have us mail anything to anybody by it
        "amount_minor": snapshot.charge.minor,
        "currency": snapshot.currency,
        "campaign_title": in_language_of(gift.campaign_title, language),
        "purpose": in_language_of(gift.fund_title, language),
        "help_email": gift.contact_email,
        "is_test": not snapshot.livemode,
        "donate_query": urlencode(
            same_gift(gift.campaign_slug, snapshot.gift, fund=gift.fund_code, frequency=gift.frequency)
        ),
    }
    if facts.transfer:
        mail_facts["transfer"] = facts.transfer.as_stored()
    mail = OutgoingMail(
        kind=kind,
        language=language,
        recipient=facts.email,
        facts=mail_facts,
        key=f"{kind}:{snapshot.public_id}",
        campaign_id=gift.campaign_id,
    )
    enqueue(session, mail, donation_id=gift.id, at=at, is_on_hold=hold_mails)
