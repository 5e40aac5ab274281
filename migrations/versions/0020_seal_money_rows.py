"""Seal the rows about money where they must never change, and index test gifts.

An allocation changes only by its decision, once; a payment never; of a refund, a dispute and a payout what was asked, whose
it is and the provider's names stay, states do not go back to the first one, and a payout's state only goes forward. None of
them is deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FIXED = {
    "allocation": (
        "id", "public_id", "campaign_id", "kind", "source_id", "target_id", "currency", "amount_minor", "reason",
        "proposed_by", "proposed_at",
    ),
    "disbursement": (
        "id", "public_id", "campaign_id", "fund_id", "currency", "amount_minor", "paid_on", "payee", "evidence",
        "recorded_by", "recorded_at",
    ),
    "refund": ("id", "public_id", "donation_id", "currency", "requested_by", "requested_at"),
    "dispute": ("id", "donation_id", "provider_id", "currency", "opened_at"),
    "payout": ("id", "provider_id", "currency", "amount_minor", "is_automatic", "made_at"),
}  # fmt: skip
"""Columns that no update changes."""
ONCE_SET = {
    "allocation": ("decided_by", "decided_at"),
    "disbursement": (),
    "refund": ("provider_id", "settlement_id", "failure_settlement_id"),
    "dispute": (),
    "payout": ("transaction_id", "failure_transaction_id", "campaign_id"),
}
"""Columns that may be filled in, and then stay."""
STATES = {
    "allocation": "OLD.state <> 'proposed' AND NEW.state <> OLD.state",
    "disbursement": "",
    "refund": "OLD.state <> 'requested' AND NEW.state = 'requested'",
    "dispute": "",
    "payout": "(OLD.state <> 'under_way' AND NEW.state = 'under_way')"
    " OR (OLD.state IN ('failed', 'canceled') AND NEW.state <> OLD.state)",
}
"""Steps back that no state takes."""
NAMES = {
    "allocation": "public_id = NEW.public_id",
    "disbursement": "public_id = NEW.public_id",
    "refund": "public_id = NEW.public_id OR provider_id = NEW.provider_id",
    "dispute": "provider_id = NEW.provider_id",
    "payout": "provider_id = NEW.provider_id",
}
"""What SQLite's INSERT OR REPLACE would put aside without a word."""
TESTS = {"sqlite_where": sa.text("livemode = 0"), "postgresql_where": sa.text("NOT livemode")}


def upgrade() -> None:
    for table in FIXED:
        if op.get_bind().dialect.name == "sqlite":
            _seal_sqlite(table)
        else:
            _seal_postgresql(table)
    op.create_index("ix_donation_tests", "donation", ["id"], **TESTS)


def downgrade() -> None:
    op.drop_index("ix_donation_tests", "donation", **TESTS)
    for table in FIXED:
        if op.get_bind().dialect.name == "sqlite":
            for what in ("fixed", "no_delete", "once"):
                op.execute(f"DROP TRIGGER {table}_{what}")
            continue
        for what in ("fixed", "append_only", "no_truncate"):
            op.execute(f"DROP TRIGGER {table}_{what} ON {table}")
        op.execute(f"DROP FUNCTION {table}_fixed()")


def _changed(table: str, differs: str) -> str:
    fixed = (f"NEW.{name} {differs} OLD.{name}" for name in FIXED[table])
    once_set = (f"(OLD.{name} IS NOT NULL AND NEW.{name} {differs} OLD.{name})" for name in ONCE_SET[table])
    back = (f"({STATES[table]})",) if STATES[table] else ()
    return " OR ".join((*fixed, *once_set, *back))


def _seal_sqlite(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} WHEN {_changed(table, 'IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is sealed'); END"
    )
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is sealed'); END")
    # An insert that does nothing where the row stands goes on doing so.
    op.execute(
        f"CREATE TRIGGER {table}_once BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR {NAMES[table]}) BEGIN SELECT RAISE(IGNORE); END"
    )


def _seal_postgresql(table: str) -> None:
    op.execute(f"""
        CREATE FUNCTION {table}_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF {_changed(table, 'IS DISTINCT FROM')} THEN
                RAISE EXCEPTION '{table} is sealed' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute(f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_fixed()")
    op.execute(f"CREATE TRIGGER {table}_append_only BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
