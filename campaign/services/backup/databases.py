"""What both kinds of databases have in common when they are copied and loaded."""

from dataclasses import dataclass

from campaign.services.backup.manifest import Totals
from campaign.services.backup.problems import BackupProblem
from campaign.services.backup.totals import Execute, read_totals
from campaign.services.schema import head


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A description of a database copy: its migration, the database's own version, and its totals."""

    schema: str
    version: str
    totals: Totals


def read_snapshot(execute: Execute, *, version: str) -> Snapshot:
    """Return the snapshot of a database that has tables.

    Raises:
        BackupProblem: a newer version of the program has used it.
    """
    (schema,) = next(iter(execute("SELECT version_num FROM alembic_version")), (None,))
    if schema is None:
        raise BackupProblem("The database is empty: there is nothing to back up.")
    if schema > head():
        raise BackupProblem(
            f"The database is from a newer version of Kurak (migration {schema}; this one knows {head()}). "
            "Update the program first."
        )
    return Snapshot(schema=str(schema), version=version, totals=read_totals(execute))
