"""Transactions: the only commit and rollback in the program."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from campaign.domain.errors import DomainError
from campaign.extensions import Model, db

BUSY_TIMEOUT_MS = 5000
"""How long a writer waits for SQLite's one write lock before it gives up with DatabaseBusy."""
SHORT_WAIT_MS = 50
"""How long one waits that can do without its write."""


class DatabaseBusy(DomainError):
    """Another transaction locked the database for too long; a new attempt is safe."""


class DatabaseUnavailable(DatabaseBusy):
    """The database cannot write now: full disk, no memory or connections left, read-only. A new attempt is safe."""


SQLSTATE_LENGTH = 5
LOCKED = frozenset({"55P03", "40P01", "40001", "database is locked", "lock timeout", "deadlock detected"})
DISK_FULL = frozenset({"53100", "database or disk is full"})
READ_ONLY = frozenset({"25006"})
UNAVAILABLE = (
    DISK_FULL
    | READ_ONLY
    | {"53000", "53200", "53300", "53400", "58030", "57P01", "57P02", "57P03"}
    | {"too many clients already", "remaining connection slots are reserved", "disk I/O error"}
)
"""By SQLSTATE; and by text what SQLite says, and PostgreSQL before a connection stands."""
DISK_FULL_MARK = "database_disk_full"
"""This file in the instance folder has the time at which the database last said that its disk is full."""


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a transaction: committed when the block ends, rolled back when it raises. It has one owner, so it never nests.

    On SQLite it takes the write lock at once (BEGIN IMMEDIATE): a reader that turned writer later would fail, not wait.
    """
    session: Session = db.session()
    if session.info.get("open"):
        raise RuntimeError("a transaction is already open: a service must not call another service's transaction")
    session.rollback()  # ends a reading snapshot that a query left behind
    session.info["open"] = True
    try:
        session.connection(execution_options={"immediate": True})
        yield session
        session.commit()
    except OperationalError as error:
        session.rollback()
        raise _error_for(error) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["open"] = False


@contextmanager
def reading() -> Iterator[Session]:
    """Return a session for queries; inside a transaction the same one, outside a fresh snapshot that ends with the block."""
    session: Session = db.session()
    if session.info.get("open"):
        yield session
        return
    session.rollback()
    try:
        yield session
    finally:
        session.rollback()


def end_read(session: Session) -> None:
    """End what another session has read, so that its next write starts from the present state."""
    session.rollback()


def write_pending(session: Session) -> None:
    """Write what a session of its own has changed, in one short transaction that begins now.

    What the session has read before may be old, and on SQLite a transaction that read then cannot write any more.

    Raises:
        DatabaseBusy: another transaction has the lock.
    """
    try:
        if session.new or session.dirty or session.deleted:
            connection = session.connection()
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
        session.commit()
    except OperationalError as error:
        session.rollback()
        raise _error_for(error) from error


def insert_once(session: Session, table: type[Model], row: dict[str, Any]) -> bool:
    """Insert a row unless its unique key is taken; return whether it is new. Two at the same time are no error."""
    return insert_once_for_key(session, table, row) is not None


def insert_once_for_key(session: Session, table: type[Model], row: dict[str, Any]) -> Any:  # a key of any type
    """Insert likewise and return the new row's primary key (its first column); None when the row is not new."""
    statement = _insert_once(table, is_postgresql=session.get_bind().dialect.name == "postgresql")
    return session.execute(statement, row).scalar()


def insert_if_absent(table: type[Model], row: dict[str, Any]) -> bool:
    """Run `insert_once` as a whole transaction."""
    with autocommit() as connection:
        statement = _insert_alone(table, is_postgresql=connection.dialect.name == "postgresql")
        return connection.execute(statement, row).rowcount > 0


@contextmanager
def autocommit(*, is_patient: bool = True) -> Iterator[Connection]:
    """Open a connection on which every statement is a whole transaction, for hot paths: no session, no BEGIN, no COMMIT.

    Read the result of a statement to its end: SQLite commits it there. Who is not patient gives up after `SHORT_WAIT_MS` there.
    """
    engine = db.engine
    options: Any = {"isolation_level": "AUTOCOMMIT"} if engine.dialect.name == "postgresql" else {"alone": True}
    try:
        with engine.connect() as connection:
            own = connection.execution_options(**options)
            if is_patient or engine.dialect.name != "sqlite":
                yield own
                return
            own.exec_driver_sql(f"PRAGMA busy_timeout={SHORT_WAIT_MS}").close()
            try:
                yield own
            finally:
                own.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}").close()
    except OperationalError as error:
        raise _error_for(error) from error


def empty_log() -> None:
    """Write SQLite's log into its file and empty it, so that neither has what was deleted; a busy one waits for the next time."""
    if db.engine.dialect.name == "sqlite":
        with suppress(DatabaseBusy), autocommit(is_patient=False) as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").close()


@cache
def _insert_once(table: type[Model], *, is_postgresql: bool) -> Any:  # the dialects' inserts have no type in common
    """Return a statement that is built once: building it anew costs more than running it."""
    key = next(iter(table.__table__.primary_key))
    dialect: Any = postgresql if is_postgresql else sqlite
    return dialect.insert(table.__table__).on_conflict_do_nothing().returning(key)


@cache
def _insert_alone(table: type[Model], *, is_postgresql: bool) -> Any:
    """Return the same statement without RETURNING: the number of rows tells whether it was new."""
    dialect: Any = postgresql if is_postgresql else sqlite
    statement = dialect.insert(table.__table__).on_conflict_do_nothing().inline()
    return statement.execution_options(preserve_rowcount=True)


def set_up_database(app: Flask) -> None:
    """Set up the app's engine for SQLite: foreign keys, WAL, our own BEGIN."""
    with app.app_context():
        set_up_engine(db.engine)
        event.listen(
            db.engine, "handle_error", partial(_note_outage, mark=app.config["KURAK"].instance_dir / DISK_FULL_MARK)
        )


def set_up_engine(engine: Engine) -> None:
    """Set up an engine of another database than the app's in the same way."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)


def _on_sqlite_connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    raw: Any = connection  # the driver's own attribute, not in the protocol
    raw.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys=ON",
        "recursive_triggers=ON",  # INSERT OR REPLACE deletes too, and the books must hear of it
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",  # what is deleted is overwritten, so that no file or copy of it has what was erased
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("alone"):  # else one statement is the whole transaction
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("immediate") else "BEGIN")


def _note_outage(context: ExceptionContext, *, mark: Path) -> OperationalError | None:
    """Report a full disk to the alarms; after a failover, leave the read-only server, and report it as an outage."""
    error = context.original_exception
    if _says(error, DISK_FULL):
        with suppress(OSError):
            mark.touch()
    if not _says(error, READ_ONLY):
        return None
    context.is_disconnect = True  # SQLAlchemy then throws the connections away
    return OperationalError(context.statement, None, error, hide_parameters=True)


def _error_for(error: OperationalError) -> Exception:
    """Return the error for a failed statement: a lock or an outage that will pass, or the error itself."""
    if _says(error.orig, LOCKED):
        return DatabaseBusy()
    return DatabaseUnavailable() if _says(error.orig, UNAVAILABLE) else error


def _says(error: BaseException | None, signs: frozenset[str]) -> bool:
    """Return whether the driver's error has one of these SQLSTATEs, or, where there is none, one of these texts."""
    state = getattr(error, "sqlstate", None)
    return state in signs if state else any(sign in str(error) for sign in signs if len(sign) > SQLSTATE_LENGTH)
