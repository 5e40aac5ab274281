"""Seal a receipt's bytes and the record of drills: what was printed and what was proved is never changed or deleted."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("receipt_file", "drill")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _seal_sqlite()
    else:
        _seal_postgresql()


def downgrade() -> None:
    for table in TABLES:
        if op.get_bind().dialect.name == "sqlite":
            for what in ("no_update", "no_delete", "once"):
                op.execute(f"DROP TRIGGER {table}_{what}")
        else:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")


def _seal_sqlite() -> None:
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    # INSERT OR REPLACE would put the row aside without a word. A file that two workers print is kept once: no error.
    op.execute(
        "CREATE TRIGGER receipt_file_once BEFORE INSERT ON receipt_file "
        "WHEN EXISTS (SELECT 1 FROM receipt_file WHERE receipt_id = NEW.receipt_id) BEGIN SELECT RAISE(IGNORE); END"
    )
    op.execute(
        "CREATE TRIGGER drill_once BEFORE INSERT ON drill WHEN EXISTS (SELECT 1 FROM drill WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'drill stands already'); END"
    )


def _seal_postgresql() -> None:
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
