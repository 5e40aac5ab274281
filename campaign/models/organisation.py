"""The organisation that runs this installation: one row."""

from datetime import datetime

from sqlalchemy import CHAR, CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.logo import LogoKind
from campaign.extensions import Key, Model
from campaign.models.columns import Json, Texts, check_values


class Organisation(Model):
    """Who asks for the money: on pages, emails and receipts. Its id is always 1."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("id = 1", "one_row"),
        CheckConstraint("fiscal_month BETWEEN 1 AND 12", "fiscal_month"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    revision: Mapped[int]
    """Counts the changes: a form that was opened before another change is refused."""
    legal_name: Mapped[Texts]
    short_name: Mapped[Texts]
    address: Mapped[Texts]
    place: Mapped[Texts]
    """The town in which receipts are issued."""
    registration: Mapped[Texts]
    country: Mapped[str | None] = mapped_column(CHAR(2))
    time_zone: Mapped[str | None]
    """An IANA name; without one, the setting TIME_ZONE is in force."""
    fiscal_month: Mapped[int]
    """The first month of the fiscal year."""
    contact_email: Mapped[str]
    reply_to: Mapped[str]
    """Where answers to emails go; empty: to the campaign's contact address."""
    signatory: Mapped[Texts]
    signatory_role: Mapped[Texts]
    footer: Mapped[Texts]
    """The legal lines below every page and email."""
    links: Mapped[list[str]] = mapped_column(Json)
    """Public addresses of the organisation, such as its site."""
    button_colour: Mapped[str | None] = mapped_column(CHAR(7))
    link_colour: Mapped[str | None] = mapped_column(CHAR(7))
    updated_at: Mapped[datetime]


class OrganisationLogo(Model):
    """The organisation's logo or icon, as it is served, or the signature of its signatory."""

    __tablename__ = "organisation_logo"
    __table_args__ = (check_values("kind", LogoKind),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    digest: Mapped[str] = mapped_column(CHAR(16))
    """The beginning of the SHA-256 of the content; addresses carry it, so that browsers may cache for long."""
    sha256: Mapped[str] = mapped_column(CHAR(64))
    is_printed: Mapped[bool]
    """Whether receipts can print it."""
    updated_at: Mapped[datetime]
