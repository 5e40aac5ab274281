"""The number from which a person's address for updates by email is made."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("mail_nonce", sa.CHAR(16), nullable=True))
    op.create_index("uq_staff_mail_nonce", "staff", ["mail_nonce"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_staff_mail_nonce", "staff")
    op.drop_column("staff", "mail_nonce")
