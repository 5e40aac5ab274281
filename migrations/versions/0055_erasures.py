"""Erasures: a record without a name, and the one act for which the database lets a receipt lose its name and its bytes.

A receipt of an erased donor has a row in `receipt_erasure`. Once that row says that it is erased, and not before, the
receipt's document may change in one way: the name and the card become null. Its file may become empty. Everything else is
refused as before, and these records are append-only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
FIXED_RECEIPT = (
    "series", "year", "serial", "number", "donation_id", "language", "currency", "amount_minor", "issued_at",
    "verify_code", "document_sha256", "replaces_id",
)  # fmt: skip
ENDING = ("state", "ended_at", "end_reason")
FIXED_RECORD = ("receipt_id", "erasure_id", "due_on")
ONCE_SET = ("erased_at", "document_sha256")
PERSONAL = ("donor_name", "method_last4", "method_reference")
IS_ERASED = "EXISTS (SELECT 1 FROM receipt_erasure e WHERE e.receipt_id = OLD.{key} AND e.erased_at IS NOT NULL)"
IS_OWN = (
    "EXISTS (SELECT 1 FROM receipt r JOIN donation d ON d.id = r.donation_id JOIN erasure e ON e.donor_id = d.donor_id"
    " WHERE r.id = NEW.receipt_id AND e.id = NEW.erasure_id)"
)
"""A receipt of the donor who was erased."""
APPEND_ONLY = "{table} is append-only"


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.CHAR(16), nullable=False),
        sa.Column("donor_id", KEY, nullable=False),
        sa.Column("email_digest", sa.CHAR(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("counts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_erasure_donor_id_donor")),
        sa.ForeignKeyConstraint(["actor_id"], ["staff.id"], name=op.f("fk_erasure_actor_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("public_id", name=op.f("uq_erasure_public_id")),
        sa.UniqueConstraint("donor_id", name=op.f("uq_erasure_donor_id")),
    )
    op.create_table(
        "receipt_erasure",
        sa.Column("receipt_id", KEY, autoincrement=False, nullable=False),
        sa.Column("erasure_id", KEY, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("erased_at", INSTANT, nullable=True),
        sa.Column("document_sha256", sa.CHAR(64), nullable=True),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_erasure_receipt_id_receipt")),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], name=op.f("fk_receipt_erasure_erasure_id_erasure")),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt_erasure")),
    )
    op.create_index(op.f("ix_receipt_erasure_erasure_id"), "receipt_erasure", ["erasure_id"])
    if op.get_bind().dialect.name == "sqlite":
        _open_sqlite()
    else:
        _open_postgresql()


def downgrade() -> None:
    """Names that are gone stay gone; the seals of an older version know no exception."""
    if op.get_bind().dialect.name == "sqlite":
        _close_sqlite()
    else:
        _close_postgresql()
    op.drop_table("receipt_erasure")
    op.drop_table("erasure")


def _differs(names: tuple[str, ...], operator: str) -> str:
    return " OR ".join(f"NEW.{name} {operator} OLD.{name}" for name in names)


def _open_sqlite() -> None:
    nulls = ", ".join(f"'$.{name}', NULL" for name in PERSONAL)
    erases = (
        f"NOT ({_differs((*FIXED_RECEIPT, *ENDING), 'IS NOT')}) AND {IS_ERASED.format(key='id')}"
        " AND CASE WHEN json_valid(NEW.document) AND json_valid(OLD.document)"
        f" THEN json(NEW.document) = json_set(OLD.document, {nulls}) ELSE 0 END"
    )
    changed = f"{_differs((*FIXED_RECEIPT, 'document'), 'IS NOT')} OR OLD.state <> 'issued'"
    op.execute("DROP TRIGGER receipt_facts_fixed")
    op.execute(
        "CREATE TRIGGER receipt_facts_fixed BEFORE UPDATE ON receipt "
        f"WHEN CASE WHEN {changed} THEN NOT ({erases}) ELSE 0 END "
        "BEGIN SELECT RAISE(ABORT, 'a receipt does not change'); END"
    )
    empties = (
        f"length(NEW.pdf) = 0 AND NEW.substituted IS NULL AND {IS_ERASED.format(key='receipt_id')}"
        f" AND NOT ({_differs(('receipt_id', 'sha256', 'made_at'), 'IS NOT')})"
    )
    op.execute("DROP TRIGGER receipt_file_no_update")
    op.execute(
        f"CREATE TRIGGER receipt_file_no_update BEFORE UPDATE ON receipt_file WHEN NOT ({empties}) "
        "BEGIN SELECT RAISE(ABORT, 'receipt_file is append-only'); END"
    )
    _refuse_sqlite("erasure_no_update", "UPDATE ON erasure", "1", "erasure")
    _refuse_sqlite("receipt_erasure_fixed", "UPDATE ON receipt_erasure", _changed_record("IS NOT"), "receipt_erasure")
    for table in ("erasure", "receipt_erasure"):
        _refuse_sqlite(f"{table}_no_delete", f"DELETE ON {table}", "1", table)
    stands = "EXISTS (SELECT 1 FROM erasure WHERE id = NEW.id OR public_id = NEW.public_id OR donor_id = NEW.donor_id)"
    _refuse_sqlite("erasure_once", "INSERT ON erasure", stands, "erasure")
    stands = "EXISTS (SELECT 1 FROM receipt_erasure WHERE receipt_id = NEW.receipt_id)"
    _refuse_sqlite("receipt_erasure_once", "INSERT ON receipt_erasure", f"{stands} OR NOT {IS_OWN}", "receipt_erasure")


def _refuse_sqlite(name: str, event: str, when: str, table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY.format(table=table)}'); END"
    )


def _changed_record(operator: str) -> str:
    once = " OR ".join(f"(OLD.{name} IS NOT NULL AND NEW.{name} {operator} OLD.{name})" for name in ONCE_SET)
    return f"{_differs(FIXED_RECORD, operator)} OR {once}"


def _close_sqlite() -> None:
    for trigger in ("erasure_no_update", "erasure_no_delete", "erasure_once"):
        op.execute(f"DROP TRIGGER {trigger}")
    for trigger in ("receipt_erasure_fixed", "receipt_erasure_no_delete", "receipt_erasure_once"):
        op.execute(f"DROP TRIGGER {trigger}")
    op.execute("DROP TRIGGER receipt_facts_fixed")
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FIXED_BEFORE)
    op.execute(
        f"CREATE TRIGGER receipt_facts_fixed BEFORE UPDATE ON receipt WHEN {changed} OR OLD.state <> 'issued' "
        "BEGIN SELECT RAISE(ABORT, 'a receipt does not change'); END"
    )
    op.execute("DROP TRIGGER receipt_file_no_update")
    op.execute(
        "CREATE TRIGGER receipt_file_no_update BEFORE UPDATE ON receipt_file "
        "BEGIN SELECT RAISE(ABORT, 'receipt_file is append-only'); END"
    )


_FIXED_BEFORE = (
    "series", "year", "serial", "number", "donation_id", "language", "currency", "amount_minor", "issued_at",
    "verify_code", "document", "document_sha256", "replaces_id",
)  # fmt: skip
REFUSE = "USING ERRCODE = 'integrity_constraint_violation'"


def _open_postgresql() -> None:
    distinct = "IS DISTINCT FROM"
    nulls = "{" + ", ".join(f'"{name}": null' for name in PERSONAL) + "}"
    changed = f"{_differs((*FIXED_RECEIPT, 'document'), distinct)} OR OLD.state <> 'issued'"
    op.execute(f"""
        CREATE OR REPLACE FUNCTION receipt_facts_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF {changed} THEN
                IF {_differs((*FIXED_RECEIPT, *ENDING), distinct)} OR NOT {IS_ERASED.format(key="id")} THEN
                    RAISE EXCEPTION 'a receipt does not change' {REFUSE};
                END IF;
                IF NEW.document::jsonb IS DISTINCT FROM OLD.document::jsonb || '{nulls}'::jsonb THEN
                    RAISE EXCEPTION 'a receipt does not change' {REFUSE};
                END IF;
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute(f"""
        CREATE FUNCTION receipt_file_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF length(NEW.pdf) <> 0 OR NEW.substituted IS NOT NULL OR NOT {IS_ERASED.format(key="receipt_id")}
                OR {_differs(("receipt_id", "sha256", "made_at"), distinct)} THEN
                RAISE EXCEPTION 'receipt_file is append-only' {REFUSE};
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("DROP TRIGGER receipt_file_append_only ON receipt_file")
    op.execute(
        "CREATE TRIGGER receipt_file_append_only BEFORE DELETE ON receipt_file "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER receipt_file_emptied BEFORE UPDATE ON receipt_file "
        "FOR EACH ROW EXECUTE FUNCTION receipt_file_emptied()"
    )
    op.execute(f"""
        CREATE FUNCTION receipt_erasure_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP = 'INSERT' THEN
                IF NOT {IS_OWN} THEN
                    RAISE EXCEPTION 'receipt_erasure is append-only' {REFUSE};
                END IF;
            ELSIF {_changed_record(distinct)} THEN
                RAISE EXCEPTION 'receipt_erasure is append-only' {REFUSE};
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute(
        "CREATE TRIGGER receipt_erasure_fixed BEFORE INSERT OR UPDATE ON receipt_erasure "
        "FOR EACH ROW EXECUTE FUNCTION receipt_erasure_fixed()"
    )
    for table, acts in (("erasure", "UPDATE OR DELETE"), ("receipt_erasure", "DELETE")):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE {acts} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _close_postgresql() -> None:
    for table in ("erasure", "receipt_erasure"):
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    op.execute("DROP TRIGGER receipt_erasure_fixed ON receipt_erasure")
    op.execute("DROP FUNCTION receipt_erasure_fixed()")
    changed = _differs(_FIXED_BEFORE, "IS DISTINCT FROM")
    op.execute(f"""
        CREATE OR REPLACE FUNCTION receipt_facts_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF {changed} OR OLD.state <> 'issued' THEN
                RAISE EXCEPTION 'a receipt does not change' {REFUSE};
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("DROP TRIGGER receipt_file_emptied ON receipt_file")
    op.execute("DROP FUNCTION receipt_file_emptied()")
    op.execute("DROP TRIGGER receipt_file_append_only ON receipt_file")
    op.execute(
        "CREATE TRIGGER receipt_file_append_only BEFORE UPDATE OR DELETE ON receipt_file "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
