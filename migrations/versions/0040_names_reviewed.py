"""Names of donors can be approved, and a campaign can show them after that alone.

Names that are shown stay so: no campaign asks for approval first until its staff say so. Going back, names that wait for
approval would be shown, so they are taken off the list.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

HIDE_WAITING = """
UPDATE donation SET wall = 'hidden' WHERE wall_reviewed_at IS NULL AND public_name IS NOT NULL
AND campaign_id IN (SELECT id FROM campaign WHERE names_need_review)
"""


def upgrade() -> None:
    op.add_column("donation", sa.Column("wall_reviewed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaign", sa.Column("names_need_review", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.execute(HIDE_WAITING)
    op.execute("ALTER TABLE campaign DROP COLUMN names_need_review")
    op.execute("ALTER TABLE donation DROP COLUMN wall_reviewed_at")
