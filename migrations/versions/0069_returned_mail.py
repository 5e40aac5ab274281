"""An email that has left can come back, be delayed, or be called unwanted by its reader."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

OLD_FAILURES = "failure IN ('address', 'refused', 'unreachable', 'fault', 'uncertain')"
FAILURES = (
    "failure IN ('address', 'refused', 'unreachable', 'fault', 'uncertain', 'returned', 'delayed', 'complaint')"
)


def upgrade() -> None:
    _check_failure(OLD_FAILURES, FAILURES)


def downgrade() -> None:
    """What came back counts as refused by its address, so that nothing goes there."""
    op.execute("UPDATE message SET failure = 'address' WHERE failure = 'returned'")
    op.execute("UPDATE message SET failure = NULL WHERE failure IN ('delayed', 'complaint')")
    _check_failure(FAILURES, OLD_FAILURES)


def _check_failure(was: str, will_be: str) -> None:
    """Change what the CHECK says. SQLite cannot, so the table's definition is edited; its rows are valid under both."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.execute("ALTER TABLE message DROP CONSTRAINT ck_message_failure")
        op.execute(f"ALTER TABLE message ADD CONSTRAINT ck_message_failure CHECK ({will_be})")
        return
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :was, :will_be) WHERE name = 'message'"),
        {"was": f"ck_message_failure CHECK ({was})", "will_be": f"ck_message_failure CHECK ({will_be})"},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
