"""A gift under lock, with all that settling it and writing its papers needs, read by one statement."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from campaign.domain.donation import name_on_receipt
from campaign.domain.journal import Entry
from campaign.domain.money import Money
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.fund import Fund


@dataclass(frozen=True, slots=True)
class DonorOfGift:
    """The mailbox that the mails go to."""

    id: int
    email: str | None


@dataclass(frozen=True, slots=True)
class RefundNews:
    """A refund whose state at the provider is new: what the donor may be told about."""

    public_id: str
    amount: Money
    state: str


class LockedGift:
    """A gift's row as it was read, its donor, and what changes in this transaction.

    `happened` are the steps to remember, as kind and detail; `entries` go into the books. Both in order.
    """

    def __init__(self, row: Row[*tuple[Any, ...]]) -> None:
        self.row = row
        self.changes: dict[str, object] = {}
        self.is_quiet = False  # late news: the donor's mails are written and held
        self.happened: list[tuple[str, dict[str, object]]] = []
        self.entries: list[Entry] = []
        self.refund_news: list[RefundNews] = []
        self._donor = DonorOfGift(row.donor_id, row.donor_email) if row.donor_id else None

    @property
    def donor(self) -> DonorOfGift | None:
        return self._donor

    @donor.setter
    def donor(self, donor: DonorOfGift | None) -> None:
        self._donor = donor
        self.changes["donor_id"] = donor.id if donor else None

    @property
    def id(self) -> int:
        return int(self.row.id)

    @property
    def subject(self) -> str:
        return f"donation:{self.row.public_id}"

    @property
    def gift(self) -> Money:
        return Money(self.row.gift_minor, self.row.currency)

    @property
    def cover(self) -> Money:
        return Money(self.row.cover_minor, self.row.currency)

    @property
    def charge(self) -> Money:
        return Money(self.row.gift_minor + self.row.cover_minor, self.row.currency)

    @property
    def payer_name(self) -> str | None:
        """Who paid, with the changes of this transaction in it."""
        name: str | None = self.now("payer_name")
        return name

    @property
    def name_on_receipt(self) -> str | None:
        """The name for the receipt; None for a receipt that names nobody."""
        return name_on_receipt(self.now("receipt_name"), self.payer_name)

    def now(self, name: str) -> Any:  # a column of any type
        """A column's value with the changes of this transaction in it."""
        return self.changes.get(name, getattr(self.row, name))


def lock_gift(session: Session, donation_id: int) -> LockedGift:
    """The gift, kept from others until the transaction ends; its campaign, fund and donor are only read."""
    return LockedGift(session.execute(_LOCK, {"donation": donation_id}).one())


_D, _C, _F, _P = Donation.__table__, Campaign.__table__, Fund.__table__, Donor.__table__
# Built once, of the tables alone: every gift passes here.
_LOCK = (
    select(
        *(column for column in _D.c if column.key != "checkout_params"),
        *(_C.c.slug, _C.c.series, _C.c.title, _C.c.issuer, _C.c.contact_email),
        *(_F.c.title.label("fund_title"), _F.c.code.label("fund_code"), _F.c.kind.label("fund_kind")),
        _P.c.email.label("donor_email"),
    )
    .join(_C, _C.c.id == _D.c.campaign_id)
    .join(_F, _F.c.id == _D.c.fund_id)
    .outerjoin(_P, _P.c.id == _D.c.donor_id)
    .where(_D.c.id == bindparam("donation"))
    .with_for_update(of=_D)
)
