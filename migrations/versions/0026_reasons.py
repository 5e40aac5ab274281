"""Why an event waits or failed and why an email is held, as values; plain names for the states of both."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

EVENT_STATES = ("new", "processed", "ignored", "foreign", "waiting_for_parent", "failed", "failed_permanently")
OLD_EVENT_STATES = ("new", "processed", "ignored", "foreign", "parked", "failed", "dead")
MAIL_STATES = ("queued", "sent", "stored", "held", "failed_permanently")
OLD_MAIL_STATES = ("queued", "sent", "kept", "held", "dead")
FAILURES = ("address", "refused", "unreachable", "fault")
OLD_FAILURES = ("address", "refused", "unreachable", "receipt", "late", "fault")
EVENT_REASONS = (
    *("wrong_mode", "gift_unknown", "provider_unavailable"),
    *("concurrent_updates", "mismatch", "program_error"),
)
HOLD_REASONS = ("late_news", "receipt_not_printable")
HELD_HAS_A_REASON = "(state = 'held') = (hold_reason IS NOT NULL)"
ALWAYS = "1 = 1"
WRONG_MODE = "It is about test money and this installation takes real money, or the other way round."
LATE_NEWS = "late news: found by a comparison with the provider, and not yet released"
READ_REASONS = """
UPDATE provider_event SET reason = CASE
    WHEN error = :wrong_mode THEN 'wrong_mode'
    WHEN error LIKE 'The gift %' THEN 'gift_unknown'
    WHEN error = 'Not possible now: ' THEN 'concurrent_updates'
    WHEN error LIKE 'Not possible now:%' THEN 'provider_unavailable'
    WHEN error LIKE 'It does not fit the gift:%' THEN 'mismatch'
    ELSE 'program_error' END
WHERE error <> ''
"""
READ_HOLD_REASONS = """
UPDATE message SET
    hold_reason = CASE WHEN error = :late_news OR failure = 'late' THEN 'late_news' ELSE 'receipt_not_printable' END,
    error = CASE WHEN error = :late_news THEN NULL ELSE error END
WHERE state = 'held'
"""
WRITE_HOLD_REASONS = """
UPDATE message SET
    failure = CASE hold_reason WHEN 'late_news' THEN 'late' ELSE 'receipt' END,
    error = CASE hold_reason WHEN 'late_news' THEN :late_news ELSE error END
WHERE state = 'held'
"""


def upgrade() -> None:
    bind = op.get_bind()
    op.execute(
        "ALTER TABLE provider_event ADD COLUMN reason VARCHAR "
        f"CONSTRAINT ck_provider_event_reason CHECK ({_one_of('reason', EVENT_REASONS)})"
    )
    op.execute(
        "ALTER TABLE message ADD COLUMN hold_reason VARCHAR "
        f"CONSTRAINT ck_message_hold_reason CHECK ({_one_of('hold_reason', HOLD_REASONS)}) "
        f"CONSTRAINT ck_message_held_has_a_reason CHECK ({ALWAYS})"
    )
    _check("provider_event", "state", _one_of("state", OLD_EVENT_STATES), ALWAYS)
    _check("message", "state", _one_of("state", OLD_MAIL_STATES), ALWAYS)
    _check("message", "failure", _one_of("failure", OLD_FAILURES), ALWAYS)
    op.execute("UPDATE provider_event SET state = 'waiting_for_parent' WHERE state = 'parked'")
    op.execute("UPDATE provider_event SET state = 'failed_permanently' WHERE state = 'dead'")
    op.execute("UPDATE message SET state = 'stored' WHERE state = 'kept'")
    op.execute("UPDATE message SET state = 'failed_permanently' WHERE state = 'dead'")
    bind.execute(sa.text(READ_REASONS), {"wrong_mode": WRONG_MODE})
    bind.execute(sa.text(READ_HOLD_REASONS), {"late_news": LATE_NEWS})
    op.execute("UPDATE message SET failure = NULL WHERE failure IN ('late', 'receipt')")
    _check("provider_event", "state", ALWAYS, _one_of("state", EVENT_STATES))
    _check("message", "state", ALWAYS, _one_of("state", MAIL_STATES))
    _check("message", "failure", ALWAYS, _one_of("failure", FAILURES))
    _check("message", "held_has_a_reason", ALWAYS, HELD_HAS_A_REASON)


def downgrade() -> None:
    """The older version reads the reasons out of the sentences, which are there."""
    bind = op.get_bind()
    _check("provider_event", "state", _one_of("state", EVENT_STATES), ALWAYS)
    _check("message", "state", _one_of("state", MAIL_STATES), ALWAYS)
    _check("message", "failure", _one_of("failure", FAILURES), ALWAYS)
    op.execute("UPDATE provider_event SET state = 'parked' WHERE state = 'waiting_for_parent'")
    op.execute("UPDATE provider_event SET state = 'dead' WHERE state = 'failed_permanently'")
    op.execute("UPDATE message SET state = 'kept' WHERE state = 'stored'")
    op.execute("UPDATE message SET state = 'dead' WHERE state = 'failed_permanently'")
    bind.execute(sa.text(WRITE_HOLD_REASONS), {"late_news": LATE_NEWS})
    _check("provider_event", "state", ALWAYS, _one_of("state", OLD_EVENT_STATES))
    _check("message", "state", ALWAYS, _one_of("state", OLD_MAIL_STATES))
    _check("message", "failure", ALWAYS, _one_of("failure", OLD_FAILURES))
    op.execute("ALTER TABLE message DROP COLUMN hold_reason")
    op.execute("ALTER TABLE provider_event DROP COLUMN reason")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _check(table: str, name: str, was: str, will_be: str) -> None:
    """Change what a CHECK says. SQLite cannot, so the table's definition is edited; its rows are valid under both."""
    bind, constraint = op.get_bind(), f"ck_{table}_{name}"
    if bind.dialect.name != "sqlite":
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({will_be})")
        return
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :was, :will_be) WHERE name = :table"),
        {
            "was": f"CONSTRAINT {constraint} CHECK ({was})",
            "will_be": f"CONSTRAINT {constraint} CHECK ({will_be})",
            "table": table,
        },
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
