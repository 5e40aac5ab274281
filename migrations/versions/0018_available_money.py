"""Money that an open dispute holds is not available; a fund below zero may be covered; only a payment spends.

The trigger of migration 0002 that seals an entry is made anew: what people decide may take no fund below what open disputes
hold of its gifts (account 1030), an entry of the kind cover may go from an unrestricted fund to a fund below zero and no
further than zero, and cost of the programme stands in payments alone.
"""

from pathlib import Path
from runpy import run_path

import sqlalchemy as sa
from alembic import op

from campaign.services.downgrades import refuse_to_lose

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

JOURNAL_KINDS = (
    "gift_paid", "gift_settled", "refund", "refund_failed", "allocation", "take_back", "disbursement", "reversal",
    "dispute_opened", "dispute_won", "dispute_lost", "payout_made", "payout_arrived", "payout_failed", "provider_fee",
    "unidentified", "identified",
)  # fmt: skip
MOVE_KINDS = ("allocation", "take_back")
COVER = "cover"

BEFORE = run_path(str(Path(__file__).with_name("0002_seal_the_books.py")))
"""The checks as they were, some of which stay."""
DECIDED = """(NEW.kind IN ('allocation', 'take_back', 'cover', 'disbursement') OR (NEW.kind = 'reversal'
    AND EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.id AND account IN (4800, 5100, 5110))))"""
HELD = """COALESCE((
        SELECT SUM(h.amount_minor) FROM posting h
        JOIN journal_entry he ON he.id = h.entry_id
        JOIN donation d ON d.public_id = CAST(substr(he.subject, 10) AS CHAR(16))
        WHERE h.account = 1030 AND h.currency = p.currency AND he.subject LIKE 'donation:%' AND d.fund_id = p.fund_id
    ), 0)"""
"""What open disputes hold of a fund's gifts; lines of an entry whose header does not stand yet are not among it."""
COVERS = """(NEW.kind = 'cover' AND c.fund_id <> d.fund_id
        AND EXISTS (SELECT 1 FROM fund s JOIN fund t ON t.campaign_id = s.campaign_id
                    WHERE s.id = d.fund_id AND t.id = c.fund_id AND s.kind IN ('general', 'event', 'grant', 'line'))
        AND (SELECT SUM(o.amount_minor) FROM posting o WHERE o.fund_id = c.fund_id AND o.currency = c.currency) >= 0)"""
"""A fund's balance is minus the sum of its lines: not more than zero afterwards, so it was below zero before."""
SPENDS = "EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.id AND account IN (5100, 5110))"


OVERDRAWN = f"""
    SELECT p.fund_id FROM posting p
    WHERE p.fund_id IN (SELECT fund_id FROM posting WHERE entry_id = NEW.id AND fund_id IS NOT NULL)
    GROUP BY p.fund_id, p.currency
    HAVING SUM(p.amount_minor) + {HELD} > 0
       AND SUM(CASE WHEN p.entry_id = NEW.id THEN p.amount_minor ELSE 0 END) > 0
"""
CHECKS = (
    ("(SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) < 2", "an entry needs two lines"),
    (f"EXISTS ({BEFORE['UNBALANCED']})", "an entry must balance in every currency"),
    (f"{DECIDED} AND EXISTS ({OVERDRAWN})", "the fund holds too little"),
    (
        "NEW.kind IN ('allocation', 'take_back', 'cover') AND ((SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) <> 2 "
        f"OR NOT (EXISTS ({BEFORE['REACHES']}) OR EXISTS ({BEFORE['MOVES']} AND {COVERS})))",
        "the money may not go there",
    ),
    (
        f"NEW.kind NOT IN ('allocation', 'take_back', 'cover', 'reversal') AND (({BEFORE['OF_SEVERAL_FUNDS']}) "
        "OR EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.id AND account = 4800))",
        "only an allocation moves money between funds",
    ),
    ("(NEW.kind = 'reversal') <> (NEW.reverses IS NOT NULL)", "a reversal names what it reverses"),
    (f"NEW.reverses IS NOT NULL AND EXISTS ({BEFORE['NOT_MIRRORED']})", "a reversal must mirror its original"),
    (f"{SPENDS} AND NEW.kind NOT IN ('disbursement', 'reversal')", "only a payment spends"),
)

LOST = {
    "covers of a fund": "allocation WHERE kind = 'cover'",
    "entries that cover a fund": "journal_entry WHERE kind = 'cover'",
}


def upgrade() -> None:
    _change_check("allocation", MOVE_KINDS, (*MOVE_KINDS, COVER))
    _change_check("journal_entry", JOURNAL_KINDS, (*JOURNAL_KINDS, COVER))
    _seal(DECIDED, CHECKS)


def downgrade() -> None:
    """Covers that stand are of a kind that is not known before."""
    refuse_to_lose(op.get_bind(), revision=revision, rows=LOST)
    _change_check("allocation", (*MOVE_KINDS, COVER), MOVE_KINDS)
    _change_check("journal_entry", (*JOURNAL_KINDS, COVER), JOURNAL_KINDS)
    _seal(BEFORE["DECIDED"], BEFORE["HEADER_CHECKS"])


def _seal(decided: str, checks: tuple[tuple[str, str], ...]) -> None:
    """Make the trigger that checks a header's lines anew, as migration 0002 does."""
    if _is_sqlite():
        told = " ".join(f"SELECT RAISE(ABORT, '{message}') WHERE {wrong};" for wrong, message in checks)
        op.execute("DROP TRIGGER journal_entry_seal")
        op.execute(f"CREATE TRIGGER journal_entry_seal BEFORE INSERT ON journal_entry BEGIN {told} END")
        return
    told = " ".join(
        f"IF {wrong} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        for wrong, message in checks
    )
    op.execute(f"""
        CREATE OR REPLACE FUNCTION journal_entry_seal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            NEW.transaction_id := pg_current_xact_id()::text::bigint;
            IF {decided} THEN
                PERFORM 1 FROM fund WHERE id IN (SELECT fund_id FROM posting WHERE entry_id = NEW.id) ORDER BY id FOR NO KEY UPDATE;
            END IF;
            {told}
            RETURN NEW;
        END $$
    """)


def _change_check(table: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Change the CHECK of a kind. SQLite would have to copy the sealed table; its rows are valid under both."""
    was, will_be = (f"kind IN ({', '.join(repr(kind) for kind in kinds)})" for kinds in (old, new))
    if not _is_sqlite():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_kind")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_kind CHECK ({will_be})")
        return
    version = op.get_bind().execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :was, :will_be) WHERE name = :table"),
        {"was": was, "will_be": will_be, "table": table},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")
