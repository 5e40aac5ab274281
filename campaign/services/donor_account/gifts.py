"""A donor's gifts to all campaigns, a page at a time, and their receipts.

They are those of the mailbox that proved itself, with what staff moved to it by a merge. A mailbox that was merged into another
opens nothing of that one: it can be a stranger's, for an address with a slip in it is merged too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import DonationFrequency, DonationState, SupporterVisibility
from campaign.domain.errors import NotFound
from campaign.domain.money import Money
from campaign.domain.receipt import ReceiptState
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.services.receipts.files import receipt_pdf

PAGE = 25
WHEN = func.coalesce(Donation.paid_at, Donation.created_at)
"""By which gifts are listed."""
SHOWN = (DonationState.PAID, DonationState.PROCESSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorGift:
    """One gift on the donor's own pages."""

    public_id: str
    paid_on: date | None
    campaign_slug: str
    campaign_name: dict[str, str]
    purpose: dict[str, str]
    charge: Money
    returned: Money
    """Sent back, or taken back by the donor's bank."""
    is_processing: bool
    is_monthly: bool
    is_test: bool
    receipt_number: str | None
    """The valid receipt, else the newest one, that is there as a PDF."""
    is_receipt_valid: bool
    public_name: str | None
    """The name for the list of supporters, where staff have not taken it off."""
    is_anonymous: bool

    @property
    def is_returned(self) -> bool:
        """Whether nothing of it is left."""
        return self.returned.minor >= self.charge.minor


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftsPage:
    """Some gifts, newest first, and where the next page begins."""

    gifts: Sequence[DonorGift]
    next_before: str | None


def gifts_of(donor_id: int, *, before: str | None = None) -> GiftsPage:
    """Return a page of a donor's gifts, those after the gift `before` in the list; an unknown one begins anew."""
    with reading() as session:
        mine = Donation.donor_id == donor_id
        query = (
            select(Donation, Campaign.slug, Campaign.name, Fund.title)
            .join(Campaign, Campaign.id == Donation.campaign_id)
            .join(Fund, Fund.id == Donation.fund_id)
            .where(mine, Donation.state.in_(SHOWN), Donation.superseded_at.is_(None))
            .order_by(WHEN.desc(), Donation.id.desc())
            .limit(PAGE + 1)
        )
        if before:
            last = session.execute(select(WHEN, Donation.id).where(Donation.public_id == before, mine)).one_or_none()
            query = query.where(tuple_(WHEN, Donation.id) < tuple_(*last)) if last else query
        rows = session.execute(query).all()
        receipts = _receipts(session, [row[0].id for row in rows])
        gifts = [_gift(*row, receipt=receipts.get(row[0].id)) for row in rows[:PAGE]]
    return GiftsPage(gifts=gifts, next_before=gifts[-1].public_id if len(rows) > PAGE else None)


def own_receipt(donor_id: int, number: str) -> bytes:
    """Return the PDF of a receipt of one of the donor's gifts, as it stands now.

    Raises:
        NotFound: there is none, or it is somebody else's.
        ReceiptNotReady, ReceiptErased: see there.
    """
    with reading() as session:
        query = (
            select(Receipt.id)
            .join(Donation, Donation.id == Receipt.donation_id)
            .where(Receipt.number == number, Donation.donor_id == donor_id)
        )
        if session.execute(query).first() is None:
            raise NotFound(number)
    return receipt_pdf(number)


def _receipts(session: Session, gift_ids: list[int]) -> dict[int, tuple[str, bool]]:
    """Return for each gift the number of its valid receipt, else of its newest, and whether it is valid."""
    query = (
        select(Receipt.donation_id, Receipt.number, Receipt.state)
        .join(ReceiptFile, ReceiptFile.receipt_id == Receipt.id)
        .where(Receipt.donation_id.in_(gift_ids))
        .order_by(Receipt.state == ReceiptState.ISSUED, Receipt.id)
    )
    rows = session.execute(query)
    return {gift_id: (number, state == ReceiptState.ISSUED) for gift_id, number, state in rows}


def _gift(
    gift: Donation,
    slug: str,
    campaign_name: dict[str, str],
    purpose: dict[str, str],
    *,
    receipt: tuple[str, bool] | None,
) -> DonorGift:
    return DonorGift(
        public_id=gift.public_id,
        paid_on=gift.paid_on,
        campaign_slug=slug,
        campaign_name=campaign_name,
        purpose=purpose,
        charge=Money(gift.gift_minor + gift.cover_minor, gift.currency),
        returned=Money(gift.refunded_minor + gift.charged_back_minor, gift.currency),
        is_processing=gift.state == DonationState.PROCESSING,
        is_monthly=gift.frequency == DonationFrequency.MONTHLY,
        is_test=not gift.livemode,
        receipt_number=receipt[0] if receipt else None,
        is_receipt_valid=bool(receipt and receipt[1]),
        public_name=gift.public_name if gift.wall == SupporterVisibility.SHOWN else None,
        is_anonymous=gift.is_anonymous,
    )
