"""Events that nobody delivered: a comparison fetched them, so they do not say that deliveries arrive."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("provider_event", sa.Column("was_fetched", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Events stay; that nobody delivered them is forgotten."""
    op.drop_column("provider_event", "was_fetched")
