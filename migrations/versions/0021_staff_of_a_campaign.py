"""A member of staff may hold their roles for one campaign only; those who are there hold them for all, as before."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        f"ALTER TABLE staff ADD COLUMN campaign_id {_key()} CONSTRAINT fk_staff_campaign_id_campaign REFERENCES campaign (id)"
    )
    op.create_index(op.f("ix_staff_campaign_id"), "staff", ["campaign_id"])


def downgrade() -> None:
    """Whoever held a role for one campaign may not sign in any more: without the column it would hold for all."""
    op.execute(sa.text("UPDATE staff SET active = :no WHERE campaign_id IS NOT NULL").bindparams(no=False))
    op.drop_index(op.f("ix_staff_campaign_id"), "staff")
    op.execute("ALTER TABLE staff DROP COLUMN campaign_id")


def _key() -> str:
    return "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
