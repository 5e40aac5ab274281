"""The billing cycle anchor of a monthly gift, from which its charges are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pledge", sa.Column("anchor_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE pledge SET anchor_at = started_at")


def downgrade() -> None:
    """The day is the start again, as for old gifts, until the provider, who knows it, is next asked."""
    op.drop_column("pledge", "anchor_at")
