"""Times and capacity of events, reports and reasons of events and grants, and the day from which a purpose is closed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
REPORTED = ("reported_on", "report", "state_note")
OF_EVENTS = ("capacity", "ends_at", "begins_at")


def upgrade() -> None:
    op.add_column("fund", sa.Column("closed_on", sa.Date(), nullable=True))
    for table in ("event", "grant"):
        op.add_column(table, sa.Column("state_note", JSON, server_default="{}", nullable=False))
        op.add_column(table, sa.Column("report", JSON, server_default="{}", nullable=False))
        op.add_column(table, sa.Column("reported_on", sa.Date(), nullable=True))
    op.add_column("event", sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("capacity", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """An older version knows fewer states: an open event is planned there, a reported one was held."""
    op.execute("UPDATE event SET status = 'planned' WHERE status = 'open'")
    op.execute("UPDATE event SET status = 'held' WHERE status = 'reported'")
    op.execute("""UPDATE "grant" SET status = 'closed' WHERE status = 'cancelled'""")
    op.execute("""UPDATE "grant" SET status = 'awarded' WHERE status = 'reported'""")
    for column in OF_EVENTS:
        op.drop_column("event", column)
    for table in ("grant", "event"):
        for column in REPORTED:
            op.drop_column(table, column)
    op.drop_column("fund", "closed_on")
