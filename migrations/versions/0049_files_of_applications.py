"""The files of applications are in the database."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

TABLE = "application_file"


def upgrade() -> None:
    op.execute(f"DELETE FROM {TABLE} WHERE body IS NULL")
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("body", existing_type=sa.LargeBinary(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("body", existing_type=sa.LargeBinary(), nullable=True)
