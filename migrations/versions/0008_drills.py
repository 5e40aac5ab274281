"""Fire drills: what was tried with which version, and what held."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from campaign.services.downgrades import refuse_to_lose

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LOST = {
    "records of fire drills": "drill",
}


def upgrade() -> None:
    op.create_table(
        "drill",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "report", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.CheckConstraint("outcome IN ('held', 'failed', 'waived')", name=op.f("ck_drill_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill")),
    )
    op.create_index(op.f("ix_drill_version"), "drill", ["version"])


def downgrade() -> None:
    refuse_to_lose(op.get_bind(), revision=revision, rows=LOST)
    op.drop_table("drill")
