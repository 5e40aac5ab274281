"""The provider's side of the money: its balance transactions as they came, its payouts, and what was found by comparing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from campaign.services.downgrades import refuse_to_lose

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
ON_PROVIDER = sa.text("account = 1010")

LOST = {
    "payouts": "payout",
    "balance transactions": "provider_transaction",
}


def upgrade() -> None:
    op.create_table(
        "payout",
        sa.Column("id", KEY, nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("transaction_id", sa.String(), nullable=True),
        sa.Column("failure_transaction_id", sa.String(), nullable=True),
        sa.Column("failed_on", sa.Date(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("walked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("difference_minor", sa.BigInteger(), nullable=True),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("campaign_id", KEY, nullable=True),
        sa.CheckConstraint("state IN ('under_way', 'arrived', 'failed', 'canceled')", name=op.f("ck_payout_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_payout_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_payout_provider_id")),
    )
    op.create_table(
        "provider_transaction",
        sa.Column("id", KEY, nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=True),
        sa.Column("payment_id", sa.String(), nullable=True),
        sa.Column("payout_id", KEY, nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("explained_by", sa.String(), nullable=True),
        sa.Column("is_foreign", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "explained_by IN ('books', 'payout', 'undone', 'fee', 'unidentified')",
            name=op.f("ck_provider_transaction_explained_by"),
        ),
        sa.CheckConstraint("net_minor = amount_minor - fee_minor", name=op.f("ck_provider_transaction_net")),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_provider_transaction_payout_id_payout")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_transaction")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_provider_transaction_provider_id")),
    )
    op.create_index(op.f("ix_provider_transaction_explained_by"), "provider_transaction", ["explained_by"])
    op.create_index(op.f("ix_provider_transaction_made_at"), "provider_transaction", ["made_at"])
    op.create_index(op.f("ix_provider_transaction_payment_id"), "provider_transaction", ["payment_id"])
    op.create_index(op.f("ix_provider_transaction_payout_id"), "provider_transaction", ["payout_id"])
    op.create_index(op.f("ix_provider_transaction_source_id"), "provider_transaction", ["source_id"])
    op.create_table(
        "reconciliation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found", JSON, nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_index(
        op.f("ix_posting_reference"),
        "posting",
        ["reference"],
        sqlite_where=ON_PROVIDER,
        postgresql_where=ON_PROVIDER,
    )


def downgrade() -> None:
    """Comparisons and leases are dropped: the next comparison is made from the start."""
    refuse_to_lose(op.get_bind(), revision=revision, rows=LOST)
    op.drop_index(op.f("ix_posting_reference"), "posting")
    op.drop_table("lease")
    op.drop_table("reconciliation")
    op.drop_table("provider_transaction")
    op.drop_table("payout")
