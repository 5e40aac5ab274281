"""A suspicion of fraud holds a gift until a person decides; reviews and elevated risk are signs of it too.

Gifts that came before are not held: their receipts have left. Going back, a gift that is held counts again; a sign that is no
warning of an issuer becomes one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

STATES = "'none', 'waiting', 'disputed', 'approved', 'ended'"
SIGNS = "'warning', 'review', 'risk'"
IS_ON_HOLD = sa.text("fraud_hold IN ('waiting', 'disputed')")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE donation ADD COLUMN fraud_hold VARCHAR DEFAULT 'none' NOT NULL "
        f"CONSTRAINT ck_donation_fraud_hold CHECK (fraud_hold IN ({STATES}))"
    )
    op.execute(
        "ALTER TABLE fraud_warning ADD COLUMN sign VARCHAR DEFAULT 'warning' NOT NULL "
        f"CONSTRAINT ck_fraud_warning_sign CHECK (sign IN ({SIGNS}))"
    )
    op.create_index(
        "ix_donation_held", "donation", ["campaign_id"], sqlite_where=IS_ON_HOLD, postgresql_where=IS_ON_HOLD
    )


def downgrade() -> None:
    op.drop_index("ix_donation_held", "donation")
    op.execute("ALTER TABLE fraud_warning DROP COLUMN sign")
    op.execute("ALTER TABLE donation DROP COLUMN fraud_hold")
