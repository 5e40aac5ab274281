"""A gift has the day on which it counts, for registers and files; the journal and the receipts have it already.

Gifts that are paid keep the day of their entry in the journal, so that nothing that was printed or reported moves; one
without an entry takes the day of its payment in UTC, which was the rule until now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

AS_BOOKED = """
UPDATE donation SET paid_on = (
    SELECT min(journal_entry.effective_on) FROM journal_entry
    WHERE journal_entry.subject = 'donation:' || donation.public_id AND journal_entry.kind = 'gift_paid'
)
WHERE paid_at IS NOT NULL
"""
IN_UTC = {
    "sqlite": "UPDATE donation SET paid_on = date(paid_at) WHERE paid_at IS NOT NULL AND paid_on IS NULL",
    "postgresql": "UPDATE donation SET paid_on = CAST(paid_at AT TIME ZONE 'UTC' AS date) "
    "WHERE paid_at IS NOT NULL AND paid_on IS NULL",
}


def upgrade() -> None:
    op.add_column("donation", sa.Column("paid_on", sa.Date(), nullable=True))
    op.execute(AS_BOOKED)
    op.execute(IN_UTC[op.get_bind().dialect.name])
    op.create_index("ix_donation_campaign_id_paid_on", "donation", ["campaign_id", "paid_on"])


def downgrade() -> None:
    op.drop_index("ix_donation_campaign_id_paid_on", table_name="donation")
    op.drop_column("donation", "paid_on")
