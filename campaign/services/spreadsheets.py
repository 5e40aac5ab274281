"""A table as a file: CSV and XLSX of the same rows, with the filters above them and totals below.

A file is written completely before a byte of it is sent, so that nobody gets half a ledger. Cells are text, days,
moments or amounts; in a CSV, text that a spreadsheet would run as a formula is escaped. A workbook distinguishes text
from formulas.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Literal

from flask_babel import gettext as _

from campaign.domain.csv_text import escape_formula

Cell = str | int | Decimal | date | datetime | None
"""Decimal is an amount in major units; int a count or a number; the rest is what it says."""
About = Sequence[tuple[str, str]]
"""What was asked for, as (label, value), above the table."""
FileFormat = Literal["csv", "xlsx"]
MAX_IN_MEMORY_BYTES = 1_000_000
MAX_DECIMALS = 3
"""What the most divided currency of our table has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is written: `amounts` are the columns to add up, per value of the column `by` (the currency).

    Where `counted` names a column and a value, only rows with that value are added up; the label should say so.
    """

    title: str
    about: About
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    amounts: tuple[int, ...] = ()
    by: int | None = None
    counted: tuple[int, str] | None = None
    total_label: str = ""
    zone: tzinfo = UTC  # whose clock the moments are written by; their heads say so


@dataclass(slots=True)
class SheetTotals:
    """The sums of the amount columns, added up while the rows are written."""

    sheet: Sheet
    sums: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    is_empty: bool = True

    def accumulate(self, rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
        """Yield the rows with their moments in the sheet's time zone, and add them up."""
        for row in rows:
            self.is_empty = False
            if self.sheet.by is not None and row[self.sheet.by] is not None and self._is_counted(row):
                sums_so_far = self.sums[str(row[self.sheet.by])]
                amounts = [_amount(row[place]) for place in self.sheet.amounts]
                sums_so_far[:] = [a + b for a, b in zip(sums_so_far, amounts, strict=True)] if sums_so_far else amounts
            yield [cell.astimezone(self.sheet.zone) if isinstance(cell, datetime) else cell for cell in row]

    def _is_counted(self, row: Sequence[Cell]) -> bool:
        return self.sheet.counted is None or row[self.sheet.counted[0]] == self.sheet.counted[1]

    def rows(self) -> Iterator[list[Cell]]:
        """Return one row per currency, with the label and the sums in their columns; one row for an empty table."""
        if self.is_empty:
            yield [_("Nothing fits this period and these filters."), *[None] * (len(self.sheet.columns) - 1)]
        for currency, sums in sorted(self.sums.items()):
            row: list[Cell] = [None] * len(self.sheet.columns)
            row[0] = self.sheet.total_label
            if self.sheet.by is not None:
                row[self.sheet.by] = currency
            for place, total in zip(self.sheet.amounts, sums, strict=True):
                row[place] = total
            yield row


def _amount(cell: Cell) -> Decimal:
    """Return the cell’s amount with its decimal places, also of zero; nothing is zero."""
    return Decimal(0) if cell in (None, "") else Decimal(str(cell))


def render_sheet(sheet: Sheet, file_format: FileFormat) -> IO[bytes]:
    """Return the whole file, at its beginning; past a megabyte it is on disk. The caller closes it."""
    file: IO[bytes] = SpooledTemporaryFile(MAX_IN_MEMORY_BYTES)  # noqa: SIM115  # it outlives this function
    {"csv": write_csv, "xlsx": write_xlsx}[file_format](sheet, file)
    file.seek(0)
    return file


def write_csv(sheet: Sheet, file: IO[bytes]) -> None:
    """Write UTF-8 with a byte-order mark, so that every spreadsheet reads Cyrillic; amounts with a point, text in quotes."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer, totals = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC), SheetTotals(sheet)
    writer.writerow([sheet.title])
    writer.writerows([[label, escape_formula(value)] for label, value in sheet.about])
    writer.writerow([])
    writer.writerow(sheet.columns)
    writer.writerows([_plain(cell) for cell in row] for row in totals.accumulate(sheet.rows))
    writer.writerows([_plain(cell) for cell in row] for row in totals.rows())
    text.detach()


def write_xlsx(sheet: Sheet, file: IO[bytes]) -> None:
    """Write one worksheet, row by row in constant memory; amounts are numbers, everything else has its own type."""
    import xlsxwriter  # 5 MB that most web processes never need

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(file, options) as book:
        page, formats = book.add_worksheet(), _formats(book)
        page.set_column(0, len(sheet.columns) - 1, 18)
        totals, number = SheetTotals(sheet), 0
        heads: list[tuple[Sequence[Cell], str]] = [([sheet.title], "bold"), *((pair, "") for pair in sheet.about)]
        for row, style in (*heads, ([], ""), (sheet.columns, "bold")):
            _write_row(page, number, row, formats, style=style)
            number += 1
        page.freeze_panes(number, 0)
        for cells in totals.accumulate(sheet.rows):
            _write_row(page, number, cells, formats)
            number += 1
        for cells in totals.rows():
            _write_row(page, number, cells, formats, style="bold")
            number += 1


def _places(amount: Decimal) -> int:
    """Return the number of decimals of an amount: none for yen, three for dinars."""
    exponent = amount.as_tuple().exponent
    return min(max(-exponent, 0), MAX_DECIMALS) if isinstance(exponent, int) else 0


def _plain(cell: Cell) -> str | int | Decimal:
    """Leave numbers as numbers, so that they are written without quotation marks."""
    if isinstance(cell, str):
        return escape_formula(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else cell


def _formats(book: Any) -> dict[str, Any]:  # XlsxWriter has no types
    return {
        "": None,
        "bold": book.add_format({"bold": True}),
        **{
            f"amount {places} {style}".strip(): book.add_format(
                {"num_format": f"#,##0.{'0' * places}".rstrip("."), "bold": bool(style)}
            )
            for places in range(MAX_DECIMALS + 1)
            for style in ("", "bold")
        },
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }


def _write_row(page: Any, number: int, row: Sequence[Cell], formats: dict[str, Any], *, style: str = "") -> None:
    for place, cell in enumerate(row):
        match cell:
            case None:
                continue
            case Decimal():  # the format's own number is a double: exact for amounts up to 2**53 minor units
                page.write_number(number, place, float(cell), formats[f"amount {_places(cell)} {style}".strip()])
            case datetime():
                page.write_datetime(number, place, cell.replace(tzinfo=None), formats["moment"])
            case date():
                page.write_datetime(number, place, cell, formats["day"])
            case int():
                page.write_number(number, place, cell, formats[style])
            case _:
                page.write_string(number, place, cell, formats[style])
