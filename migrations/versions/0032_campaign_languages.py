"""A campaign has languages of its own; those that exist were written in English, Russian and Kyrgyz."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.add_column("campaign", sa.Column("languages", JSON, server_default="[]", nullable=False))
    op.execute("""UPDATE campaign SET languages = '["en", "ru", "ky"]'""")


def downgrade() -> None:
    op.drop_column("campaign", "languages")
