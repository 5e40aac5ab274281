"""Words and addresses whose names and messages a campaign does not show.

Going back, nothing is blocked any more; what was hidden stays hidden.
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "moderation_block",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(16), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("typed", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", KEY, nullable=True),
        sa.CheckConstraint("kind IN ('word', 'address', 'domain')", name=op.f("ck_moderation_block_kind")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_moderation_block_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_moderation_block_created_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_block")),
        sa.UniqueConstraint("campaign_id", "kind", "value", name=op.f("uq_moderation_block_campaign_id_kind_value")),
        sa.UniqueConstraint("public_id", name=op.f("uq_moderation_block_public_id")),
    )


def downgrade() -> None:
    op.drop_table("moderation_block")
