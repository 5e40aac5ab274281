"""The conversion of a gift on its receipt: the currency into which the provider converted it, and the rate.

The provider often reports it some seconds or minutes after the payment, when the receipt has its number and its facts
already. The receipt is therefore printed, and emailed, once the conversion is known, or without it after
CONVERSION_WAIT. What is printed is embedded in the PDF, whose bytes are sealed.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.errors import DomainError
from campaign.domain.money import currency
from campaign.domain.receipt import ReceiptState
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.receipt import Receipt
from receipts import ReceiptDocument

CONVERSION_WAIT = timedelta(minutes=30)


class ConversionNotKnown(DomainError):
    """The provider has not reported the conversion yet; a later attempt prints it, or prints without it."""


def with_conversion(document: ReceiptDocument, receipt_id: int, *, at: datetime) -> ReceiptDocument:
    """Return the document with the conversion of the whole gift, where there is one. What is left of a gift has none.

    Raises:
        ConversionNotKnown: the gift is in another currency than its campaign, and its settlement is awaited.
    """
    with reading() as session:
        gift = session.execute(_GIFT.where(Receipt.id == receipt_id)).one()
    is_whole = document.amount_minor == gift.charge_minor
    if document.settled_minor is not None or not is_whole:
        return document
    if gift.settled_currency is None:
        if (
            gift.currency != gift.campaign_currency
            and gift.state == ReceiptState.ISSUED
            and at < gift.issued_at + CONVERSION_WAIT
        ):
            raise ConversionNotKnown(document.number)
        return document
    if gift.settled_currency == document.currency:
        return document
    return replace(
        document,
        settled_minor=gift.settled_minor,
        settled_currency=gift.settled_currency,
        settled_exponent=currency(gift.settled_currency).exponent,
        rate=gift.rate,
    )


_DONATION = Donation.__table__.c  # of the table alone: a live installation also prints what a test gift still waits for
_GIFT = (
    select(
        Receipt.state,
        Receipt.issued_at,
        _DONATION.currency,
        (_DONATION.gift_minor + _DONATION.cover_minor).label("charge_minor"),
        _DONATION.settled_currency,
        _DONATION.settled_minor,
        _DONATION.rate,
        Campaign.currency.label("campaign_currency"),
    )
    .join(Donation.__table__, _DONATION.id == Receipt.donation_id)
    .join(Campaign, Campaign.id == _DONATION.campaign_id)
)
