"""A campaign may have colours of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

NAMES = ("button_colour", "link_colour")


def upgrade() -> None:
    for name in NAMES:
        op.add_column("campaign", sa.Column(name, sa.CHAR(7), nullable=True))


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_column("campaign", name)
