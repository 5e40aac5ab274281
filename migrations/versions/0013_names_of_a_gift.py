"""The names of a payment belong to the gift, no longer to the donor's address: payer's name and name for the receipt.

What is known of old gifts: a donor's name came from the first payment at that address. It is copied to that gift, to the
monthly gift that began with it and to that one's months. A later gift at the same address may be somebody else's, so its
name stays empty until the provider, who knows it, is next asked about the gift.
"""

import sqlalchemy as sa
from alembic import op

from campaign.services.downgrades import refuse_to_lose

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAMED = ("donation", "pledge")

FIRST_GIFTS = """
UPDATE donation SET payer_name = (SELECT donor.name FROM donor WHERE donor.id = donation.donor_id)
WHERE donation.id IN (SELECT min(first.id) FROM donation AS first WHERE first.state = 'paid' GROUP BY first.donor_id)
"""
"""Ids follow the order of making, and a name was kept from the first gift that was paid: among several open pages of one
address the order of paying could differ, so only where that one is also the first paid (below) is the name sure."""
UNSURE = """
UPDATE donation SET payer_name = NULL
WHERE payer_name IS NOT NULL AND EXISTS (
    SELECT 1 FROM donation AS earlier
    WHERE earlier.donor_id = donation.donor_id AND earlier.state = 'paid' AND earlier.paid_at < donation.paid_at
)
"""
PLEDGES = """
UPDATE pledge SET payer_name = (
    SELECT min(month.payer_name) FROM donation AS month WHERE month.pledge_id = pledge.id
)
"""
MONTHS = """
UPDATE donation SET payer_name = (SELECT pledge.payer_name FROM pledge WHERE pledge.id = donation.pledge_id)
WHERE payer_name IS NULL AND pledge_id IS NOT NULL AND state = 'paid'
"""
BACK_TO_DONORS = """
UPDATE donor SET name = (
    SELECT gift.payer_name FROM donation AS gift
    WHERE gift.donor_id = donor.id AND gift.payer_name IS NOT NULL ORDER BY gift.id LIMIT 1
)
"""

LOST = {
    "names for receipts": "donation WHERE receipt_name IS NOT NULL",
    "names for receipts of monthly gifts": "pledge WHERE receipt_name IS NOT NULL",
}


def upgrade() -> None:
    for table in NAMED:
        op.add_column(table, sa.Column("payer_name", sa.String(), nullable=True))
        op.add_column(table, sa.Column("receipt_name", sa.String(), nullable=True))
    for statement in (FIRST_GIFTS, UNSURE, PLEDGES, MONTHS):
        op.execute(statement)
    op.drop_column("donor", "name")


def downgrade() -> None:
    """A payer's name goes to the address of the first gift; the provider knows the others. Chosen names nobody else knows."""
    refuse_to_lose(op.get_bind(), revision=revision, rows=LOST)
    op.add_column("donor", sa.Column("name", sa.String(), nullable=True))
    op.execute(BACK_TO_DONORS)
    for table in NAMED:
        op.drop_column(table, "receipt_name")
        op.drop_column(table, "payer_name")
