"""What staff decided about a campaign, when it was closed early, and what everybody reads about that."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from campaign.services.downgrades import refuse_to_lose

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
STAGES = "'draft', 'published', 'closed', 'archived'"
COLUMNS = ("state_note", "closed_on", "stage")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE campaign ADD COLUMN stage VARCHAR DEFAULT 'published' NOT NULL "
        f"CONSTRAINT ck_campaign_stage CHECK (stage IN ({STAGES}))"
    )
    op.add_column("campaign", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("campaign", sa.Column("state_note", JSON, server_default="{}", nullable=False))


def downgrade() -> None:
    """An older version would show a draft to everybody."""
    drafts = {"campaigns that only staff may see": "campaign WHERE stage = 'draft'"}
    refuse_to_lose(op.get_bind(), revision=revision, rows=drafts)
    for column in COLUMNS:
        op.execute(f"ALTER TABLE campaign DROP COLUMN {column}")
