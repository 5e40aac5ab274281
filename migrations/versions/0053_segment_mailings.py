"""Emails from staff to a segment of donors."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "segment_mailing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(16), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("segment_name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("body", TEXTS, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("started_by", KEY, nullable=False),
        sa.CheckConstraint(
            "purpose IN ('updates', 'thanks', 'invitations')", name=op.f("ck_segment_mailing_purpose")
        ),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'finished', 'stopped')", name=op.f("ck_segment_mailing_state")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_segment_mailing_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["started_by"], ["staff.id"], name=op.f("fk_segment_mailing_started_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_mailing")),
        sa.UniqueConstraint("public_id", name=op.f("uq_segment_mailing_public_id")),
    )
    op.create_index(op.f("ix_segment_mailing_campaign_id"), "segment_mailing", ["campaign_id"])
    op.create_index(op.f("ix_segment_mailing_state"), "segment_mailing", ["state"])
    op.create_table(
        "segment_delivery",
        sa.Column("mailing_id", KEY, nullable=False),
        sa.Column("donor_id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("left_out", sa.String(), nullable=True),
        sa.Column("handed_over_at", MOMENT, nullable=True),
        sa.CheckConstraint("left_out IN ('consent', 'address')", name=op.f("ck_segment_delivery_left_out")),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["segment_mailing.id"], name=op.f("fk_segment_delivery_mailing_id_segment_mailing")
        ),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_segment_delivery_donor_id_donor")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_segment_delivery_message_id_message")),
        sa.PrimaryKeyConstraint("mailing_id", "donor_id", name=op.f("pk_segment_delivery")),
        sa.UniqueConstraint("message_id", name=op.f("uq_segment_delivery_message_id")),
    )
    op.create_index(op.f("ix_segment_delivery_donor_id"), "segment_delivery", ["donor_id"])


def downgrade() -> None:
    """Emails that wait in the outbox are removed: the older version has no templates for them."""
    op.drop_table("segment_delivery")
    op.drop_table("segment_mailing")
    op.execute("DELETE FROM message WHERE kind = 'segment_mail'")
