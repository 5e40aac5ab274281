"""Whether a person decided about a sign of fraud: the hold of a gift is computed of its signs and of these decisions.

Signs of gifts that are not held were decided about, or came before gifts were held; they hold nothing afterwards either.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fraud_warning", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE fraud_warning SET approved_at = made_at WHERE donation_id IN "
        "(SELECT id FROM donation WHERE fraud_hold IN ('none', 'approved'))"
    )


def downgrade() -> None:
    """The hold of each gift stays as it was computed last."""
    op.execute("ALTER TABLE fraud_warning DROP COLUMN approved_at")
