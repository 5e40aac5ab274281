"""One donor, as far as it concerns one campaign: gifts, monthly gifts, receipts, emails, names and what happened.

A fixed number of queries; each list has its latest rows alone where there are very many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import DonationFrequency
from campaign.domain.email_address import email_key
from campaign.domain.money import Money
from campaign.domain.timeline import TimelineEntry
from campaign.models.donation import Donation
from campaign.models.donor import Donor, DonorMerge
from campaign.models.fund import Fund
from campaign.models.outbox import Message
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt
from campaign.models.staff import Staff
from campaign.services.campaigns.supporters import REMAINING
from campaign.services.donors.filters import COUNTED
from campaign.services.donors.history import history_of
from campaign.services.donors.notes import NoteView, notes_of
from campaign.services.donors.scope import donor_of, has_gift_in
from campaign.services.donors.soft_credits import CreditView, credits_of_donor
from campaign.services.donors.tags import tags_of

MAX_ROWS = 100
"""How many rows of each list the page has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftOfDonor:
    """A gift in the donor's list."""

    public_id: str
    state: str
    paid_on: date | None
    created_at: datetime
    is_monthly: bool
    charge: Money
    refunded: Money
    charged_back: Money
    fund_title: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeOfDonor:
    """A monthly gift in the donor's list."""

    public_id: str
    state: str
    charge: Money
    fund_title: dict[str, str]
    started_at: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptOfDonor:
    """A receipt in the donor's list."""

    number: str
    state: str
    issued_at: datetime
    amount: Money
    donation_public_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOfDonor:
    """An email in the donor's list, with its state and why it has not left."""

    kind: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    failure: str | None
    hold_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesUsed:
    """Names that stand together on gifts, and on how many. They belong to these gifts (docs/decisions/0063)."""

    payer_name: str | None
    receipt_name: str | None
    public_name: str | None
    gifts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeView:
    """A merge into this donor that is not undone."""

    public_id: str
    email: str | None  # of the donor who was merged
    merged_at: datetime
    merged_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorFigures:
    """The gifts in one currency, less what was returned."""

    currency: str
    gifts: int
    given: Money
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorDetails:
    """A donor, whole. Each list begins with its latest row."""

    public_id: str
    email: str | None
    language: str
    is_erased: bool
    gift_count: int
    figures: Sequence[DonorFigures]
    names: Sequence[NamesUsed]
    gifts: Sequence[GiftOfDonor]
    pledges: Sequence[PledgeOfDonor]
    receipts: Sequence[ReceiptOfDonor]
    mails: Sequence[MailOfDonor]
    credits: Sequence[CreditView]
    merges: Sequence[MergeView]
    tags: Sequence[str]
    notes: Sequence[NoteView]
    timeline: Sequence[TimelineEntry]

    @property
    def name(self) -> str | None:
        """Return the name of the latest gift that has one."""
        named = (names.payer_name or names.receipt_name or names.public_name for names in self.names)
        return next((name for name in named if name), None)


def donor_details(campaign_id: int, public_id: str) -> DonorDetails:
    """Return the donor as this campaign knows them.

    Raises:
        NotFound: No gift of this donor belongs to the campaign.
    """
    with reading() as session:
        donor = donor_of(session, campaign_id, public_id)
        gift_count, gifts = _gifts(session, campaign_id, donor.id)
        return DonorDetails(
            public_id=donor.public_id,
            email=donor.email,
            language=donor.language,
            is_erased=donor.erased_at is not None,
            gift_count=gift_count,
            figures=_figures(session, campaign_id, donor.id),
            names=_names(session, campaign_id, donor.id),
            gifts=gifts,
            pledges=_pledges(session, campaign_id, donor.id),
            receipts=_receipts(session, campaign_id, donor.id),
            mails=_mails(session, campaign_id, donor),
            credits=credits_of_donor(session, campaign_id, donor.id, limit=MAX_ROWS),
            merges=_merges(session, campaign_id, donor.id),
            tags=tags_of(session, campaign_id, donor.id),
            notes=notes_of(session, campaign_id, donor.id),
            timeline=history_of(session, campaign_id, donor.id, limit=MAX_ROWS),
        )


def donor_with_address(campaign_id: int, email: str) -> str | None:
    """Return the public id of the donor with this mailbox who gave to the campaign."""
    query = select(Donor.public_id).where(Donor.email_key == email_key(email), has_gift_in(campaign_id))
    with reading() as session:
        return session.execute(query).scalar()


def _merges(session: Session, campaign_id: int, donor_id: int) -> list[MergeView]:
    query = (
        select(DonorMerge, Donor.email, Staff.name)
        .join(Donor, Donor.id == DonorMerge.source_id)
        .join(Staff, Staff.id == DonorMerge.merged_by)
        .where(DonorMerge.campaign_id == campaign_id, DonorMerge.target_id == donor_id, DonorMerge.undone_at.is_(None))
        .order_by(DonorMerge.id.desc())
        .limit(MAX_ROWS)
    )
    return [
        MergeView(public_id=row.public_id, email=email, merged_at=row.merged_at, merged_by=staff_name)
        for row, email, staff_name in session.execute(query)
    ]


