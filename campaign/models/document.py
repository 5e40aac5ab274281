"""The documents of a campaign: their drafts, and every version that was published or is going to be."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.documents.versions import VersionState
from campaign.extensions import Key, Model
from campaign.models.columns import Facts, PrimaryKey, check_values

NullableJson = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True, astext_type=Text()), "postgresql")


class CampaignDocument(Model):
    """A text that staff edit as a whole; the published text itself stands in the tables of the campaign."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    name: Mapped[str]
    draft: Mapped[dict[str, Any] | None] = mapped_column(NullableJson)
    """What was typed and is not published; NULL: nothing."""
    sources: Mapped[Facts]
    """Which source text each translation belongs to (domain/documents/translation.py)."""
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))


class DocumentVersion(Model):
    """The whole content of a document at a publication; append-only but for its state."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"), check_values("state", VersionState))

    id: Mapped[PrimaryKey]
    document_id: Mapped[int] = mapped_column(Key, ForeignKey("document.id"))
    number: Mapped[int]
    state: Mapped[str]
    content: Mapped[Facts]
    sources: Mapped[Facts]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    """Nobody: the text was there before, or was changed by the program."""
    publish_at: Mapped[datetime | None] = mapped_column(index=True)
    published_at: Mapped[datetime | None]
    restored_number: Mapped[int | None]
    """The version whose content this one brought back."""
