"""Where transactions begin and end: the only commit and rollback in the program."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from campaign.domain.errors import DomainError
from campaign.extensions import Model, db

BUSY_TIMEOUT_MS = 5000
"""How long a writer waits for SQLite's one write lock before it gives up with DatabaseBusy."""


class DatabaseBusy(DomainError):
    """Somebody else kept the database locked for too long; trying again is safe."""


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction: committed when the block ends, rolled back when it raises. It has one owner, so it never nests.

    On SQLite it takes the write lock at once (BEGIN IMMEDIATE): a reader that turns writer later would fail, not wait.
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
        if _is_lock(error):
            raise DatabaseBusy from error
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["open"] = False


@contextmanager
def reading() -> Iterator[Session]:
    """A session for queries; inside a transaction the same one, outside a fresh snapshot that is let go at the end."""
    session: Session = db.session()
    if session.info.get("open"):
        yield session
        return
    session.rollback()
    try:
        yield session
    finally:
        session.rollback()


def let_go(session: Session) -> None:
    """End what another session has read, so that its next writing starts from how things are then."""
    session.rollback()


def write_pending(session: Session) -> None:
    """Write what a session of its own has changed, in one short transaction that begins now; DatabaseBusy.

    What the session has read before may be long ago, and on SQLite a transaction that read then cannot write any more.
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
        if _is_lock(error):
            raise DatabaseBusy from error
        raise


def insert_once(session: Session, table: type[Model], row: dict[str, Any]) -> bool:
    """Insert a row unless its unique key is taken; True when it is new. Two at the same time are no error."""
    return insert_once_for_key(session, table, row) is not None


def insert_once_for_key(session: Session, table: type[Model], row: dict[str, Any]) -> Any:  # a key of any type
    """The same, for who needs the new row's primary key (its first column); None when the row is not new."""
    statement = _insert_once(table, is_postgresql=session.get_bind().dialect.name == "postgresql")
    return session.execute(statement, row).scalar()


def insert_once_alone(table: type[Model], row: dict[str, Any]) -> bool:
    """`insert_once` as a whole transaction."""
    with each_alone() as connection:
        statement = _insert_alone(table, is_postgresql=connection.dialect.name == "postgresql")
        return connection.execute(statement, row).rowcount > 0


@contextmanager
def each_alone() -> Iterator[Connection]:
    """A connection on which every statement is a whole transaction, for hot paths: no session, no BEGIN, no COMMIT.

    What a statement returns is to be read to its end: SQLite commits it there.
    """
    engine = db.engine
    options: Any = {"isolation_level": "AUTOCOMMIT"} if engine.dialect.name == "postgresql" else {"alone": True}
    try:
        with engine.connect() as connection:
            yield connection.execution_options(**options)
    except OperationalError as error:
        if _is_lock(error):
            raise DatabaseBusy from error
        raise


@cache
def _insert_once(table: type[Model], *, is_postgresql: bool) -> Any:  # the dialects' inserts have no type in common
    """Built once: making the statement anew costs more than running it."""
    key = next(iter(table.__table__.primary_key))
    dialect: Any = postgresql if is_postgresql else sqlite
    return dialect.insert(table.__table__).on_conflict_do_nothing().returning(key)


@cache
def _insert_alone(table: type[Model], *, is_postgresql: bool) -> Any:
    """The same without RETURNING: the number of rows tells whether it was new."""
    dialect: Any = postgresql if is_postgresql else sqlite
    statement = dialect.insert(table.__table__).on_conflict_do_nothing().inline()
    return statement.execution_options(preserve_rowcount=True)


def set_up_database(app: Flask) -> None:
    """Give the app's engine SQLite's safe habits: foreign keys, WAL, our own BEGIN."""
    with app.app_context():
        set_up_engine(db.engine)


def set_up_engine(engine: Engine) -> None:
    """The same for an engine of another database than the app's."""
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
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("alone"):  # else one statement is the whole transaction
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("immediate") else "BEGIN")


def _is_lock(error: OperationalError) -> bool:
    text = str(error.orig)
    return "database is locked" in text or "lock timeout" in text or "deadlock detected" in text
