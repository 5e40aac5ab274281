"""A sign-up for an event is confirmed by a link before it takes a place; a mailbox may have several that nobody confirmed.

Sign-ups that are there stay as they are. Going back, those that nobody confirmed are deleted with their emails, and of
several cancelled ones of a mailbox the older ones lose the address: the older version allows one row for each.
"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

TABLE = "event_sign_up"
UNIQUE, MAILBOX = "uq_event_sign_up_event_id_email_key", "uq_event_sign_up_mailbox"
CHECK = "ck_event_sign_up_state"
ACTIVE = sa.text("state IN ('confirmed', 'waiting')")
IS_CONFIRM = {
    "sqlite": "json_extract(facts, '$.notice') = 'confirm'",
    "postgresql": "facts ->> 'notice' = 'confirm'",
}


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(UNIQUE), type_="unique")
        table.drop_constraint(op.f(CHECK), type_="check")
        table.create_check_constraint(
            op.f(CHECK), "state IN ('unconfirmed', 'confirmed', 'waiting', 'cancelled')"
        )
    op.create_index(
        MAILBOX, TABLE, ["event_id", "email_key"], unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE
    )


def downgrade() -> None:
    """Emails with a link that confirms are removed: the older version has no words for them."""
    op.execute(f"DELETE FROM message WHERE kind = 'event_sign_up' AND {IS_CONFIRM[op.get_bind().dialect.name]}")
    op.execute(f"DELETE FROM {TABLE} WHERE state = 'unconfirmed'")
    op.execute(
        f"UPDATE {TABLE} SET email_key = NULL WHERE state = 'cancelled' AND EXISTS (SELECT 1 FROM {TABLE} other"
        f" WHERE other.event_id = {TABLE}.event_id AND other.email_key = {TABLE}.email_key"
        f" AND (other.state <> 'cancelled' OR other.id > {TABLE}.id))"
    )
    op.drop_index(MAILBOX, TABLE)
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(CHECK), type_="check")
        table.create_check_constraint(op.f(CHECK), "state IN ('confirmed', 'waiting', 'cancelled')")
        table.create_unique_constraint(op.f(UNIQUE), ["event_id", "email_key"])
