"""Tables as files: harmless, complete, and added up per currency."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl

from campaign.domain.csv_text import escape_formula
from campaign.services.spreadsheets import Cell, Sheet, render_sheet

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def a_sheet(rows: Sequence[Sequence[Cell]]) -> Sheet:
    return Sheet(
        title="Ledger",
        about=[("From", "2026-12-01")],
        columns=("Fund", "Day", "At", "Currency", "Debit", "Credit"),
        rows=rows,
        amounts=(4, 5),
        by=3,
        total_label="Total",
    )


ROWS: list[tuple[Cell, ...]] = [
    ("GEN", date(2026, 12, 1), NOON, "USD", Decimal("25.50"), None),
    ("Ошко", date(2026, 12, 1), NOON, "KGS", None, Decimal(-7)),
    ("GEN", date(2026, 12, 2), NOON, "USD", Decimal("0.10"), Decimal(3)),
]


def lines_of(sheet: Sheet) -> list[list[str]]:
    with render_sheet(sheet, "csv") as file:
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))


def test_a_total_of_zero_keeps_its_decimals() -> None:
    row: tuple[Cell, ...] = ("GEN", date(2026, 12, 1), NOON, "USD", Decimal("0.00"), Decimal("0.00"))
    assert lines_of(a_sheet([row]))[-1] == ["Total", "", "", "USD", "0.00", "0.00"]


def cells_of(sheet: Sheet) -> Iterator[tuple[object, ...]]:
    with render_sheet(sheet, "xlsx") as file:
        yield from openpyxl.load_workbook(io.BytesIO(file.read())).active.iter_rows(values_only=True)


def test_a_csv_begins_with_a_byte_order_mark_and_its_filters() -> None:
    with render_sheet(a_sheet(ROWS), "csv") as file:
        assert file.read().startswith(b'\xef\xbb\xbf"Ledger"')
    assert lines_of(a_sheet(ROWS))[1] == ["From", "2026-12-01"]


def test_a_csv_ends_with_totals_per_currency() -> None:
    lines = lines_of(a_sheet(ROWS))
    assert lines[4] == ["GEN", "2026-12-01", "2026-12-01 12:00:00", "USD", "25.50", ""]
    assert lines[-2:] == [["Total", "", "", "KGS", "0", "-7"], ["Total", "", "", "USD", "25.60", "3"]]


def test_a_workbook_has_the_same_rows_and_totals_as_numbers_and_days() -> None:
    rows = list(cells_of(a_sheet(ROWS)))
    assert rows[4] == ("GEN", datetime(2026, 12, 1), datetime(2026, 12, 1, 12, 0), "USD", 25.5, None)  # noqa: DTZ001
    assert rows[-2:] == [("Total", None, None, "KGS", 0, -7), ("Total", None, None, "USD", 25.6, 3)]


FORMULAS = [
    "=1+1",
    "+7",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://evil")',
    "＝1+2",
    "＋7",
    "－2",
    "＠SUM(A1)",
    " =1",
]
IN_THE_MIDDLE = ["Aida;=1+2;x", "Aida\t=1+2", "Aida|@SUM(A1)", "Aida\n=1+2", "Aida; +7", "a;b;－2"]


def test_no_cell_begins_a_formula_under_any_separator() -> None:
    rows = [(text, None, None, "USD", Decimal(1), None) for text in (*FORMULAS, *IN_THE_MIDDLE)]
    with render_sheet(a_sheet(rows), "csv") as file:
        lines = file.read().decode("utf-8-sig").splitlines()
    cells = [cell for line in lines for separator in ",;\t|" for cell in line.split(separator)]
    assert len(lines) > len(rows)
    assert not [cell for cell in cells if re.match(r"[\"\s]*[=+@＝＋－＠]", cell)]


def test_a_workbook_keeps_the_text_as_it_is() -> None:
    texts = [*FORMULAS, *IN_THE_MIDDLE]
    cells = list(cells_of(a_sheet([(text, None, None, "USD", Decimal(1), None) for text in texts])))
    values = [str(row[0]).replace("_x000D_", "\r") for row in cells[4 : 4 + len(texts)]]
    assert values == texts


def test_every_text_is_quoted_and_no_number_is() -> None:
    with render_sheet(a_sheet(ROWS), "csv") as file:
        line = file.read().decode("utf-8-sig").splitlines()[4]
    assert line == '"GEN","2026-12-01","2026-12-01 12:00:00","USD",25.50,""'


def test_a_negative_amount_stays_a_number() -> None:
    sheet = a_sheet([("GEN", None, None, "USD", Decimal("-12.50"), None)])
    assert lines_of(sheet)[4][4] == "-12.50"


def test_a_filter_that_looks_like_a_formula_is_made_harmless() -> None:
    sheet = Sheet(title="Ledger", about=[("About", "=1+1")], columns=("Fund",), rows=[])
    assert lines_of(sheet)[1] == ["About", "'=1+1"]


def test_plain_text_is_left_alone() -> None:
    assert escape_formula("Ош, 5-кабинет") == "Ош, 5-кабинет"


def test_an_empty_table_has_its_head_and_says_that_it_is_empty() -> None:
    head, nothing = lines_of(a_sheet([]))[-2:]
    assert (head[0], nothing[0]) == ("Fund", "Nothing fits this period and these filters.")
    assert not any(nothing[1:])


def test_a_workbook_shows_each_currency_with_its_own_decimals() -> None:
    rows: list[tuple[Cell, ...]] = [
        ("GEN", None, None, "JPY", Decimal(1200), None),
        ("GEN", None, None, "KWD", Decimal("1.250"), None),
        ("GEN", None, None, "USD", Decimal("25.50"), None),
    ]
    with render_sheet(a_sheet(rows), "xlsx") as file:
        page = openpyxl.load_workbook(io.BytesIO(file.read())).active
    formats = {row[3].value: row[4].number_format for row in page.iter_rows(min_row=5) if row[3].value}
    assert formats == {"JPY": "#,##0", "KWD": "#,##0.000", "USD": "#,##0.00"}
