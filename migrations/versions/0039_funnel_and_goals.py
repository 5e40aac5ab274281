"""Daily numbers of opened donation forms, and goals of a campaign besides its sum.

Going back loses both, and nothing about money.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "form_views",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("views > 0", name=op.f("ck_form_views_positive")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_form_views_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("campaign_id", "day", "language", name=op.f("pk_form_views")),
    )
    op.create_table(
        "campaign_goals",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("gifts", sa.BigInteger(), nullable=True),
        sa.Column("donors", sa.BigInteger(), nullable=True),
        sa.Column("monthly_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("gifts > 0", name=op.f("ck_campaign_goals_gifts")),
        sa.CheckConstraint("donors > 0", name=op.f("ck_campaign_goals_donors")),
        sa.CheckConstraint("monthly_minor > 0", name=op.f("ck_campaign_goals_monthly")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_goals_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_goals")),
    )


def downgrade() -> None:
    op.drop_table("campaign_goals")
    op.drop_table("form_views")
