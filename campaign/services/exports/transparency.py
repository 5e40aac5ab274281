"""The transparency page's table as CSV: the same rows and figures, for a spreadsheet or a program."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime

from campaign.days import local_day
from campaign.domain.csv_text import escape_formula
from campaign.domain.fund import FundKind
from campaign.domain.language import in_language_of
from campaign.domain.money import Money
from campaign.services.campaigns.fund_figures import Figures, FundSummary
from campaign.services.campaigns.transparency import Transparency

BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet misreads Cyrillic
COLUMNS = (
    "code",
    "kind",
    "title",
    "currency",
    "planned",
    "given",
    "raised",
    "fees",
    "allocated",
    "spent",
    "left",
    "as_of",
    "demo_data",
    "state",
)


def csv_of(money: Transparency, *, language: str, as_of: datetime, is_demo: bool) -> str:
    """Return one row per purpose or target and currency, then the totals; amounts in major units with a decimal point."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    table = csv.writer(out, quoting=csv.QUOTE_ALL)
    table.writerow(COLUMNS)
    made = as_of.isoformat(timespec="seconds"), "yes" if is_demo else "no"
    for state, *row in _rows(money, language, local_day(as_of)):
        table.writerow([*(escape_formula(cell) for cell in row[:3]), *row[3:], *made, state])
    return out.getvalue()


def _rows(money: Transparency, language: str, today: date) -> Iterator[tuple[str, ...]]:
    """Yield the state of each row, empty where it has none, and its cells."""
    for purse in (*money.purposes, *money.targets):
        title = in_language_of(purse.title, language)
        for figures in purse.figures or (Figures(currency=money.currency),):
            planned = str(purse.goal.decimal) if figures.currency == purse.goal.currency else ""
            yield (
                purse.state_on(today) or "",
                purse.code,
                purse.kind,
                title,
                figures.currency,
                planned,
                *_amounts(figures, purse),
            )
    for figures in money.totals:
        yield "", "TOTAL", "total", "", figures.currency, "", *_amounts(figures, None)


def _amounts(figures: Figures, purse: FundSummary | None) -> tuple[str, ...]:
    """A purpose has passed on what a target has been given."""
    gives = purse is not None and purse.kind in {FundKind.GENERAL, FundKind.THEME}
    allocated = -figures.allocated_minor if gives else figures.allocated_minor
    amounts = (
        figures.given_minor,
        figures.raised_minor,
        figures.fees_minor,
        allocated,
        figures.spent_minor,
        figures.left_minor,
    )
    return tuple(str(Money(minor, figures.currency).decimal) for minor in amounts)
