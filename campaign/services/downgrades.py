"""The refusal of a downgrade that would lose data for good."""

import sqlalchemy as sa
from alembic.util import CommandError


def refuse_to_lose(bind: sa.Connection, *, revision: str, rows: dict[str, str]) -> None:
    """Let a downgrade begin only if the database has none of these rows. Call it before anything changes.

    Args:
        bind: The connection of the migration.
        revision: The migration to be undone.
        rows: What would be lost, in English, and its table, with a WHERE clause if not all rows count.

    Raises:
        CommandError: there are such rows; the sentence names them and says what to do.
    """
    counts = {
        what: bind.execute(sa.text(f"SELECT COUNT(*) FROM {where}")).scalar_one()  # noqa: S608
        for what, where in rows.items()
    }
    filled = [f"{count} {what}" for what, count in counts.items() if count]
    if filled:
        raise CommandError(
            f"Migration {revision} cannot be undone: the database would lose {', '.join(filled)}. "
            f"It stays at {revision}, and these rows stay. To run an older version, restore a backup made by it; "
            "`flask --app wsgi db upgrade` brings the database back to this version."
        )
