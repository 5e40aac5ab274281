"""A PostgreSQL database that is put back to where it began: to delete rows costs a hundredth of cloning a template.

The connection that does it stays open: a new one takes five times as long, for it has to learn every table first.
"""

from dataclasses import dataclass, field

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


Connection = psycopg.Connection[tuple[object, ...]]


@dataclass
class Beginning:
    """What one database held at one moment: the rows of each table, where each sequence stood, and the schema."""

    conninfo: str
    rows: dict[str, bytes]  # as COPY writes them
    sequences: dict[str, tuple[int, bool]]  # last value, and whether it was given out
    schema: tuple[object, ...]
    _connection: Connection | None = field(default=None, repr=False)

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
        try:
            return self._restore(self._connected())
        except psycopg.OperationalError:  # somebody ended our connection, or the database was made anew
            self.close()
            return self._restore(self._connected())

    def close(self) -> None:
        """End our own connection; the next `restore` opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = psycopg.connect(self.conninfo, autocommit=True)
        return self._connection

    def _restore(self, connection: Connection) -> bool:
        connection.execute(ALONE)
        if _schema(connection) != self.schema:
            self.close()
            return False
        with connection.transaction():
            names = list(map(sql.Identifier, self.rows))
            connection.execute("SET LOCAL session_replication_role = 'replica'")  # no trigger, no foreign key
            connection.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.SQL(", ").join(names)))
            connection.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(name) for name in names))
            for name, content in self.rows.items():
                if content:
                    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                        copy.write(content)
            set_value = sql.SQL("setval({}, {}, {})")
            values = [
                set_value.format(sql.Literal(f'"{name}"'), last, called)
                for name, (last, called) in self.sequences.items()
            ]
            connection.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(values)))
        return True


def _copied(connection: Connection, table: str) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(copy)


def _standing(connection: Connection, sequence: str) -> tuple[int, bool]:
    query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(sequence))
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(str(row[0])), bool(row[1])


def _schema(connection: Connection) -> tuple[object, ...]:
    """How many objects of ours each catalogue lists, and which transaction was the last to write one."""
    part = sql.SQL("(SELECT (count(*), max(xmin::text::bigint))::text FROM {} WHERE oid >= {})")
    parts = [part.format(sql.Identifier(name), sql.Literal(OURS_FROM_OID)) for name in CATALOGS]
    row = connection.execute(sql.SQL("SELECT ") + sql.SQL(", ").join(parts)).fetchone()
    assert row is not None
    return row
