"""The books: entries and their postings, sealed by triggers (migration 0002), touched by `posting` alone."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.journal import EntryKind
from campaign.extensions import Key, Model
from campaign.models.columns import CurrencyCode, Minor, PrimaryKey, check_values

ON_PROVIDER = text("account = 1010")
"""Only these lines are looked up by their reference: the provider's own name for the movement."""


class JournalEntry(Model):
    """The header, inserted after its postings: its trigger checks them and so seals the entry."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("id", "transaction_id"),
        check_values("kind", EntryKind),
        Index(None, "campaign_id", "effective_on"),
        Index(None, "subject"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """Made before the postings, which must know it before the header stands; it sorts by moment."""
    transaction_id: Mapped[int] = mapped_column(BigInteger)
    """PostgreSQL's own number of the transaction, so that no line is smuggled in from another; 0 on SQLite."""
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"))
    source: Mapped[str] = mapped_column(unique=True)
    request_hash: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    reverses: Mapped[str | None] = mapped_column(ForeignKey("journal_entry.source"), unique=True)
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    note: Mapped[str]


class Posting(Model):
    """One line: debit positive, credit negative, in minor units of its currency."""

    __tablename__ = "posting"
    __table_args__ = (
        ForeignKeyConstraint(
            ["entry_id", "transaction_id"],
            ["journal_entry.id", "journal_entry.transaction_id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        UniqueConstraint("entry_id", "line"),
        CheckConstraint("amount_minor <> 0", "amount"),
        CheckConstraint("(account >= 3000) = (fund_id IS NOT NULL)", "fund_where_needed"),
        Index(None, "fund_id", "account", "currency", "amount_minor"),
        Index(None, "account", "currency", "amount_minor"),
        Index(None, "reference", sqlite_where=ON_PROVIDER, postgresql_where=ON_PROVIDER),
    )

    id: Mapped[PrimaryKey]
    entry_id: Mapped[str]
    transaction_id: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int]
    account: Mapped[int]
    fund_id: Mapped[int | None] = mapped_column(Key, ForeignKey("fund.id"))
    currency: Mapped[CurrencyCode]
    amount_minor: Mapped[Minor]
    reference: Mapped[str]
