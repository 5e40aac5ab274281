"""Monthly gifts end with their campaign: when the provider ends them, for which end that holds, who was told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OLD = ("asked", "unpaid", "provider", "double")
NEW = (*OLD, "campaign")
DAYS = ("ends_at_for", "end_told_for")


def upgrade() -> None:
    op.add_column("pledge", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    for name in DAYS:
        op.add_column("pledge", sa.Column(name, sa.Date(), nullable=True))
    _let_reasons_be(OLD, NEW)


def downgrade() -> None:
    op.execute("UPDATE pledge SET end_reason = 'provider' WHERE end_reason = 'campaign' AND state = 'stopped'")
    op.execute("UPDATE pledge SET end_reason = NULL WHERE end_reason = 'campaign'")
    _let_reasons_be(NEW, OLD)
    for name in ("ends_at", *DAYS):
        op.drop_column("pledge", name)


def _let_reasons_be(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Change the CHECK of pledge.end_reason; all rows are valid under both."""
    was, will_be = _check(old), _check(new)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE pledge DROP CONSTRAINT ck_pledge_end_reason")
        op.execute(f"ALTER TABLE pledge ADD CONSTRAINT ck_pledge_end_reason CHECK ({will_be})")
        return
    version = op.get_bind().execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :was, :will_be) WHERE name = 'pledge'"),
        {"was": was, "will_be": will_be},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def _check(reasons: tuple[str, ...]) -> str:
    return f"end_reason IN ({', '.join(repr(reason) for reason in reasons)})"
