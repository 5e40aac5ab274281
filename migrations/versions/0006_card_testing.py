"""What is counted against card testing, where payment sessions were started from, and the times behind the shield."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "attempt_count",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("bucket_at", MOMENT, nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("turned_away", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", "bucket_at", name=op.f("pk_attempt_count")),
    )
    op.create_index(op.f("ix_attempt_count_bucket_at"), "attempt_count", ["bucket_at"])
    op.create_table(
        "gift_start",
        sa.Column("id", KEY, nullable=False),
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=True),
        sa.Column("network_key", sa.String(), nullable=True),
        sa.Column("email_key", sa.String(), nullable=True),
        sa.Column("email_near_key", sa.String(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("page_closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_start")),
    )
    for columns in (
        ("form_id",),
        ("address_key", "started_at"),
        ("network_key", "started_at"),
        ("email_key", "started_at"),
        ("started_at",),
    ):
        op.create_index(op.f(f"ix_gift_start_{'_'.join(columns)}"), "gift_start", list(columns))
    op.create_table(
        "shield_period",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(length=16), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("started_by", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", KEY, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("cause IN ('failures', 'starts', 'staff')", name=op.f("ck_shield_period_cause")),
        sa.CheckConstraint("is_open OR is_open IS NULL", name=op.f("ck_shield_period_open_or_nothing")),
        sa.CheckConstraint(
            "(is_open IS NULL) = (ended_at IS NOT NULL)", name=op.f("ck_shield_period_closed_has_a_time")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_shield_period_ended_by_staff")),
        sa.ForeignKeyConstraint(["started_by"], ["staff.id"], name=op.f("fk_shield_period_started_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shield_period")),
        sa.UniqueConstraint("is_open", name=op.f("uq_shield_period_is_open")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shield_period_public_id")),
    )
    op.create_index(op.f("ix_shield_period_ended_at"), "shield_period", ["ended_at"])


def downgrade() -> None:
    """Counts, which are forgotten after days, are dropped; who raised the shield stands in the audit trail."""
    op.drop_table("shield_period")
    op.drop_table("gift_start")
    op.drop_table("attempt_count")
