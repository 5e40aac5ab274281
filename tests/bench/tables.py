"""The table behind a model."""

from sqlalchemy import Table

from campaign.extensions import Model


def table_of(model: type[Model]) -> Table:
    """For Core statements, which know nothing of sessions and objects."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
