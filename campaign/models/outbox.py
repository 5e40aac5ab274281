"""Mail that is to leave: written with the work it tells of, sent afterwards, once."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.mail import MailFailure, MailHoldReason, MailState
from campaign.extensions import Key, Model
from campaign.models.columns import Facts, PrimaryKey, PublicId, check_values


class Message(Model):
    """One mail. `dedupe_key` (kind and subject) is unique, so the same thing is told once."""

    __tablename__ = "message"
    __table_args__ = (
        check_values("state", MailState),
        check_values("failure", MailFailure),
        check_values("hold_reason", MailHoldReason),
        CheckConstraint("(state = 'held') = (hold_reason IS NOT NULL)", "held_has_a_reason"),
        Index(None, "state", "next_try_at", "id"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    kind: Mapped[str]
    language: Mapped[str]
    recipient: Mapped[str]
    facts: Mapped[Facts]
    """What the templates of this kind are given."""
    search_text: Mapped[str] = mapped_column(server_default="", default="")
    """The recipient's address as `domain.folding` folds it, for the search at the staff desk."""
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    receipt_id: Mapped[int | None] = mapped_column(Key, ForeignKey("receipt.id"))
    donation_id: Mapped[int | None] = mapped_column(Key, ForeignKey("donation.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    """Whose donors it tells; none for a mail to staff or with a code for the form."""
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    """What the mail server or the program said, in English, for administrators; no code reads it."""
    failure: Mapped[str | None]
    """Why the last attempt failed, or what became known after it left: a `MailFailure`."""
    hold_reason: Mapped[str | None]
    """Why it is held back: a `MailHoldReason`, while its state is held."""
