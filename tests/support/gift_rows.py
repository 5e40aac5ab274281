"""What a paid gift leaves behind: its entries in the ledger, and its receipt."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.identity import new_public_id
from campaign.domain.money import Money, currency
from campaign.domain.payment import BalanceTransaction
from campaign.domain.postings import gift_paid, gift_settled
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.receipt import Receipt, ReceiptCounter
from campaign.services.ledger import posting
from receipts.__main__ import sample


def post_gift(session: Session, donation: Donation, *, fund: Fund, settled: Money, at: datetime) -> None:
    """Post the payment of a gift and its arrival in the balance."""
    subject = f"donation:{donation.public_id}"
    gift, cover = Money(donation.gift_minor, donation.currency), Money(donation.cover_minor, donation.currency)
    assert donation.charge_id
    assert donation.settlement_id
    fee = Money(donation.fee_minor or 0, settled.currency)
    fee_fund = fund
    if donation.fee_bearer == "general":
        general = select(Fund).where(Fund.campaign_id == donation.campaign_id, Fund.kind == "general")
        fee_fund = session.execute(general).scalar_one()
    entries = (
        gift_paid(charge_id=donation.charge_id, subject=subject, gift=gift, cover=cover, fund_id=fund.id, on=at.date()),
        gift_settled(
            subject=subject,
            charged=gift + cover,
            settled=BalanceTransaction(donation.settlement_id, settled, fee),
            fund_id=fund.id,
            fee_fund_id=fee_fund.id,
            on=at.date(),
        ),
    )
    for entry in entries:
        posting.post(session, entry, campaign_id=donation.campaign_id, at=at)


def add_receipt(session: Session, donation: Donation, campaign: Campaign, *, at: datetime) -> None:
    """Issue the receipt of a gift, with the next number of its campaign's series."""
    counter = session.get(ReceiptCounter, (campaign.series, at.year))
    if counter is None:
        counter = ReceiptCounter(series=campaign.series, year=at.year, last_number=0)
        session.add(counter)
    counter.last_number += 1
    printed = replace(
        sample("en"),
        number=f"{campaign.series}-{at.year}-{counter.last_number:06}",
        verify_code=new_public_id(8),
        language=cast(Any, donation.language),
        issued_on=at.date(),
        received_on=donation.paid_on or at.date(),
        currency=donation.currency,
        exponent=currency(donation.currency).exponent,
        amount_minor=donation.gift_minor + donation.cover_minor,
        is_test=False,
    )
    document = printed.to_json()
    session.add(
        Receipt(
            series=campaign.series,
            year=at.year,
            serial=counter.last_number,
            number=printed.number,
            donation_id=donation.id,
            language=donation.language,
            currency=printed.currency,
            amount_minor=printed.amount_minor,
            issued_at=at,
            verify_code=printed.verify_code,
            document=document,
            document_sha256=hashlib.sha256(document.encode()).hexdigest(),
        )
    )
