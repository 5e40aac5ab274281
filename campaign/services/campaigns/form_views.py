"""Counts how often the donation form is opened: one number for a day, a campaign and a language."""

import logging
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from campaign.database import DatabaseBusy, autocommit
from campaign.models.campaign import Campaign
from campaign.models.form_view import FormViews

log = logging.getLogger(__name__)


def count_form_view(slug: str, language: str, *, day: date) -> None:
    """Add one to the forms of this day; a busy database loses the count, and delays no page."""
    try:
        with autocommit(is_patient=False) as connection:
            statement = _statement(is_postgresql=connection.dialect.name == "postgresql")
            connection.execute(statement, {"slug": slug, "day": day, "language": language})
    except DatabaseBusy:
        log.info("a form was opened and not counted: the database is busy")


@cache
def _statement(*, is_postgresql: bool) -> Any:  # the dialects' inserts have no type in common
    dialect: Any = postgresql if is_postgresql else sqlite
    views = FormViews.__table__
    row = select(
        Campaign.__table__.c.id,
        bindparam("day", type_=views.c.day.type).label("day"),
        bindparam("language", type_=views.c.language.type).label("language"),
        literal(1).label("views"),
    ).where(Campaign.__table__.c.slug == bindparam("slug"))
    return (
        dialect.insert(views)
        .from_select(["campaign_id", "day", "language", "views"], row)
        .on_conflict_do_update(index_elements=["campaign_id", "day", "language"], set_={"views": views.c.views + 1})
        .inline()
    )
