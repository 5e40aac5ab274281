"""Reads which gift an object at the provider belongs to, and its version, before the provider is asked about it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from campaign.database import autocommit
from campaign.models.donation import Dispute, Donation, FraudWarning, Refund


@dataclass(frozen=True, slots=True)
class GiftVersion:
    """A gift's row as it stood before the provider was asked.

    `has_later_objects` says whether it has refunds, disputes or fraud warnings, so that all of these must be fetched.
    """

    id: int
    version: int
    checkout_id: str | None
    invoice_id: str | None
    has_pledge: bool
    has_later_objects: bool


def version_of_gift(donation_id: int) -> GiftVersion | None:
    """Read the gift with this key."""
    return _read(_BY_ID, donation_id)


def version_of_public_id(public_id: str) -> GiftVersion | None:
    """Read the gift with this public id."""
    return _read(_BY_PUBLIC_ID, public_id)


def version_of_object(kind: str, object_id: str) -> GiftVersion | None:
    """Read the gift whose row, refund, dispute or warning names an object of the provider; None: no row does."""
    return _read(BY_OBJECT[kind], object_id)


def _read(query: Select[*tuple[Any, ...]], key: str | int) -> GiftVersion | None:
    with autocommit() as connection:
        row = connection.execute(query, {"key": key}).one_or_none()
    return GiftVersion(*row) if row else None


_DONATION, _REFUND, _DISPUTE, _WARNING = (table.__table__ for table in (Donation, Refund, Dispute, FraudWarning))
# Built once, of the tables alone: every event passes here.
_VERSION = select(
    _DONATION.c.id,
    _DONATION.c.version,
    _DONATION.c.checkout_id,
    _DONATION.c.invoice_id,
    _DONATION.c.pledge_id.is_not(None),
    or_(
        *(
            select(table.c.id).where(table.c.donation_id == _DONATION.c.id).correlate(_DONATION).exists()
            for table in (_REFUND, _DISPUTE, _WARNING)
        )
    ),
)


def _of_provider_id(table: Any) -> Select[*tuple[Any, ...]]:  # one of those above
    return _VERSION.where(
        _DONATION.c.id.in_(select(table.c.donation_id).where(table.c.provider_id == bindparam("key")))
    )


_BY_ID = _VERSION.where(_DONATION.c.id == bindparam("key"))
_BY_PUBLIC_ID = _VERSION.where(_DONATION.c.public_id == bindparam("key"))
BY_OBJECT = {
    "checkout.session": _VERSION.where(_DONATION.c.checkout_id == bindparam("key")),
    "payment_intent": _VERSION.where(_DONATION.c.payment_id == bindparam("key")),
    "charge": _VERSION.where(_DONATION.c.charge_id == bindparam("key")),
    "invoice": _VERSION.where(_DONATION.c.invoice_id == bindparam("key")),
    "refund": _of_provider_id(_REFUND),
    "charge.dispute": _of_provider_id(_DISPUTE),
    "radar.early_fraud_warning": _of_provider_id(_WARNING),
    "review": _of_provider_id(_WARNING),
}
"""Kind of object → the query for its gift."""
