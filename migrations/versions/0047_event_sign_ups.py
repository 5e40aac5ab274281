"""Sign-up for events."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
OF_EVENTS = ("head_count", "details_changed_at", "has_waiting_list", "sign_up_until", "takes_sign_ups")


def upgrade() -> None:
    op.add_column("event", sa.Column("takes_sign_ups", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("event", sa.Column("sign_up_until", MOMENT, nullable=True))
    op.add_column("event", sa.Column("has_waiting_list", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("event", sa.Column("details_changed_at", MOMENT, nullable=True))
    op.add_column("event", sa.Column("head_count", JSON, server_default="{}", nullable=False))
    op.create_table(
        "event_sign_up",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(16), nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("email_key", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("access_needs", sa.String(), nullable=True),
        sa.Column("consent_version", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("signed_up_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("informed_at", MOMENT, nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("came", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('confirmed', 'waiting', 'cancelled')", name=op.f("ck_event_sign_up_state")),
        sa.CheckConstraint("places > 0", name=op.f("ck_event_sign_up_places")),
        sa.ForeignKeyConstraint(["event_id"], ["event.fund_id"], name=op.f("fk_event_sign_up_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_sign_up")),
        sa.UniqueConstraint("event_id", "email_key", name=op.f("uq_event_sign_up_event_id_email_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_event_sign_up_public_id")),
    )
    op.create_index(op.f("ix_event_sign_up_event_id_state"), "event_sign_up", ["event_id", "state"])


def downgrade() -> None:
    """Emails that wait in the outbox are removed: the older version has no templates for them."""
    op.execute("DELETE FROM message WHERE kind = 'event_sign_up'")
    op.drop_table("event_sign_up")
    for column in OF_EVENTS:
        op.drop_column("event", column)
