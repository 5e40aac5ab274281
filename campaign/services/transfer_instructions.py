"""A gift by bank transfer: the donor sends the money to the provider's account, with its reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.donation import DonationState
from campaign.domain.money import Money
from campaign.i18n import country_name, money
from campaign.models.donation import Donation, DonationEvent

FIELDS: Mapping[str, LazyString] = {
    "account_holder_name": _("Account holder"),
    "iban": _("IBAN"),
    "bic": _("BIC (SWIFT code)"),
    "account_number": _("Account number"),
    "routing_number": _("Routing number"),
    "sort_code": _("Sort code"),
    "clabe": _("CLABE"),
    "swift_code": _("SWIFT code"),
    "bank_code": _("Bank code"),
    "branch_code": _("Branch code"),
    "account_type": _("Account type"),
    "bank_name": _("Bank"),
    "branch_name": _("Branch"),
    "country": _("Country of the bank"),
}
"""What the provider may tell of an account, in the order in which a bank's form asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDue:
    """What the donor needs to send the money, as finished texts."""

    amount: str
    reference: str
    url: str
    accounts: list[list[tuple[str, str]]]  # several where the bank may choose; each as label and value


def transfer_in_words(stored: Mapping[str, Any]) -> TransferDue:
    """Return stored instructions in the reader's language."""
    return TransferDue(
        amount=money(Money(int(stored["minor"]), str(stored["currency"])), exact=True),
        reference=str(stored["reference"]),
        url=str(stored["url"]),
        accounts=[
            [(str(label), _readable(name, str(account[name]))) for name, label in FIELDS.items() if account.get(name)]
            for account in stored["accounts"]
        ],
    )


def _readable(name: str, value: str) -> str:
    """A fact of an account; a country by its name in the reader's language instead of its code."""
    return country_name(value) if name == "country" else value


def transfer_due(donation_public_id: str) -> TransferDue | None:
    """Return how to send the money of a gift; None where there is nothing to send."""
    query = (
        select(DonationEvent.detail)
        .join(Donation, Donation.id == DonationEvent.donation_id)
        .where(
            Donation.public_id == donation_public_id,
            Donation.state == DonationState.PROCESSING.value,
            DonationEvent.kind == DonationState.PROCESSING.value,
        )
        .order_by(DonationEvent.id.desc())
        .limit(1)
    )
    with reading() as session:
        detail = session.execute(query).scalar()
    stored = (detail or {}).get("transfer")
    return transfer_in_words(stored) if isinstance(stored, dict) else None
