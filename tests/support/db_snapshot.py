"""A PostgreSQL database that is put back to where it began: to delete rows costs a hundredth of cloning a template."""

from dataclasses import dataclass

import psycopg
from psycopg import sql

CATALOGS = ("pg_class", "pg_attrdef", "pg_constraint", "pg_proc", "pg_trigger")
OURS_FROM_OID = 16384
"""PostgreSQL's own objects have smaller numbers."""
ALONE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename"


@dataclass(frozen=True)
class Beginning:
    """What one database held at one moment: the rows of each table, where each sequence stood, and the schema."""

    conninfo: str
    rows: dict[str, bytes]  # as COPY writes them
    sequences: dict[str, tuple[int, bool]]  # last value, and whether it was given out
    schema: tuple[object, ...]

    @classmethod
    def of(cls, conninfo: str) -> "Beginning":
        """The database as it stands."""
        with psycopg.connect(conninfo) as connection:
            tables = [name for (name,) in connection.execute(TABLES)]
            sequences = [name for (name,) in connection.execute(SEQUENCES)]
            return cls(
                conninfo,
                rows={name: _copied(connection, name) for name in tables},
                sequences={name: _standing(connection, name) for name in sequences},
                schema=_schema(connection),
            )

    def restore(self) -> bool:
        """End every other connection and make the rows and sequences what they were, whatever seals them.

        False, with the rows left alone, when the schema has changed: then the database must be made anew.
        """
        with psycopg.connect(self.conninfo) as connection:
            connection.execute(ALONE)
            if _schema(connection) != self.schema:
                return False
            names = list(map(sql.Identifier, self.rows))
            connection.execute("SET LOCAL session_replication_role = 'replica'")  # no trigger, no foreign key
            connection.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.SQL(", ").join(names)))
            connection.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(name) for name in names))
            for name, content in self.rows.items():
                if content:
                    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                        copy.write(content)
            for name, (last_value, is_called) in self.sequences.items():
                connection.execute("SELECT setval(%s, %s, %s)", (f'"{name}"', last_value, is_called))
        return True


def _copied(connection: "psycopg.Connection[tuple[object, ...]]", table: str) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(copy)


def _standing(connection: "psycopg.Connection[tuple[object, ...]]", sequence: str) -> tuple[int, bool]:
    query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(sequence))
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(str(row[0])), bool(row[1])


def _schema(connection: "psycopg.Connection[tuple[object, ...]]") -> tuple[object, ...]:
    """How many objects of ours each catalogue lists, and which transaction was the last to write one."""
    part = sql.SQL("(SELECT (count(*), max(xmin::text::bigint))::text FROM {} WHERE oid >= {})")
    parts = [part.format(sql.Identifier(name), sql.Literal(OURS_FROM_OID)) for name in CATALOGS]
    row = connection.execute(sql.SQL("SELECT ") + sql.SQL(", ").join(parts)).fetchone()
    assert row is not None
    return row
