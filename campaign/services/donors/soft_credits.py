"""Soft credits: somebody else who has a part in a gift. They are acknowledged; no sum of money counts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, aliased

from campaign.database import insert_once, reading, transaction
from campaign.domain.donor import CreditedAlready, CreditKind, OwnGift, TooManyCredits
from campaign.domain.errors import NotFound
from campaign.domain.money import Money
from campaign.gateways.clock import Clock
from campaign.models.donation import Donation
from campaign.models.donor import Donor, SoftCredit
from campaign.models.staff import Staff
from campaign.services import audit
from campaign.services.gifts.donors import donor_of_mailbox

MAX_CREDITS = 10
"""Credits of one gift."""
PAYER = aliased(Donor)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditView:
    """A credit as the pages of the gift and of the credited donor show it."""

    public_id: str
    kind: str
    donor_public_id: str
    donor_email: str | None
    donation_public_id: str
    charge: Money
    paid_on: date | None
    payer: str
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredit:
    """A credit to add; `public_id` comes with the form, so that a form sent twice adds one."""

    campaign_id: int
    donation_public_id: str
    email: str
    kind: CreditKind
    public_id: str
    actor_id: int


def credits_of_gift(campaign_id: int, donation_public_id: str) -> Sequence[CreditView]:
    """Return who else has a part in a gift, in the order in which staff said so."""
    query = _rows(campaign_id).where(Donation.public_id == donation_public_id).order_by(SoftCredit.id)
    with reading() as session:
        return [_view(row) for row in session.execute(query)]


def credits_of_donor(session: Session, campaign_id: int, donor_id: int, *, limit: int) -> Sequence[CreditView]:
    """Return the gifts of others in which a donor has a part, latest first."""
    query = _rows(campaign_id).where(SoftCredit.donor_id == donor_id).order_by(SoftCredit.id.desc()).limit(limit)
    return [_view(row) for row in session.execute(query)]


def add_credit(new: NewCredit, *, clock: Clock) -> None:
    """Credit a gift to another mailbox besides the one that gave it.

    Raises:
        NotFound: The campaign has no such gift.
        OwnGift: The address is that of the donor who gave it.
        CreditedAlready: It is credited to them already.
        TooManyCredits: The gift has 10 credits.
    """
    at = clock.now()
    with transaction() as session:
        gift = _gift(session, new.campaign_id, new.donation_public_id)
        known = select(SoftCredit.id).where(SoftCredit.public_id == new.public_id)
        if session.execute(known).scalar() is not None:
            return
        count = select(func.count()).where(SoftCredit.donation_id == gift.id)
        if session.execute(count).scalar_one() >= MAX_CREDITS:
            raise TooManyCredits(new.donation_public_id)
        donor = donor_of_mailbox(session, new.email, language=gift.language, at=at)
        if donor.id == gift.donor_id:
            raise OwnGift(new.donation_public_id)
        row = {
            "public_id": new.public_id,
            "campaign_id": new.campaign_id,
            "donation_id": gift.id,
            "donor_id": donor.id,
            "kind": new.kind,
            "added_at": at,
            "added_by": new.actor_id,
        }
        if not insert_once(session, SoftCredit, row):
            raise CreditedAlready(new.donation_public_id)
        _record(session, "donation:credit", gift.public_id, new.kind, actor_id=new.actor_id, at=at)


def remove_credit(campaign_id: int, donation_public_id: str, public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Take a credit back; one that is gone already is no error.

    Raises:
        NotFound: The campaign has no such gift.
    """
    with transaction() as session:
        gift = _gift(session, campaign_id, donation_public_id)
        kind = session.execute(
            delete(SoftCredit)
            .where(SoftCredit.donation_id == gift.id, SoftCredit.public_id == public_id)
            .returning(SoftCredit.kind)
        ).scalar()
        if kind is not None:
            _record(session, "donation:uncredit", gift.public_id, kind, actor_id=actor_id, at=clock.now())


def _gift(session: Session, campaign_id: int, public_id: str) -> Donation:
    query = select(Donation).where(Donation.campaign_id == campaign_id, Donation.public_id == public_id)
    gift = session.execute(query).scalar_one_or_none()
    if gift is None:
        raise NotFound(f"donation:{public_id}")
    return gift


def _rows(campaign_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(SoftCredit, Donor.public_id, Donor.email, Donation, PAYER.email, Staff.name)
        .join(Donor, Donor.id == SoftCredit.donor_id)
        .join(Donation, Donation.id == SoftCredit.donation_id)
        .outerjoin(PAYER, PAYER.id == Donation.donor_id)
        .join(Staff, Staff.id == SoftCredit.added_by)
        .where(SoftCredit.campaign_id == campaign_id)
    )


def _view(row: Any) -> CreditView:  # a row of the query above
    credit, donor_public_id, email, gift, payer_email, staff_name = row
    return CreditView(
        public_id=credit.public_id,
        kind=credit.kind,
        donor_public_id=donor_public_id,
        donor_email=email,
        donation_public_id=gift.public_id,
        charge=Money(gift.gift_minor + gift.cover_minor, gift.currency),
        paid_on=gift.paid_on,
        payer=gift.payer_name or gift.receipt_name or gift.public_name or payer_email or "",
        added_at=credit.added_at,
        added_by=staff_name,
    )


def _record(session: Session, action: str, gift: str, kind: str, *, actor_id: int, at: datetime) -> None:
    detail: dict[str, object] = {"kind": kind}
    audit.record(session, actor_id=actor_id, action=action, subject=f"donation:{gift}", at=at, detail=detail)
