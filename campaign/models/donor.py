"""Who gives: personal data, apart from the books, so that it can be erased while the books stand."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.donor import CreditKind
from campaign.domain.donor_consent import ConsentPurpose, ConsentSource
from campaign.extensions import Key, Model
from campaign.models.columns import Facts, LongText, PrimaryKey, PublicId, check_values


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


class DonorNote(Model):
    """What staff of a campaign noted about a donor."""

    __tablename__ = "donor_note"
    __table_args__ = (Index(None, "donor_id", "campaign_id"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    donor_id: Mapped[int] = mapped_column(Key, ForeignKey("donor.id"))
    text: Mapped[LongText]
    written_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))


class DonorTag(Model):
    """A word that staff of a campaign filed a donor under; `name_key` is its folded form."""

    __tablename__ = "donor_tag"
    __table_args__ = (UniqueConstraint("campaign_id", "donor_id", "name_key"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    donor_id: Mapped[int] = mapped_column(Key, ForeignKey("donor.id"), index=True)
    name: Mapped[str]
    name_key: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))


class DonorSegment(Model):
    """Filters of the list of donors under a name; who is in it is worked out each time."""

    __tablename__ = "donor_segment"
    __table_args__ = (UniqueConstraint("campaign_id", "name_key"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    name: Mapped[str]
    name_key: Mapped[str]
    filters: Mapped[Facts]
    """See `services/donors/stored_filters.py`, which checks them whenever they are read."""
    saved_at: Mapped[datetime]
    saved_by: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))


class SoftCredit(Model):
    """Somebody who has a part in another donor's gift. It is an acknowledgement: no sum of money counts it."""

    __tablename__ = "soft_credit"
    __table_args__ = (UniqueConstraint("donation_id", "donor_id"), check_values("kind", CreditKind))

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    donation_id: Mapped[int] = mapped_column(Key, ForeignKey("donation.id"))
    donor_id: Mapped[int] = mapped_column(Key, ForeignKey("donor.id"), index=True)
    kind: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))


class DonorMerge(Model):
    """Two donors of a campaign of whom staff said that they are one. It names the rows that went from one to the other."""

    __tablename__ = "donor_merge"
    __table_args__ = (CheckConstraint("target_id <> source_id", "two_donors"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    target_id: Mapped[int] = mapped_column(Key, ForeignKey("donor.id"), index=True)
    source_id: Mapped[int] = mapped_column(Key, ForeignKey("donor.id"), index=True)
    moved: Mapped[Facts]
    """Table → ids of the rows that were moved from source to target."""
    merged_at: Mapped[datetime]
    merged_by: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))


class DistinctDonors(Model):
    """Two donors of a campaign of whom staff said that they are not one: they are not proposed for merging again."""

    __tablename__ = "distinct_donors"

    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), primary_key=True)
    first_id: Mapped[int] = mapped_column(Key, ForeignKey("donor.id"), primary_key=True)
    """The lower of the two ids."""
    second_id: Mapped[int] = mapped_column(Key, ForeignKey("donor.id"), primary_key=True)
    decided_at: Mapped[datetime]
    decided_by: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))
