"""Column types and mixed-in columns that several tables share."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import CHAR, JSON, BigInteger, CheckConstraint, ForeignKey, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Key

Json = JSON().with_variant(JSONB(astext_type=Text()), "postgresql")

PrimaryKey = Annotated[int, mapped_column(Key, primary_key=True)]
PublicId = Annotated[str, mapped_column(CHAR(16), unique=True)]
"""The name that addresses and mails carry instead of the key."""
CurrencyCode = Annotated[str, mapped_column(CHAR(3))]
Minor = Annotated[int, mapped_column(BigInteger)]
"""An amount in minor units of the row's currency."""
Texts = Annotated[dict[str, str], mapped_column(Json)]
"""A text per language: {"en": …, "ru": …}; a missing one falls back, visibly."""
Codes = Annotated[list[str], mapped_column(Json)]
"""Codes of languages, in their order."""
Facts = Annotated[dict[str, object], mapped_column(Json)]
LongText = Annotated[str, mapped_column(Text)]


def check_values(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Let a column hold the members of an enum alone. Their order is part of the constraint that migrations repeat."""
    allowed = ", ".join(f"'{member.value}'" for member in values)
    return CheckConstraint(f"{column} IN ({allowed})", column)


class HistoryColumns:
    """One step of a history: when, what, and which member of staff did it; nobody where it happened by itself."""

    at: Mapped[datetime]
    kind: Mapped[str]
    detail: Mapped[Facts]
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))


class GiftColumns:
    """What a donor chose, of one gift and of a monthly one: whom it is for, how much, and under which names."""

    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    fund_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"))
    """The purpose that the donor chose."""
    donor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("donor.id"), index=True)
    language: Mapped[str]
    currency: Mapped[CurrencyCode]
    gift_minor: Mapped[Minor]
    cover_minor: Mapped[Minor]
    """Added by the donor to cover the fee; the charge is the sum of both."""
    fee_bearer: Mapped[str]
    is_anonymous: Mapped[bool]
    public_name: Mapped[str | None]
    """What the donor lets everybody read, unless the gift is anonymous."""
    payer_name: Mapped[str | None]
    """Who paid, as entered on the provider's payment page; empty until then."""
    receipt_name: Mapped[str | None]
    """The person or organisation that the receipt is for, where the donor or staff named one; else it is the payer. An
    empty text: the receipt names nobody."""
    utm_source: Mapped[str | None]
    """The tags of the link that led to the form, cleaned (`domain.gift_source`), and the host of the site with that link."""
    utm_medium: Mapped[str | None]
    utm_campaign: Mapped[str | None]
    referrer_host: Mapped[str | None]
