"""What a receipt's PDF shows a substitute for, so that staff learn of it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("receipt_file", sa.Column("substituted", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("receipt_file", "substituted")
