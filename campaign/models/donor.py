"""Who gives: personal data, apart from the books, so that it can be erased while the books stand."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Model
from campaign.models.columns import PrimaryKey, PublicId


class Donor(Model):
    """A mailbox that gifts were made with; `email_key` is its folded form. Names belong to the gifts, not to it."""

    __tablename__ = "donor"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(unique=True)
    language: Mapped[str]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
