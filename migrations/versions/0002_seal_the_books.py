"""Seal the books: triggers that refuse an unbalanced, torn, edited, overdrawn or misdirected entry, in both databases.

The postings of an entry are inserted first and its header last. The header's trigger checks that every currency adds up
to zero and, for what people decide (allocation, take_back, disbursement), that no fund falls below zero and that the
money goes where the donor's restriction lets it. Once the header stands, no line can be added; nothing is ever updated or
deleted. The deferred foreign key of `posting` makes lines without a header impossible at commit.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("journal_entry", "posting", "donation_event", "audit_event")
ONCE = {
    "journal_entry": "id = NEW.id OR source = NEW.source OR reverses = NEW.reverses",
    "posting": "id = NEW.id",
    "donation_event": "id = NEW.id",
    "audit_event": "id = NEW.id",
    "receipt": "id = NEW.id OR number = NEW.number OR (series = NEW.series AND year = NEW.year AND serial = NEW.serial)"
    " OR replaces_id = NEW.replaces_id OR (donation_id = NEW.donation_id AND state = 'issued' AND NEW.state = 'issued')",
}
"""What SQLite's INSERT OR REPLACE would put aside without a word, and without our delete triggers in a careless shell."""
FIXED_RECEIPT = (
    "series", "year", "serial", "number", "donation_id", "language", "currency", "amount_minor", "issued_at",
    "verify_code", "document", "document_sha256", "replaces_id",
)  # fmt: skip

UNBALANCED = "SELECT currency FROM posting WHERE entry_id = NEW.id GROUP BY currency HAVING SUM(amount_minor) <> 0"
OVERDRAWN = """
    SELECT p.fund_id FROM posting p
    WHERE p.fund_id IN (SELECT fund_id FROM posting WHERE entry_id = NEW.id AND fund_id IS NOT NULL)
    GROUP BY p.fund_id, p.currency
    HAVING SUM(p.amount_minor) > 0
       AND SUM(CASE WHEN p.entry_id = NEW.id THEN p.amount_minor ELSE 0 END) > 0
"""
"""A fund's balance is minus the sum of its lines: a positive sum is a fund below zero. Only a fund that this entry draws on counts."""
MOVES = """
    SELECT 1 FROM posting d JOIN posting c ON c.entry_id = d.entry_id AND c.currency = d.currency
    WHERE d.entry_id = NEW.id AND d.account = 4800 AND c.account = 4800
      AND d.amount_minor > 0 AND c.amount_minor = -d.amount_minor
"""
REACHES = f"""{MOVES} AND (
    (NEW.kind = 'allocation' AND EXISTS (SELECT 1 FROM fund_reach r WHERE r.source_id = d.fund_id AND r.target_id = c.fund_id))
    OR (NEW.kind = 'take_back' AND EXISTS (SELECT 1 FROM fund_reach r WHERE r.source_id = c.fund_id AND r.target_id = d.fund_id))
)"""
NOT_MIRRORED = """
    SELECT 1 FROM (
        SELECT p.line, p.account, p.fund_id, p.currency, -p.amount_minor AS amount_minor FROM posting p
        JOIN journal_entry o ON o.id = p.entry_id WHERE o.source = NEW.reverses
    ) AS was FULL JOIN (
        SELECT line, account, fund_id, currency, amount_minor FROM posting WHERE entry_id = NEW.id
    ) AS undone ON undone.line = was.line AND undone.account = was.account AND undone.currency = was.currency
        AND undone.amount_minor = was.amount_minor AND COALESCE(undone.fund_id, 0) = COALESCE(was.fund_id, 0)
    WHERE was.line IS NULL OR undone.line IS NULL
"""

DECIDED = """(NEW.kind IN ('allocation', 'take_back', 'disbursement') OR (NEW.kind = 'reversal'
    AND EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.id AND account IN (4800, 5100, 5110))))"""
"""People decide these, so they may not take a fund below zero; nor may undoing one of them, whose money may be spent."""
OF_SEVERAL_FUNDS = "SELECT COUNT(DISTINCT fund_id) > 1 FROM posting WHERE entry_id = NEW.id AND account <> 5010"
"""A fee may be borne by another fund than the gift's; all else in an entry is one fund's."""

