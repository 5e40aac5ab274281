"""Who gives: personal data, apart from the books, so that it can be erased while the books stand."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.donor_consent import ConsentPurpose, ConsentSource
from campaign.extensions import Key, Model
from campaign.models.columns import PrimaryKey, PublicId, check_values


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


OPEN = text("withdrawn_at IS NULL")


class DonorConsent(Model):
    """Somebody agreed to get emails of a purpose; withdrawn, the row stays. A donor's, or a reader's of the updates."""

    __tablename__ = "donor_consent"
    __table_args__ = (
        check_values("purpose", ConsentPurpose),
        check_values("source", ConsentSource),
        CheckConstraint("(donor_id IS NULL) <> (subscriber_id IS NULL)", "one_person"),
        Index("uq_donor_consent_donor", "donor_id", "purpose", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("uq_donor_consent_subscriber", "subscriber_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    donor_id: Mapped[int | None] = mapped_column(Key, ForeignKey(Donor.id), index=True)
    subscriber_id: Mapped[int | None] = mapped_column(Key, ForeignKey("subscriber.id"), index=True)
    purpose: Mapped[str]
    text_version: Mapped[str]
    """Which text they agreed to (services/consent_log.py), in `language`."""
    language: Mapped[str]
    source: Mapped[str]
    evidence: Mapped[str]
    """Where the paper or the message is, as staff wrote it; empty for a link."""
    given_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    """Nobody: the reader, by a link."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    """Nobody: the reader themselves, or nothing was withdrawn."""
