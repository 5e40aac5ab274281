"""Checks rows against the rules of the tables and against each other, before anything is written."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table

from campaign.domain.brand import LowContrast, NotAColour, check_colours
from campaign.domain.campaign_settings import (
    MAX_SENDER_NAME,
    BadBounds,
    BadSenderName,
    BadSeries,
    BadSlug,
    EndsBeforeStart,
    GoalCurrencyNotSettled,
    NotInSteps,
    TooLong,
    check_bounds,
    check_days,
    check_goal_currency,
    check_sender_name,
    check_series,
    check_slug,
)
from campaign.domain.errors import DomainError
from campaign.domain.grant_call import is_call_complete
from campaign.services.campaigns.fund_tree import GENERAL_CODE
from campaign.services.campaigns.shown_pictures import numbered
from campaign.services.plan_folders import schema
from campaign.services.plan_folders.problems import Problems
from campaign.services.plan_folders.reading import CampaignFiles, PlanRow

DEFAULT_DAYS = {"starts_on", "ends_on"}


def check_rows(
    files: CampaignFiles, problems: Problems, *, settled: tuple[str, ...], series: Mapping[str, str]
) -> None:
    """Note every row that breaks a rule: of its table, of uniqueness, of what it refers to."""
    with sqlite3.connect(":memory:") as connection:
        for entry in files.each():
            for table in entry.kind.tables:
                _check_table(connection, entry, table, problems)
    for rows in _families(files):
        _check_unique(rows, problems)
    _check_references(files, problems)
    _check_settings(files.head, problems)
    _check_series(files.head, series, problems)
    _check_goal_currency(files.head, settled, problems)


def _check_table(connection: sqlite3.Connection, entry: PlanRow, table: Table, problems: Problems) -> None:
    """Evaluate the table's CHECK constraints for one row. A rule about columns that no file has is the program's own."""
    values = {column.name: _plain(entry.values.get(column.name, _default(column))) for column in table.c}
    names = [name for name in values if name in entry.kind.fields]
    row = ", ".join(f"? AS {name}" for name in names)
    for rule in schema.checks_of(table):
        if schema.ALLOWED.fullmatch(rule):
            continue  # the value was compared with those allowed when it was read
        try:
            (holds,) = connection.execute(f"SELECT ({rule}) FROM (SELECT {row})", [values[n] for n in names]).fetchone()  # noqa: S608
        except sqlite3.OperationalError:
            continue
        if holds == 0:
            line = max([entry.line, *(entry.line_of(name) for name in names if name in rule)])
            problems.add(entry.file, line, f"The rule “{rule}” is not kept.")


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | None) else None


def _families(files: CampaignFiles) -> Iterable[list[PlanRow]]:
    """Return the rows among which a key is unique; funds of all files share their codes."""
    yield [row for name in ("funds", *schema.TARGET_FILES) for row in files.lists[name]]
    yield files.lists["milestones"]
    yield from files.texts.values()
    for entry in files.each():
        yield from entry.below.values()


def _check_unique(rows: list[PlanRow], problems: Problems) -> None:
    known: dict[tuple[tuple[str, ...], tuple[Any, ...]], PlanRow] = {}
    for entry in rows:
        for names in schema.unique_keys_of(entry.kind):
            if not all(name in entry.values for name in names):
                continue
            key = (names, tuple(entry.values[name] for name in names))
            first = known.setdefault(key, entry)
            if first is not entry:
                words = " and ".join(f"“{name}”" for name in names)
                problems.add(
                    entry.file,
                    entry.line_of(names[-1]),
                    f"{words} stands in {first.file}:{first.line_of(names[-1])} too.",
                )


def _check_references(files: CampaignFiles, problems: Problems) -> None:
    codes = {row.values.get("code") for row in files.lists["funds"]}
    if GENERAL_CODE not in codes:
        problems.add("funds.toml", 0, f"There is no fund with the code {GENERAL_CODE}, which every campaign has.")
    for name in schema.TARGET_FILES:
        for row in files.lists[name]:
            theme = row.values.get("theme")
            if theme is not None and theme not in codes - {GENERAL_CODE}:
                problems.add(row.file, row.line_of("theme"), f"“{theme}” is no theme in funds.toml.")
    for row in files.texts.get("ask", []):
        fund = row.values.get("facts", {}).get("fund")
        if fund is not None and fund not in codes:
            problems.add(row.file, row.line_of("facts"), f"“{fund}” is no fund in funds.toml.")
    _check_places(files, problems)
    _check_calls(files, problems)
    _check_currencies(files.head, problems)


def _check_places(files: CampaignFiles, problems: Problems) -> None:
    """Note a place of a picture that is not there, or that has one already."""
    several = {f"update:{number:02}" for number, _ in enumerate(files.lists["updates"], start=1)}
    several |= {f"{name[:-1]}:{row.values.get('code')}" for name in ("events", "grants") for row in files.lists[name]}
    free = {"hero", *(f"section:{row.values.get('slug')}" for row in files.texts.get("story", []))}
    free |= {place for each in several for place in numbered(each)}
    for row in files.lists["pictures"]:
        for place in row.values.get("places", []):
            if place not in free:
                problems.add(
                    row.file, row.line_of("places"), f"“{place}” is no place of the campaign, or has a picture already."
                )
            free.discard(place)


def _check_calls(files: CampaignFiles, problems: Problems) -> None:
    """Note a call that takes applications and asks for nothing, or gives reviewers nothing to score."""
    for row in files.lists["grants"]:
        kinds = {question.values.get("kind") for question in row.below["questions"]}
        if row.values.get("is_online") and not is_call_complete(kinds):
            problems.add(
                row.file,
                row.line_of("is_online"),
                "The call takes applications: it needs [[grants.questions]], one of them a criterion and one not.",
            )


def _check_settings(head: PlanRow, problems: Problems) -> None:
    """Hold the campaign to the rules of its settings page."""
    values = head.values
    _hold(head, "slug", problems, lambda: check_slug(values["slug"]))
    _hold(head, "series", problems, lambda: check_series(values["series"]))
    _hold(head, "sender_name", problems, lambda: check_sender_name(values["sender_name"]))
    for name in ("button_colour", "link_colour"):
        _hold(head, name, problems, lambda: check_colours(values[name]))  # noqa: B023  # called at once
    _hold(head, "ends_on", problems, lambda: check_days(values["starts_on"], values["ends_on"]))
    for row in head.below["goals"][1:]:
        problems.add(row.file, row.line, "There is one row of [[goals]] at most.")
    for row in head.below["currencies"]:
        _hold(row, "maximum_minor", problems, lambda: _check_bounds(row.values))  # noqa: B023  # called at once
        for amount in row.below["amounts"]:
            _check_amount(amount, row.values, problems)


def _check_series(head: PlanRow, owners: Mapping[str, str], problems: Problems) -> None:
    """Note a prefix that another campaign has, or receipts of another one."""
    series = head.values.get("series")
    owner = owners.get(series or "", head.values.get("slug"))
    if owner != head.values.get("slug"):
        whose = f"of the campaign {owner}" if owner else "that were issued before"
        problems.add(
            head.file, head.line_of("series"), f"The receipts {whose} have the prefix {series}. Choose other letters."
        )


def _check_goal_currency(head: PlanRow, settled: tuple[str, ...], problems: Problems) -> None:
    """Note a goal in a currency in which the payment account is never credited."""
    try:
        check_goal_currency(head.values.get("currency", ""), settled if "currency" in head.values else ())
    except GoalCurrencyNotSettled as error:
        possible = " or ".join(error.possible)
        problems.add(
            head.file,
            head.line_of("currency"),
            f"The payment account is credited in {possible}, so a goal in {error.code} would stay at zero: count it in "
            f"{possible}. Donors can give in {error.code} all the same: leave it among [[currencies]].",
        )


def _hold(row: PlanRow, name: str, problems: Problems, check: Callable[[], object]) -> None:
    """Note the broken rule; a value that is missing was noted before."""
    try:
        check()
    except (KeyError, EndsBeforeStart):  # an end before the start breaks a rule of the table too
        return
    except tuple(SENTENCES) as error:
        problems.add(row.file, row.line_of(name), SENTENCES[type(error)])


def _check_bounds(values: Mapping[str, Any]) -> None:
    if values["minimum_minor"] < values["maximum_minor"]:  # else a rule of the table is broken
        check_bounds(values["currency"], values["minimum_minor"], values["maximum_minor"])


def _check_amount(row: PlanRow, currency: Mapping[str, Any], problems: Problems) -> None:
    amounts = [currency.get("minimum_minor"), row.values.get("amount_minor"), currency.get("maximum_minor")]
    known = [amount for amount in amounts if amount is not None]
    if len(known) == len(amounts) and known[0] < known[2] and known != sorted(known):
        problems.add(row.file, row.line_of("amount_minor"), "The amount is not between the least and the largest gift.")


SENTENCES: Mapping[type[DomainError], str] = {
    BadSlug: "“slug” has small Latin letters, digits and single hyphens, at most 60.",
    BadSeries: "“series” is two to eight capital Latin letters, and not TEST.",
    BadSenderName: f"“sender_name” is one line of at most {MAX_SENDER_NAME} characters in each language.",
    NotAColour: 'A colour is written like "#8c1c2b", with small letters.',
    LowContrast: "This colour is too light to read on the pages. Choose a darker one.",
    TooLong: "A campaign goes on for ten years at most.",
    NotInSteps: "The payment provider does not charge every amount of this currency: the bounds are not multiples of its step.",
    BadBounds: "The least or the largest gift is not one that the payment provider takes.",
}


def _check_currencies(head: PlanRow, problems: Problems) -> None:
    own = head.values.get("currency")
    currencies = [row.values.get("currency") for row in head.below["currencies"]]
    if not currencies and "currencies" not in head.source.content:
        problems.add(head.file, 0, "There is no [[currencies]]: nobody could give.")
    if own is not None and currencies and own not in currencies:
        problems.add(
            head.file, head.line_of("currency"), f"The campaign’s own currency {own} is not among [[currencies]]."
        )
