"""The store of accounts that Flask-Security reads and writes, with a database session of its own."""

from typing import Any

from flask_security.datastore import SQLAlchemySessionUserDatastore
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy.orm import scoped_session, sessionmaker

from campaign.database import write_pending
from campaign.extensions import db
from campaign.models.staff import Role, Staff, StaffPasskey

sign_in_session: "scoped_session[Any]" = scoped_session(
    sessionmaker(class_=FlaskSession, db=db, autoflush=False),  # nothing is written before all is ready to be written
    scopefunc=db.session.registry.scopefunc,  # one for each of Flask's contexts, as the other
)


class StaffDatastore(SQLAlchemySessionUserDatastore):
    """People as Flask-Security reads and changes them: between the two it hashes, which takes a fifth of a second."""

    def commit(self) -> None:
        write_pending(sign_in_session())


def staff_datastore() -> StaffDatastore:
    """What Flask-Security finds people in, on a database session of its own.

    It changes people early in a request and commits late, and a service that ends a reading in between rolls the shared
    session back. The caller ends each request's session by `close_sign_in_session`.
    """
    return StaffDatastore(sign_in_session, Staff, Role, StaffPasskey)


def close_sign_in_session() -> None:
    """Give the connection of this request's sign-in back."""
    sign_in_session.remove()
