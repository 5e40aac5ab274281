"""Who of the staff gets the weekly email of a campaign's dashboard.

Going back, nobody gets it any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "weekly_report",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(16), nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("weekday", sa.BigInteger(), nullable=True),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("last_due_on", sa.Date(), nullable=True),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_report_weekday")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_weekly_report_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_weekly_report_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_weekly_report_public_id")),
        sa.UniqueConstraint("staff_id", "campaign_id", name=op.f("uq_weekly_report_staff_id_campaign_id")),
    )


def downgrade() -> None:
    op.drop_table("weekly_report")
