"""The last code of the second step that was taken, so that none is taken twice."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("tf_totp_counter", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("staff", "tf_totp_counter")
