"""Mail that is to leave: written with the work it tells of, sent afterwards, once."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign.extensions import Key, Model
from campaign.models.columns import Facts, PrimaryKey, PublicId


class Message(Model):
    """One mail. `dedupe_key` (kind and subject) is unique, so the same thing is told once."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sent', 'kept', 'held', 'dead')", "state"),
        CheckConstraint("failure IN ('address', 'refused', 'unreachable', 'receipt', 'late', 'fault')", "failure"),
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
    state: Mapped[str] = mapped_column(default="queued")
    """kept: no mail server is set, it can be read at /dev/mail; held: its receipt could not be printed rightly."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    """What the mail server or the program said, in English, for administrators."""
    failure: Mapped[str | None]
    """Why the last try failed or why it is held, for people: address: no mail server takes mail for this address;
    refused: the server refused this mail; unreachable: no server answered, or it asks us to come back; receipt: its
    receipt cannot be printed; late: found by a comparison and not yet released; fault: an error of this program."""
