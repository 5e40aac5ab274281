"""The day by which the reviewers of a call give their scores."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grant_call", sa.Column("reviews_due_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Emails to reviewers that wait are removed: the older version has no templates for them."""
    op.execute("DELETE FROM message WHERE kind = 'review_due'")
    op.drop_column("grant_call", "reviews_due_on")
