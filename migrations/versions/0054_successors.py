"""A campaign names a successor, and monthly donors answer whether they continue there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(astext_type=sa.Text()), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "campaign_succession",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("successor_id", KEY, nullable=False),
        sa.Column("purposes", JSON, nullable=False),
        sa.Column("named_at", INSTANT, nullable=False),
        sa.Column("named_by", KEY, nullable=True),
        sa.CheckConstraint("successor_id <> campaign_id", name=op.f("ck_campaign_succession_another_campaign")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_succession_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["campaign.id"], name=op.f("fk_campaign_succession_successor_id_campaign")
        ),
        sa.ForeignKeyConstraint(["named_by"], ["staff.id"], name=op.f("fk_campaign_succession_named_by_staff")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_succession")),
    )
    op.create_index(op.f("ix_campaign_succession_successor_id"), "campaign_succession", ["successor_id"])
    op.create_table(
        "pledge_succession",
        sa.Column("id", KEY, nullable=False),
        sa.Column("pledge_id", KEY, nullable=False),
        sa.Column("from_campaign_id", KEY, nullable=False),
        sa.Column("from_fund_id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("fund_id", KEY, nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("moved_at", INSTANT, nullable=True),
        sa.CheckConstraint("answer IN ('yes', 'no')", name=op.f("ck_pledge_succession_answer")),
        sa.CheckConstraint("moved_at IS NULL OR answer = 'yes'", name=op.f("ck_pledge_succession_moved_by_a_yes")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_succession_pledge_id_pledge")),
        sa.ForeignKeyConstraint(
            ["from_campaign_id"], ["campaign.id"], name=op.f("fk_pledge_succession_from_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(["from_fund_id"], ["fund.id"], name=op.f("fk_pledge_succession_from_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_pledge_succession_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_succession_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_succession")),
        sa.UniqueConstraint(
            "pledge_id", "campaign_id", name=op.f("uq_pledge_succession_pledge_id_campaign_id")
        ),
    )
    op.create_index(op.f("ix_pledge_succession_from_campaign_id"), "pledge_succession", ["from_campaign_id"])


def downgrade() -> None:
    op.drop_table("pledge_succession")
    op.drop_table("campaign_succession")