def _figures(session: Session, campaign_id: int, donor_id: int) -> list[DonorFigures]:
    query = (
        select(
            Donation.currency,
            func.count(),
            func.sum(REMAINING),
            func.min(Donation.paid_on),
            func.max(Donation.paid_on),
        )
        .where(Donation.campaign_id == campaign_id, Donation.donor_id == donor_id, COUNTED)
        .group_by(Donation.currency)
        .order_by(Donation.currency)
    )
    return [
        DonorFigures(currency=code, gifts=gifts, given=Money(int(minor), code), first_on=first_on, last_on=last_on)
        for code, gifts, minor, first_on, last_on in session.execute(query)
    ]


def _names(session: Session, campaign_id: int, donor_id: int) -> list[NamesUsed]:
    names = (Donation.payer_name, Donation.receipt_name, Donation.public_name)
    query = (
        select(*names, func.count())
        .where(Donation.campaign_id == campaign_id, Donation.donor_id == donor_id)
        .group_by(*names)
        .order_by(func.max(Donation.id).desc())
        .limit(MAX_ROWS)
    )
    return [
        NamesUsed(payer_name=payer, receipt_name=receipt, public_name=public, gifts=gifts)
        for payer, receipt, public, gifts in session.execute(query)
    ]


def _gifts(session: Session, campaign_id: int, donor_id: int) -> tuple[int, list[GiftOfDonor]]:
    """Return how many there are, and the latest of them."""
    query = (
        select(Donation, Fund.title, func.count().over())
        .join(Fund, Fund.id == Donation.fund_id)
        .where(Donation.campaign_id == campaign_id, Donation.donor_id == donor_id)
        .order_by(Donation.id.desc())
        .limit(MAX_ROWS)
    )
    rows = session.execute(query).all()
    gifts = [
        GiftOfDonor(
            public_id=gift.public_id,
            state=gift.state,
            paid_on=gift.paid_on,
            created_at=gift.created_at,
            is_monthly=gift.frequency == DonationFrequency.MONTHLY,
            charge=Money(gift.gift_minor + gift.cover_minor, gift.currency),
            refunded=Money(gift.refunded_minor, gift.currency),
            charged_back=Money(gift.charged_back_minor, gift.currency),
            fund_title=title,
        )
        for gift, title, _count in rows
    ]
    return rows[0][2] if rows else 0, gifts


def _pledges(session: Session, campaign_id: int, donor_id: int) -> list[PledgeOfDonor]:
    query = (
        select(Pledge, Fund.title)
        .join(Fund, Fund.id == Pledge.fund_id)
        .where(Pledge.campaign_id == campaign_id, Pledge.donor_id == donor_id)
        .order_by(Pledge.id.desc())
        .limit(MAX_ROWS)
    )
    return [
        PledgeOfDonor(
            public_id=pledge.public_id,
            state=pledge.state,
            charge=Money(pledge.gift_minor + pledge.cover_minor, pledge.currency),
            fund_title=title,
            started_at=pledge.started_at,
            next_at=pledge.next_at,
        )
        for pledge, title in session.execute(query)
    ]


def _receipts(session: Session, campaign_id: int, donor_id: int) -> list[ReceiptOfDonor]:
    query = (
        select(Receipt, Donation.public_id)
        .join(Donation, Donation.id == Receipt.donation_id)
        .where(Donation.campaign_id == campaign_id, Donation.donor_id == donor_id)
        .order_by(Receipt.id.desc())
        .limit(MAX_ROWS)
    )
    return [
        ReceiptOfDonor(
            number=receipt.number,
            state=receipt.state,
            issued_at=receipt.issued_at,
            amount=Money(receipt.amount_minor, receipt.currency),
            donation_public_id=gift,
        )
        for receipt, gift in session.execute(query)
    ]


def _mails(session: Session, campaign_id: int, donor: Donor) -> list[MailOfDonor]:
    """Return the emails about the donor's gifts, and all others of the campaign to their address."""
    about_gifts = Message.donation_id.in_(
        select(Donation.id).where(Donation.campaign_id == campaign_id, Donation.donor_id == donor.id)
    )
    is_theirs = or_(about_gifts, Message.recipient == donor.email) if donor.email else about_gifts
    query = (
        select(Message).where(Message.campaign_id == campaign_id, is_theirs).order_by(Message.id.desc()).limit(MAX_ROWS)
    )
    return [
        MailOfDonor(
            kind=mail.kind,
            state=mail.state,
            created_at=mail.created_at,
            sent_at=mail.sent_at,
            failure=mail.failure,
            hold_reason=mail.hold_reason,
        )
        for mail in session.execute(query).scalars()
    ]
