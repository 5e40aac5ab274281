"""First passwords expire; whoever has a password already keeps it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("first_password_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """A password that was meant for the first sign-in is taken away: without the column it would hold for ever."""
    op.execute("UPDATE staff SET password = NULL WHERE first_password_until IS NOT NULL")
    op.drop_column("staff", "first_password_until")
