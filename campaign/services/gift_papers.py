"""A gift's papers, its receipt and its mails, brought in line with what is left of it. Part of a settling transaction."""

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


def bring_up_to_date(session: Session, donation_id: int, *, at: datetime, public_url: str) -> None:
    """Issue, replace or void the receipt so that one live receipt says what is left, and tell the donor.

    A first payment issues; a part refund replaces by a new number for the rest; a full refund voids; a refund that
    failed restores. Called with a gift whose papers are right already, it does nothing.
    """
    gift = _gift(session, donation_id)
    remaining = Money(gift.gift_minor + gift.cover_minor - gift.refunded_minor, gift.currency)
    live = receipting.live_receipt(session, donation_id)
    if live is not None and live[2] == remaining.minor:
        return
    if live is None and remaining.minor == 0:
        return
    former = live[:2] if live is not None else receipting.last_receipt(session, donation_id)
    if live is not None:
        state = "replaced" if remaining.minor else "void"
        receipting.end_receipt(session, live[0], state, reason="refund", at=at)
    if remaining.minor:
        _issue(session, gift, remaining, former=former, is_replacing=live is not None, at=at, public_url=public_url)
    elif live is not None:
        _tell(session, gift, "receipt_void", number=live[1], receipt_id=None, key=live[1], at=at)
    if live is not None and remaining.minor < live[2]:
        sent_back = Money(live[2] - remaining.minor, gift.currency)
        _tell(session, gift, "refund", number=live[1], receipt_id=None, key=live[1], at=at, amount=sent_back)


def _issue(
    session: Session,
    gift: Row[*tuple[Any, ...]],
    remaining: Money,
    *,
    former: tuple[int, str] | None,
    is_replacing: bool,
    at: datetime,
    public_url: str,
) -> None:
    facts = _facts(gift, remaining, former=former, public_url=public_url)
    replaces = former[0] if former and is_replacing else None
    receipt_id, number = receipting.issue_receipt(session, facts, at=at, replaces=replaces)
    _tell(session, gift, "receipt", number=number, receipt_id=receipt_id, key=number, at=at)


def _facts(gift: Row[*tuple[Any, ...]], remaining: Money, *, former: tuple[int, str] | None, public_url: str) -> ReceiptFacts:
    language = gift.language
    is_part = bool(former) and remaining.minor < gift.gift_minor + gift.cover_minor
    # Only a whole gift was settled at the amount that the provider told; a rest has no settlement of its own.
    is_converted = gift.settled_currency not in {None, gift.currency} and not is_part
    return ReceiptFacts(
        donation_id=gift.id,
        livemode=gift.livemode,
        series=gift.series,
        language=language,
        remaining=remaining,
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
        note=_note(gift, is_part=is_part),
        public_url=public_url,
    )


def _note(gift: Row[*tuple[Any, ...]], *, is_part: bool) -> str | None:
    """What a replacement says of the rest that was sent back, in the receipt's language."""
    if not is_part:
        return None
    charged = money(Money(gift.gift_minor + gift.cover_minor, gift.currency), language=gift.language)
    back = money(Money(gift.refunded_minor, gift.currency), language=gift.language)
    return PART_REFUND[gift.language].format(charged=charged, back=back)


PART_REFUND = {
    "en": "Of the gift of {charged}, {back} was sent back; this receipt is for what is left.",
    "ru": "Из пожертвования {charged} возвращено {back}; эта квитанция — на оставшуюся сумму.",
    "ky": "{charged} жардамдын ичинен {back} кайтарылды; бул дүмүрчөк калган суммага берилди.",
}


def _tell(
    session: Session,
    gift: Row[*tuple[Any, ...]],
    kind: str,
    *,
    number: str,
    receipt_id: int | None,
    key: str,
    at: datetime,
    amount: Money | None = None,
) -> None:
    """Queue a mail to the donor; without an address there is nobody to tell."""
    if not gift.donor_email:
        return
    told = amount or Money(
        gift.gift_minor + gift.cover_minor - (gift.refunded_minor if receipt_id else 0), gift.currency
    )
    facts: dict[str, object] = {
        "donor_name": gift.donor_name or "",
        "amount_minor": told.minor,
        "currency": told.currency,
        "campaign_title": in_language_of(gift.title, gift.language),
        "receipt_number": number,
        "purpose": in_language_of(gift.fund_title, gift.language),
        "given_on": gift.paid_at.date().isoformat(),
        "help_email": gift.contact_email,
        "is_test": not gift.livemode,
    }
    letter = Letter(kind=kind, language=gift.language, recipient=gift.donor_email, facts=facts, key=f"{kind}:{key}")
    enqueue(session, letter, receipt_id=receipt_id, donation_id=gift.id, at=at)


def _gift(session: Session, donation_id: int) -> Row[*tuple[Any, ...]]:
    """The gift with all that its papers print, in one query."""
    return session.execute(
        select(
            *(column for column in Donation.__table__.c if column.key not in {"checkout_params"}),
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
