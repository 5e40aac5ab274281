"""Run migrations with the app's own engine; on PostgreSQL one migrator at a time, never waiting long for a lock."""

from alembic import context
from flask import current_app
from sqlalchemy import text

from campaign.extensions import Instant, Model
from campaign.models import (  # noqa: F401  # each module's tables join the metadata
    alarm,
    allocation,
    campaign,
    document,
    donation,
    donor,
    drill,
    event_sign_up,
    fund,
    inbox,
    journal,
    news,
    outbox,
    payout,
    picture,
    receipt,
    staff,
)

MIGRATION_LOCK = 7_305_817
"""The advisory lock's number: any, as long as it is ours."""


def render_item(kind: str, value: object, _context: object) -> str | bool:
    """Write our own types in migrations as SQLAlchemy's, so that an old migration needs no code of today."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(value, Instant) else False


engine = context.config.attributes.get("engine") or current_app.extensions["migrate"].db.engine

with engine.connect() as connection:
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:
        connection.execute(text("SET lock_timeout = '4s'"))
        connection.execute(text(f"SELECT pg_advisory_lock({MIGRATION_LOCK})"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_item=render_item,
        transaction_per_migration=True,
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        if is_postgresql:
            connection.rollback()
            connection.execute(text(f"SELECT pg_advisory_unlock({MIGRATION_LOCK})"))
            connection.commit()
