"""An entry of the books as plain values, to be compared whole."""

from datetime import date

Line = tuple[int, int | None, str, int]  # account, fund, currency, minor units (debit positive)
Shape = tuple[str, str, date, tuple[Line, ...]]  # source, kind, effective day, lines in order of size


def shape(source: str, kind: str, day: date, *lines: Line) -> Shape:
    """An entry as it is compared; lines of nothing are not written."""
    return source, kind, day, tuple(sorted((ln for ln in lines if ln[3]), key=repr))
