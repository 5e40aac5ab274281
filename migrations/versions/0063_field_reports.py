"""Reports on events that were written in field mode wait beside the report."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.add_column("event", sa.Column("report_drafts", JSON, server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("event", "report_drafts")
