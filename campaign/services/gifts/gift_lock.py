"""A gift under lock, with all that settling it and writing its receipts and mails needs, read by one statement."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, select
from sqlalchemy.orm import Session

from campaign.domain.donation import DonationState, FeeBearer, name_on_receipt
from campaign.domain.fraud_hold import FraudHold
from campaign.domain.fund import FundKind
from campaign.domain.gift import GiftSnapshot
from campaign.domain.logo import LogoKind
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.fund import Fund
from campaign.models.organisation import Organisation, OrganisationLogo
from campaign.services.organisation.profile import ISSUER_NAMES, issuer_of


@dataclass(frozen=True, slots=True)
class DonorOfGift:
    """The donor whose mailbox the mails go to."""

    id: int
    email: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedGift:
    """A gift as it was read under its lock: `snapshot` is what the rules decide on, the rest is for receipts and mails."""

    id: int
    version: int
    snapshot: GiftSnapshot
    donor: DonorOfGift | None
    donor_erased_at: datetime | None
    pledge_id: int | None
    language: str
    frequency: str
    is_anonymous: bool
    public_name: str | None
    receipt_name: str | None
    campaign_id: int
    campaign_slug: str
    campaign_title: dict[str, str]
    series: str  # of the numbers of receipts
    issuer: dict[str, dict[str, str]]
    """The campaign's own where it has one, else the organisation."""
    country: str | None
    """Of the organisation, two letters, for its address."""
    logo: str | None
    signature: str | None
    """What receipts of the organisation print, by its SHA-256."""
    accent: str | None
    """The colour of its links, in which its receipts are printed."""
    contact_email: str
    fund_title: dict[str, str]
    fund_code: str
    fund_kind: str

    @property
    def subject(self) -> str:
        """The name of the gift in the journal and the audit trail."""
        return self.snapshot.subject

    @property
    def name_on_receipt(self) -> str | None:
        """The name for the receipt; None for a receipt that names nobody."""
        return name_on_receipt(self.receipt_name, self.snapshot.payer_name)


def lock_gift(session: Session, donation_id: int) -> LockedGift:
    """Read the gift and lock it until the transaction ends; its campaign, funds and donor are only read."""
    row = session.execute(_LOCK, {"donation": donation_id}).one()
    columns = row._mapping  # noqa: SLF001  # the documented way to the columns by name
    return LockedGift(
        snapshot=_snapshot(row),
        donor=DonorOfGift(row.donor_id, row.donor_email) if row.donor_id else None,
        issuer=row.own_issuer or issuer_of({name: columns[_O.c[name]] for name in ISSUER_NAMES}),
        country=None if row.own_issuer else row.country,
        logo=None if row.own_issuer else row.logo,
        signature=None if row.own_issuer else row.signature,
        accent=None if row.own_issuer else row.link_colour,
        **{name: columns[name] for name in _READ},
    )


def _snapshot(row: Row[*tuple[Any, ...]]) -> GiftSnapshot:
    values: dict[str, Any] = {name: getattr(row, name) for name in _SNAPSHOT}
    return GiftSnapshot(**{**values, "state": DonationState(row.state), "fraud_hold": FraudHold(row.fraud_hold)})


_D, _C, _F, _P = Donation.__table__, Campaign.__table__, Fund.__table__, Donor.__table__
_O = Organisation.__table__
_LOGO, _SIGNATURE = (OrganisationLogo.__table__.alias(kind) for kind in (LogoKind.LOGO, LogoKind.SIGNATURE))
_GENERAL = Fund.__table__.alias("general")
_SNAPSHOT = tuple(field.name for field in fields(GiftSnapshot))
_MADE = {"snapshot", "donor", "issuer", "country", "logo", "signature", "accent"}
_READ = tuple(field.name for field in fields(LockedGift) if field.name not in _MADE)
_GENERAL_FUND_ID = (
    select(_GENERAL.c.id).where(_GENERAL.c.campaign_id == _D.c.campaign_id, _GENERAL.c.kind == FundKind.GENERAL)
).scalar_subquery()
# Built once, of the tables alone: every gift passes here.
_LOCK = (
    select(
        *(column for column in _D.c if column.key in {*_SNAPSHOT, *_READ, "donor_id"}),
        *(_C.c.slug.label("campaign_slug"), _C.c.title.label("campaign_title")),
        *(_C.c.series, _C.c.issuer.label("own_issuer"), _C.c.contact_email),
        *(_O.c[name] for name in ISSUER_NAMES),
        *(_O.c.country, _O.c.link_colour, _LOGO.c.sha256.label("logo"), _SIGNATURE.c.sha256.label("signature")),
        *(_F.c.title.label("fund_title"), _F.c.code.label("fund_code"), _F.c.kind.label("fund_kind")),
        *(_P.c.email.label("donor_email"), _P.c.erased_at.label("donor_erased_at")),
        case((_D.c.fee_bearer == FeeBearer.FUND, _D.c.fund_id), else_=_GENERAL_FUND_ID).label("fee_fund_id"),
    )
    .join(_C, _C.c.id == _D.c.campaign_id)
    .join(_F, _F.c.id == _D.c.fund_id)
    .outerjoin(_P, _P.c.id == _D.c.donor_id)
    .outerjoin(_O, _O.c.id == 1)
    .outerjoin(_LOGO, and_(_LOGO.c.kind == LogoKind.LOGO, _LOGO.c.is_printed))
    .outerjoin(_SIGNATURE, and_(_SIGNATURE.c.kind == LogoKind.SIGNATURE, _SIGNATURE.c.is_printed))
    .where(_D.c.id == bindparam("donation"))
    .with_for_update(of=_D)
)
