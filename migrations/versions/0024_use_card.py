"""A monthly gift may take over the card of another one: a request of its own kind."""

import sqlalchemy as sa
from alembic import op

from campaign.services.downgrades import refuse_to_lose

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OLD = ("change", "pause", "skip", "resume", "stop_later", "keep", "stop", "mend")
NEW = (*OLD, "use_card")


def upgrade() -> None:
    _let_acts_be(OLD, NEW)


def downgrade() -> None:
    """What was asked stays as a request for another card; a move that is under way is finished first."""
    under_way = {"monthly gifts on the way to another card": "pledge_request WHERE act = 'use_card' AND state = 'requested'"}
    refuse_to_lose(op.get_bind(), revision=revision, rows=under_way)
    op.execute("UPDATE pledge_request SET act = 'mend' WHERE act = 'use_card'")
    _let_acts_be(NEW, OLD)


def _let_acts_be(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Change the CHECK of pledge_request.act; all rows are valid under both."""
    was, will_be = _check(old), _check(new)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE pledge_request DROP CONSTRAINT ck_pledge_request_act")
        op.execute(f"ALTER TABLE pledge_request ADD CONSTRAINT ck_pledge_request_act CHECK ({will_be})")
        return
    version = op.get_bind().execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :was, :will_be) WHERE name = 'pledge_request'"),
        {"was": was, "will_be": will_be},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def _check(acts: tuple[str, ...]) -> str:
    return f"act IN ({', '.join(repr(act) for act in acts)})"
