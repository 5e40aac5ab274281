"""Emails from staff to a segment of donors: the text, and one row for each donor of the segment."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.donor_consent import ConsentPurpose
from campaign.domain.news import MailingState
from campaign.domain.segment_mailing import LeftOut
from campaign.extensions import Key, Model
from campaign.models.columns import PrimaryKey, PublicId, Texts, check_values


class SegmentMailing(Model):
    """A text that is sent to those of a segment who have agreed to emails of its purpose."""

    __tablename__ = "segment_mailing"
    __table_args__ = (check_values("purpose", ConsentPurpose), check_values("state", MailingState))

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    segment_name: Mapped[str]
    """As it was called then; the segment may be removed since."""
    purpose: Mapped[str]
    title: Mapped[Texts]
    body: Mapped[Texts]
    state: Mapped[str] = mapped_column(default=MailingState.RUNNING, index=True)
    started_at: Mapped[datetime]
    started_by: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))


class SegmentDelivery(Model):
    """The one email to one donor, or why there is none. Its key lets no second one be written."""

    __tablename__ = "segment_delivery"
    __table_args__ = (check_values("left_out", LeftOut), Index(None, "donor_id"))

    mailing_id: Mapped[int] = mapped_column(Key, ForeignKey("segment_mailing.id"), primary_key=True)
    donor_id: Mapped[int] = mapped_column(Key, ForeignKey("donor.id"), primary_key=True)
    message_id: Mapped[int | None] = mapped_column(Key, ForeignKey("message.id"), unique=True)
    left_out: Mapped[str | None]
    handed_over_at: Mapped[datetime | None]
    """When a worker began to hand it to the mail server: it is not handed over a second time."""
