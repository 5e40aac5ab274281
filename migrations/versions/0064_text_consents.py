"""Consents of people who are quoted or named in texts."""

import sqlalchemy as sa
from alembic import op

from campaign.services.downgrades import refuse_to_lose

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "text_consent",
        sa.Column("id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("piece", sa.String(), nullable=False),
        sa.Column("consent_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_text_consent_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_text_consent_consent_id_consent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_consent")),
        sa.UniqueConstraint(
            "campaign_id", "piece", "consent_id", name=op.f("uq_text_consent_campaign_id_piece_consent_id")
        ),
    )
    op.create_index(op.f("ix_text_consent_consent_id"), "text_consent", ["consent_id"])


def downgrade() -> None:
    """An older version would show texts that somebody no longer agrees to."""
    refuse_to_lose(op.get_bind(), revision=revision, rows={"consents to be quoted": "text_consent"})
    op.drop_table("text_consent")
