"""Columns of monthly gifts take the names of what they hold; their values stay."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

COLUMNS = (
    ("pledge_request", "asked_by", "requested_by"),
    ("pledge", "end_told_for", "end_announced_for"),
)
CHECK = ("pledge_request", "ck_pledge_request_asked_by", "ck_pledge_request_requested_by")


def upgrade() -> None:
    for table, old, new in COLUMNS:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    _rename_check(*CHECK)


def downgrade() -> None:
    table, old, new = CHECK
    _rename_check(table, new, old)
    for table, old, new in COLUMNS:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}")


def _rename_check(table: str, old: str, new: str) -> None:
    """SQLite has no statement for this: the name is replaced in the text of the table."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}")
        return
    version = op.get_bind().execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE name = :table"),
        {"old": old, "new": new, "table": table},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
