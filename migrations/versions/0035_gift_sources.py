"""Gifts and monthly gifts have the tags of the link that led to them, and the host of the site with that link.

What is not known of earlier gifts stays empty. Going back loses where gifts came from, and nothing about money.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TABLES = ("donation", "pledge")
COLUMNS = ("utm_source", "utm_medium", "utm_campaign", "referrer_host")


def upgrade() -> None:
    for table in TABLES:
        for column in COLUMNS:
            op.add_column(table, sa.Column(column, sa.String(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        for column in COLUMNS:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
