"""What a campaign's folder holds: every column of its tables, apart from a short list, under the name of the column."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from sqlalchemy import CheckConstraint, ColumnElement, Table, UniqueConstraint

from campaign.domain.fund import EventStatus, GrantStatus
from campaign.extensions import Model
from campaign.models.application import CallQuestion, GrantCall
from campaign.models.campaign import Campaign, CampaignCurrency, Milestone, Section, SuggestedAmount, Update
from campaign.models.fund import BudgetLine, Event, Fund, Grant
from campaign.models.goal import CampaignGoals
from campaign.models.picture import Picture

LEFT_OUT: Mapping[str, str] = {
    "campaign.is_featured": "Which campaign the start page shows is decided in each installation.",
    "campaign_currency.position": "It is the order in the file.",
    "suggested_amount.currency": "It is the currency above it.",
    "section.place": "It is the name of the file.",
    "section.position": "It is the order in the file.",
    "campaign_update.revision": "It counts the changes in this installation.",
    "campaign_update.changed_by": "Staff are those of an installation.",
    "picture.revision": "It counts the changes in this installation.",
    "picture.version": "It is a part of addresses here.",
    "picture.width": "It is that of the file.",
    "picture.height": "It is that of the file.",
    "picture.recorded_at": "It is when the picture came into this installation.",
    "picture.recorded_by": "Staff are those of an installation.",
    "picture.removed_at": "A removed picture is not exported.",
    "fund.kind": "It follows from the file, and from the code GEN.",
    "fund.position": "It is the order in the file.",
    "fund.theme_id": "It is the theme of a target.",
    "fund.target_id": "It is the target that a theme may pay for.",
    "budget_line.position": "It is the order in the file.",
    "call_question.position": "It is the order in the file.",
    "call_question.is_removed": "A removed question is not exported.",
    "event.details_changed_at": "It is when people here were last to be told of a change.",
    "event.report_drafts": "What was written in field mode is no part of the plan before staff have published it.",
    "event.head_count": "It was counted from the sign-ups of this installation; the report has the numbers.",
}
"""Columns that stand in no file, with the reason. Keys, public ids and references to the parent never do."""
KEYS = frozenset({"id", "public_id", "campaign_id", "fund_id"})

OPTIONAL = frozenset({"campaign.starts_on", "campaign.ends_on"})
"""A campaign without days is a draft: it gets some, and staff change them."""
WITH_TEXT = frozenset({"campaign.name", "campaign.title"})
"""Texts that a page cannot do without: in one language at least."""
TABLES = (dict[str, str], dict[str, object])
"""The kinds of columns that are tables in a file; one that is left out is empty."""
STATES: Mapping[str, type[StrEnum]] = {"event": EventStatus, "grant": GrantStatus}
ALLOWED = re.compile(r"(\w+) IN \((.+)\)")


@dataclass(frozen=True, slots=True)
class RowField:
    """One key of a row in a file."""

    name: str
    kind: Any
    is_required: bool
    allowed: tuple[str, ...] = ()
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class RowKind:
    """A kind of row: its keys, the rows below it, and the tables that it fills."""

    fields: Mapping[str, RowField]
    tables: tuple[Table, ...]
    below: "Mapping[str, RowKind]" = field(default_factory=dict)

    def values(self, table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a checked row says of the columns of a table."""
        return {name: row[name] for name in self.fields if name in table.c and name in row}


def kind_of(*models: type[Model], below: Mapping[str, RowKind] | None = None, **more: RowField) -> RowKind:
    """Describe the rows of one or more models, which are one row in a file."""
    fields = {name: entry for model in models for name, entry in _fields_of(model).items()}
    return RowKind({**fields, **more}, tuple(_table_of(model) for model in models), below or {})


def _fields_of(model: type[Model]) -> dict[str, RowField]:
    table = _table_of(model)
    hints = {name: _plain(hint) for name, hint in get_type_hints(model).items()}
    allowed = _allowed_values(table)
    fields = {}
    for column in table.c:
        full_name = f"{table.name}.{column.name}"
        if column.name in KEYS or full_name in LEFT_OUT:
            continue
        kind = hints[column.name]
        has_default = column.default is not None or column.server_default is not None or kind in TABLES
        is_required = not (column.nullable or has_default or full_name in OPTIONAL) or full_name in WITH_TEXT
        fields[column.name] = RowField(
            column.name, kind, is_required, allowed.get(column.name, ()), getattr(column.type, "length", None)
        )
    return fields


