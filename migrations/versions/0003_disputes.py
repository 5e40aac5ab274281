"""What may become of a gift after it was paid: disputes, fraud warnings, a second payment; and the books' words for it."""

import sqlalchemy as sa
from alembic import op

from campaign.services.downgrades import refuse_to_lose

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("gift_paid", "gift_settled", "refund", "refund_failed", "allocation", "take_back", "disbursement", "reversal")
NEW_KINDS = (
    "dispute_opened", "dispute_won", "dispute_lost", "payout_made", "payout_arrived", "payout_failed", "provider_fee",
    "unidentified", "identified",
)  # fmt: skip

LOST = {
    "disputes": "dispute",
    "fraud warnings": "fraud_warning",
    "second payments": "donation WHERE paid_again_for_id IS NOT NULL",
    "charge-backs": "donation WHERE charged_back_minor <> 0",
    "entries about disputes, payouts and fees": f"journal_entry WHERE kind IN ({', '.join(repr(kind) for kind in NEW_KINDS)})",
}


def upgrade() -> None:
    _let_entries_be_of(KINDS, (*KINDS, *NEW_KINDS))
    op.create_table(
        "dispute",
        sa.Column("id", KEY, nullable=False),
        sa.Column("donation_id", KEY, nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_id", sa.String(), nullable=True),
        sa.Column("reinstatement_id", sa.String(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_dispute_positive_amount")),
        sa.CheckConstraint("state IN ('inquiry', 'open', 'won', 'lost', 'closed')", name=op.f("ck_dispute_state")),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_dispute_donation_id_donation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_dispute_provider_id")),
        sa.UniqueConstraint("reinstatement_id", name=op.f("uq_dispute_reinstatement_id")),
        sa.UniqueConstraint("withdrawal_id", name=op.f("uq_dispute_withdrawal_id")),
    )
    op.create_index(op.f("ix_dispute_donation_id"), "dispute", ["donation_id"])
    op.create_index(op.f("ix_dispute_state"), "dispute", ["state"])
    op.create_table(
        "fraud_warning",
        sa.Column("id", KEY, nullable=False),
        sa.Column("donation_id", KEY, nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("fraud_type", sa.String(), nullable=False),
        sa.Column("is_actionable", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_fraud_warning_donation_id_donation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fraud_warning")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_fraud_warning_provider_id")),
    )
    op.create_index(op.f("ix_fraud_warning_donation_id"), "fraud_warning", ["donation_id"])
    key = "INTEGER" if _is_sqlite() else "BIGINT"
    op.execute(
        f"ALTER TABLE donation ADD COLUMN paid_again_for_id {key} "
        "CONSTRAINT fk_donation_paid_again_for_id_donation REFERENCES donation (id)"
    )
    op.execute("ALTER TABLE donation ADD COLUMN charged_back_minor BIGINT DEFAULT '0' NOT NULL")
    op.create_index(op.f("ix_donation_paid_again_for_id"), "donation", ["paid_again_for_id"])


def downgrade() -> None:
    refuse_to_lose(op.get_bind(), revision=revision, rows=LOST)
    op.drop_index(op.f("ix_donation_paid_again_for_id"), "donation")
    op.execute("ALTER TABLE donation DROP COLUMN charged_back_minor")
    op.execute("ALTER TABLE donation DROP COLUMN paid_again_for_id")
    op.drop_table("fraud_warning")
    op.drop_table("dispute")
    _let_entries_be_of((*KINDS, *NEW_KINDS), KINDS)


def _let_entries_be_of(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Change the CHECK of journal_entry.kind. SQLite would have to copy the sealed table; its rows are valid under both."""
    was, will_be = _check(old), _check(new)
    if not _is_sqlite():
        op.execute("ALTER TABLE journal_entry DROP CONSTRAINT ck_journal_entry_kind")
        op.execute(f"ALTER TABLE journal_entry ADD CONSTRAINT ck_journal_entry_kind CHECK ({will_be})")
        return
    version = op.get_bind().execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :was, :will_be) WHERE name = 'journal_entry'"),
        {"was": was, "will_be": will_be},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def _check(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")
