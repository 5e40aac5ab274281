"""Whether the database has the tables that this version of the program needs."""

import logging
from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect, text

from campaign.database import reading
from campaign.project import MIGRATIONS


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The migration of the database (none when it is empty), and the one that the program needs."""

    current: str | None
    head: str

    @property
    def is_ready(self) -> bool:
        return self.current == self.head

    @property
    def is_newer(self) -> bool:
        """Return whether a later version of the program has migrated it; migrations are numbered."""
        return self.current is not None and self.current > self.head


def head() -> str:
    """The last migration of this version, from the file in which two branches would conflict."""
    return (MIGRATIONS / ".current-alembic-head").read_text(encoding="ascii").strip()


def schema_state() -> SchemaState:
    """Query the database.

    Raises:
        OperationalError: there is none.
    """
    with reading() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return SchemaState(None, head())
        current = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return SchemaState(current, head())


def migrate_database(engine: Engine) -> None:
    """Migrate the database of this engine to the last migration, also one that is not the app's own."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
