"""Columns of payouts, movements, comparisons and alarms take the names of what they hold; their values stay.

Two names inside JSON follow: how many differences a comparison repaired, and what staff do about an alarm.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

COLUMNS = (
    ("payout", "walked_at", "itemized_at"),
    ("provider_transaction", "explained_by", "matched_by"),
    ("alarm", "told_at", "notified_at"),
    ("reconciliation", "found", "counts"),
)
CHECK = ("provider_transaction", "ck_provider_transaction_explained_by", "ck_provider_transaction_matched_by")
INDEX = ("provider_transaction", "explained_by", "matched_by")
COMPARISONS = {"mended": "repaired"}
MAILS = {"mend": "action"}
OF_ALARMS = ("alarm_raised", "alarm_over")

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    for table, old, new in COLUMNS:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    _rename_check(*CHECK)
    _rename_index(*INDEX)
    _rename_keys("reconciliation", "counts", COMPARISONS)
    _rename_keys("message", "facts", MAILS, kinds=OF_ALARMS)


def downgrade() -> None:
    _rename_keys("message", "facts", {new: old for old, new in MAILS.items()}, kinds=OF_ALARMS)
    _rename_keys("reconciliation", "counts", {new: old for old, new in COMPARISONS.items()})
    table, old, new = CHECK
    _rename_check(table, new, old)
    for table, old, new in COLUMNS:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}")
    table, old, new = INDEX
    _rename_index(table, new, old)


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


def _rename_index(table: str, old: str, new: str) -> None:
    op.drop_index(op.f(f"ix_{table}_{old}"), table)
    op.create_index(op.f(f"ix_{table}_{new}"), table, [new])


def _rename_keys(table: str, column: str, names: Mapping[str, str], *, kinds: tuple[str, ...] = ()) -> None:
    """Rename keys of the JSON in a column, in every row or in those of some kinds."""
    rows = sa.table(table, sa.column("id", sa.BigInteger), sa.column("kind", sa.String), sa.column(column, JSON))
    query = sa.select(rows.c.id, rows.c[column])
    if kinds:
        query = query.where(rows.c.kind.in_(kinds))
    connection = op.get_bind()
    for row_id, facts in connection.execute(query).all():
        renamed = {names.get(name, name): value for name, value in facts.items()}
        if renamed != facts:
            connection.execute(sa.update(rows).where(rows.c.id == row_id).values({column: renamed}))
