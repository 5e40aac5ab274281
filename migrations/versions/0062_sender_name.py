"""A campaign says in whose name its emails leave.

Until now they left in the campaign's name, and those of campaigns that exist still do.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

MAX_SENDER_NAME = 60
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
CAMPAIGN = sa.table("campaign", sa.column("id"), sa.column("name", JSON), sa.column("sender_name", JSON))


def upgrade() -> None:
    op.add_column("campaign", sa.Column("sender_name", JSON, server_default="{}", nullable=False))
    connection = op.get_bind()
    for key, names in connection.execute(sa.select(CAMPAIGN.c.id, CAMPAIGN.c.name)).all():
        short = {language: " ".join(name.split())[:MAX_SENDER_NAME] for language, name in (names or {}).items()}
        connection.execute(CAMPAIGN.update().where(CAMPAIGN.c.id == key).values(sender_name=short))


def downgrade() -> None:
    op.drop_column("campaign", "sender_name")
