"""Alarms and the signs of life behind them; indexes with which the desk finds its way in a large inbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
FACTS = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
RINGS = sa.text("cleared_at IS NULL")
FOUND_BY = (("state", "id"), ("type", "id"), ("donation_id", "id"), ("received_at", "id"))


def upgrade() -> None:
    op.create_table(
        "observation",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("facts", FACTS, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_observation")),
    )
    op.create_table(
        "alarm",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=True),
        sa.Column("facts", FACTS, nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("cleared_at", MOMENT, nullable=True),
        sa.CheckConstraint("severity IN ('urgent', 'warning')", name=op.f("ck_alarm_severity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index("uq_alarm_ringing", "alarm", ["key"], unique=True, sqlite_where=RINGS, postgresql_where=RINGS)
    op.create_index(op.f("ix_alarm_cleared_at"), "alarm", ["cleared_at"])
    for columns in FOUND_BY:
        op.create_index(op.f(f"ix_provider_event_{'_'.join(columns)}"), "provider_event", list(columns))


def downgrade() -> None:
    """Alarms and signs of life are dropped: what is wrong rings again at the next look."""
    for columns in FOUND_BY:
        op.drop_index(op.f(f"ix_provider_event_{'_'.join(columns)}"), "provider_event")
    op.drop_table("alarm")
    op.drop_table("observation")
