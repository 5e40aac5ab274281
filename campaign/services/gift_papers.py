"""A gift's papers: its receipt and mails, brought in line with what is left of it, in the settling transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from campaign.domain.language import in_language_of
from campaign.domain.money import Money
from campaign.i18n import money
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.fund import Fund
from campaign.services import receipting
from campaign.services.outbox import Letter, enqueue
from campaign.services.receipting import ReceiptFacts

PART_REFUND = {
    "en": "Of the gift of {charged}, {back} was sent back; this receipt is for what is left.",
    "ru": "Из пожертвования {charged} возвращено {back}; эта квитанция — на оставшуюся сумму.",
    "ky": "{charged} жардамдын ичинен {back} кайтарылды; бул дүмүрчөк калган суммага берилди.",
}
"""What a replacement says, in the receipt's language: it is a stored fact, so it is not looked up later."""


def bring_up_to_date(session: Session, donation_id: int, *, at: datetime, public_url: str) -> None:
    """Issue, replace or void the receipt so that one live receipt says what is left, and tell the donor.

    A first payment issues; a part refund replaces by a new number for the rest; a full refund voids; a refund that
    failed restores. Called with a gift whose papers are right already, it does nothing.
    """
    papers = _Papers(session, _gift(session, donation_id), at, public_url)
    remaining = papers.charged.minor - papers.gift.refunded_minor
    live = receipting.live_receipt(session, donation_id)
    if remaining == (live[2] if live else 0):
        return
    if live is None:
        papers.issue(replaces=None)
        return
    receipt_id, number, amount_minor = live
    receipting.end_receipt(session, receipt_id, "replaced" if remaining else "void", reason="refund", at=at)
    if remaining:
        papers.issue(replaces=receipt_id)
    else:
        papers.tell("receipt_void", number, papers.charged)
    if remaining < amount_minor:
        papers.tell("refund", number, Money(amount_minor - remaining, papers.gift.currency))


@dataclass(frozen=True, slots=True)
class _Papers:
    """One gift's row with all that its papers print, and where and when they are written."""

    session: Session
    gift: Row[*tuple[Any, ...]]
    at: datetime
    public_url: str

    @property
    def charged(self) -> Money:
        return Money(self.gift.gift_minor + self.gift.cover_minor, self.gift.currency)

    @property
    def left(self) -> Money:
        return self.charged - Money(self.gift.refunded_minor, self.gift.currency)

    def issue(self, *, replaces: int | None) -> None:
        """A receipt for what is left, and the mail that brings it."""
        receipt_id, number = receipting.issue_receipt(self.session, self._facts(), at=self.at, replaces=replaces)
        self.tell("receipt", number, self.left, receipt_id=receipt_id)

    def tell(self, kind: str, number: str, amount: Money, *, receipt_id: int | None = None) -> None:
        """Queue a mail to the donor about a receipt; without an address there is nobody to tell."""
        gift = self.gift
        if not gift.donor_email:
            return
        facts: dict[str, object] = {
            "donor_name": gift.donor_name or "",
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "campaign_title": in_language_of(gift.title, gift.language),
            "receipt_number": number,
            "purpose": in_language_of(gift.fund_title, gift.language),
            "given_on": gift.paid_at.date().isoformat(),
            "help_email": gift.contact_email,
            "is_test": not gift.livemode,
        }
        letter = Letter(
            kind=kind, language=gift.language, recipient=gift.donor_email, facts=facts, key=f"{kind}:{number}"
        )
        enqueue(self.session, letter, receipt_id=receipt_id, donation_id=gift.id, at=self.at)

    def _facts(self) -> ReceiptFacts:
        gift, language = self.gift, self.gift.language
        is_whole = self.left == self.charged
        # What the provider settled belongs to the whole gift; a rest has no settlement of its own to print.
        is_converted = is_whole and gift.settled_currency is not None and gift.settled_currency != gift.currency
        return ReceiptFacts(
            donation_id=gift.id,
            livemode=gift.livemode,
            series=gift.series,
            language=language,
            remaining=self.left,
            donor_name=gift.donor_name,
            received_on=gift.paid_at.date(),
            settled=Money(gift.settled_minor, gift.settled_currency) if is_converted else None,
            rate=gift.rate if is_converted else None,
            method=gift.method or "card",
            method_brand=gift.method_brand,
            method_last4=gift.method_last4,
            purpose=in_language_of(gift.fund_title, language),
            is_restricted=gift.fund_kind == "theme",
            campaign_title=in_language_of(gift.title, language),
            issuer={name: in_language_of(texts, language) for name, texts in gift.issuer.items()},
            note=None if is_whole else self._note(),
            public_url=self.public_url,
        )

    def _note(self) -> str:
        """What a replacement says of the part that was sent back."""
        language = self.gift.language
        back = money(Money(self.gift.refunded_minor, self.gift.currency), language=language)
        return PART_REFUND[language].format(charged=money(self.charged, language=language), back=back)


def _gift(session: Session, donation_id: int) -> Row[*tuple[Any, ...]]:
    """The gift with all that its papers print, in one query."""
    return session.execute(
        select(
            *(column for column in Donation.__table__.c if column.key != "checkout_params"),
            Campaign.series,
            Campaign.title,
            Campaign.issuer,
            Campaign.contact_email,
            Fund.title.label("fund_title"),
            Fund.kind.label("fund_kind"),
            Donor.email.label("donor_email"),
            Donor.name.label("donor_name"),
        )
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .join(Fund, Fund.id == Donation.fund_id)
        .outerjoin(Donor, Donor.id == Donation.donor_id)
        .where(Donation.id == donation_id)
    ).one()