HEADER_CHECKS = (
    ("(SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) < 2", "an entry needs two lines"),
    (f"EXISTS ({UNBALANCED})", "an entry must balance in every currency"),
    (f"{DECIDED} AND EXISTS ({OVERDRAWN})", "the fund holds too little"),
    (
        "NEW.kind IN ('allocation', 'take_back') AND "
        f"((SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) <> 2 OR NOT EXISTS ({REACHES}))",
        "the money may not go there",
    ),
    (
        "NEW.kind NOT IN ('allocation', 'take_back', 'reversal') "
        f"AND (({OF_SEVERAL_FUNDS}) OR EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.id AND account = 4800))",
        "only an allocation moves money between funds",
    ),
    ("(NEW.kind = 'reversal') <> (NEW.reverses IS NOT NULL)", "a reversal names what it reverses"),
    (f"NEW.reverses IS NOT NULL AND EXISTS ({NOT_MIRRORED})", "a reversal must mirror its original"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _seal_sqlite()
    else:
        _seal_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{act}")
        for name in ("posting_before_header", "journal_entry_seal", "receipt_facts_fixed", "receipt_no_delete", *ONCE):
            op.execute(f"DROP TRIGGER {name}{'_once' if name in ONCE else ''}")
        return
    for table in (*APPEND_ONLY, "receipt"):
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    op.execute("DROP TRIGGER posting_before_header ON posting")
    op.execute("DROP TRIGGER journal_entry_seal ON journal_entry")
    op.execute("DROP TRIGGER receipt_facts_fixed ON receipt")
    for function in ("refuse_change", "posting_before_header", "journal_entry_seal", "receipt_facts_fixed"):
        op.execute(f"DROP FUNCTION {function}()")


def _seal_sqlite() -> None:
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.execute(
        "CREATE TRIGGER posting_before_header BEFORE INSERT ON posting "
        "WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.entry_id) "
        "OR EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.entry_id AND line = NEW.line) "
        "BEGIN SELECT RAISE(ABORT, 'the entry is sealed'); END"
    )
    for table, same in ONCE.items():
        op.execute(
            f"CREATE TRIGGER {table}_once BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} stands already'); END"
        )
    checks = " ".join(f"SELECT RAISE(ABORT, '{message}') WHERE {wrong};" for wrong, message in HEADER_CHECKS)
    op.execute(f"CREATE TRIGGER journal_entry_seal BEFORE INSERT ON journal_entry BEGIN {checks} END")
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED_RECEIPT)
    op.execute(
        f"CREATE TRIGGER receipt_facts_fixed BEFORE UPDATE ON receipt WHEN {changed} OR OLD.state <> 'issued' "
        "BEGIN SELECT RAISE(ABORT, 'a receipt does not change'); END"
    )
    op.execute("CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'a receipt stays'); END")


def _seal_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute("CREATE TRIGGER receipt_append_only BEFORE DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    for table in (*APPEND_ONLY, "receipt"):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute("""
        CREATE FUNCTION posting_before_header() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            NEW.transaction_id := pg_current_xact_id()::text::bigint;
            IF EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.entry_id) THEN
                RAISE EXCEPTION 'the entry is sealed' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute(
        "CREATE TRIGGER posting_before_header BEFORE INSERT ON posting FOR EACH ROW EXECUTE FUNCTION posting_before_header()"
    )
    checks = " ".join(
        f"IF {wrong} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        for wrong, message in HEADER_CHECKS
    )
    # The funds are locked in sorted order before their balances are read: two allocations of the same money meet here.
    # NO KEY UPDATE, because each of the two holds the key share that its lines' foreign keys took: FOR UPDATE deadlocks.
    op.execute(f"""
        CREATE FUNCTION journal_entry_seal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            NEW.transaction_id := pg_current_xact_id()::text::bigint;
            IF {DECIDED} THEN
                PERFORM 1 FROM fund WHERE id IN (SELECT fund_id FROM posting WHERE entry_id = NEW.id) ORDER BY id FOR NO KEY UPDATE;
            END IF;
            {checks}
            RETURN NEW;
        END $$
    """)
    op.execute(
        "CREATE TRIGGER journal_entry_seal BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_seal()"
    )
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED_RECEIPT)
    op.execute(f"""
        CREATE FUNCTION receipt_facts_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF {changed} OR OLD.state <> 'issued' THEN
                RAISE EXCEPTION 'a receipt does not change' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("CREATE TRIGGER receipt_facts_fixed BEFORE UPDATE ON receipt FOR EACH ROW EXECUTE FUNCTION receipt_facts_fixed()")
