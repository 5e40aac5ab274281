"""Browsers in which donors are signed in to their own pages."""

from datetime import datetime

from sqlalchemy import CHAR, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Key, Model
from campaign.models.columns import PrimaryKey, PublicId
from campaign.models.donor import Donor


class DonorSession(Model):
    """A browser in which a donor is signed in; the signed cookie names the row, and is worth nothing without it."""

    __tablename__ = "donor_session"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    donor_id: Mapped[int] = mapped_column(Key, ForeignKey(Donor.id), index=True)
    sign_in_id: Mapped[str] = mapped_column(CHAR(16), unique=True)
    """The request that it answers: unique, so that a code or link opens one session, also after that one has ended."""
    browser: Mapped[str]
    """Two names for the donor's own list, such as Firefox and Windows; the whole header is not stored."""
    system: Mapped[str]
    is_remembered: Mapped[bool]
    signed_in_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    """To the minute."""
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
