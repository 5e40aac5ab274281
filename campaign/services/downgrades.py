"""The one way in which a migration refuses to go back: where it would lose data that cannot be had again."""

import sqlalchemy as sa
from alembic.util import CommandError


def refuse_to_lose(bind: sa.Connection, *, revision: str, rows: dict[str, str]) -> None:
    """Let a downgrade begin only if the database holds none of these rows. It is called before anything changes.

    Args:
        bind: the connection of the migration.
        revision: the migration that is about to be undone.
        rows: what would be lost, in English, and where it stands: a table, and a WHERE clause if not all rows count.

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
