"""The instances of Flask's extensions; created here, set up by `app_factory`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from flask import request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String, Table, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, registry

from campaign.domain.abuse import Kind
from campaign.domain.visitor_keys import network_keys

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Key = BigInteger().with_variant(Integer, "sqlite")
"""Primary and foreign keys: SQLite counts only INTEGER keys up by itself."""


class Instant(TypeDecorator[datetime]):
    """A moment, always aware and in UTC; SQLite stores it as text without an offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """The base of every table; constraints are named by one convention, so that migrations can drop them."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: Instant(), int: BigInteger(), str: String()},
    )
    # Flask-SQLAlchemy looks the metadata up on the class that it is given.
    metadata = registry.metadata

    if TYPE_CHECKING:
        __table__: ClassVar[Table]  # hot paths write through it: Core costs a third of what the ORM does


def visitor_key() -> str:
    """Return whom a request limit counts: an IPv4 address, or the /64 of one IPv6 household."""
    return network_keys(request.remote_addr).get(Kind.ADDRESS) or request.remote_addr or ""


db: SQLAlchemy = SQLAlchemy(model_class=Model)
babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(key_func=visitor_key)