def _plain(hint: Any) -> Any:
    """Return `str` of `Mapped[Annotated[str, …] | None]`."""
    if get_origin(hint) in {str, dict, list} or isinstance(hint, type):
        return hint
    arguments = [argument for argument in get_args(hint) if argument is not type(None)]
    return _plain(arguments[0]) if arguments else hint


def _table_of(model: type[Model]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  # to SQLAlchemy it may be a join
    return table


def _allowed_values(table: Table) -> dict[str, tuple[str, ...]]:
    """Read the constraints that list the values of a column; the states of events and grants stand in code alone."""
    matches = (ALLOWED.fullmatch(sql) for sql in checks_of(table))
    words = {"status": tuple(STATES[table.name])} if table.name in STATES else {}
    return words | {match[1]: tuple(value.strip(" '") for value in match[2].split(",")) for match in matches if match}


def checks_of(table: Table) -> list[str]:
    """Return the SQL of the rules that every row of a table keeps."""
    return [str(rule.sqltext) for rule in table.constraints if isinstance(rule, CheckConstraint)]


def unique_keys_of(kind: RowKind) -> list[tuple[str, ...]]:
    """Return the keys that are unique among the rows of one parent."""
    groups = [names for table in kind.tables for names in _unique_columns(table)]
    return [names for names in groups if names and set(names) <= kind.fields.keys()]


def _unique_columns(table: Table) -> Iterator[tuple[str, ...]]:
    rules: list[Iterable[ColumnElement[Any]]] = [
        rule.columns for rule in table.constraints if isinstance(rule, UniqueConstraint)
    ]
    rules += [[column] for column in table.c if column.unique]
    for columns in (*rules, table.primary_key.columns):
        yield tuple(str(column.key) for column in columns if column.key not in KEYS)


PLACES = RowField("places", list[str], is_required=False)
THEME = RowField("theme", str, is_required=False)
AS_OF = RowField("dates_as_of", date, is_required=False)
IS_ONLINE = RowField("is_online", bool, is_required=False)
"""Of a grant whose applications are taken on this site; its questions stand below it."""
NEEDS_CONSENT = RowField("needs_consent", bool, is_required=False)
"""Of a text that quotes or names somebody: their consent belongs to an installation, and nobody sees the text without it."""
UNLISTED = RowField("unlisted_languages", list[str], is_required=False)


@cache
def campaign_kind() -> RowKind:
    """Return what `campaign.toml` holds."""
    amounts = kind_of(SuggestedAmount)
    currencies = kind_of(CampaignCurrency, below={"amounts": amounts})
    return kind_of(
        Campaign,
        below={"goals": kind_of(CampaignGoals), "currencies": currencies},
        dates_as_of=AS_OF,
        unlisted_languages=UNLISTED,
    )


@cache
def list_kinds() -> dict[str, RowKind]:
    """Return what each other file holds, by its name; each is a list of rows under that name."""
    costs = {"budget": kind_of(BudgetLine)}
    call = {**costs, "questions": kind_of(CallQuestion)}
    return {
        "funds": kind_of(Fund),
        "events": kind_of(Fund, Event, below=costs, theme=THEME, needs_consent=NEEDS_CONSENT),
        "grants": kind_of(
            Fund, Grant, GrantCall, is_online=IS_ONLINE, below=call, theme=THEME, needs_consent=NEEDS_CONSENT
        ),
        "lines": kind_of(Fund, below=costs, theme=THEME),
        "milestones": kind_of(Milestone),
        "updates": kind_of(Update, needs_consent=NEEDS_CONSENT),
        "pictures": kind_of(Picture, places=PLACES),
    }


@cache
def section_kind() -> RowKind:
    """Return what the files below `texts/` hold: the texts of one place of the page each."""
    return kind_of(Section, needs_consent=NEEDS_CONSENT)


TARGET_FILES = ("events", "grants", "lines")
MARKDOWN = "body"
"""The column whose texts are files of their own where they are long."""
LONG_PLACES = frozenset({"story", "page", "question"})
TIMES: tuple[type, ...] = (date, datetime)
