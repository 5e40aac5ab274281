"""What a benchmark has to say: one row per figure, with the limit that was measured beside it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. `is_met` is None where the figure has no aim of its own."""

    what: str
    ours: str
    limit: str = ""
    ratio: float | None = None
    aim: str = ""
    is_met: bool | None = None


def at_least(what: str, ours: float, limit: float, *, aim: float, unit: str) -> Row:
    """More is better: our figure as a share of the limit's."""
    ratio = ours / limit
    return Row(
        what=what,
        ours=f"{_short(ours)} {unit}",
        limit=f"{_short(limit)} {unit}",
        ratio=ratio,
        aim=f"≥ {aim:g} × limit",
        is_met=ratio >= aim,
    )


def at_most(what: str, ours: float, *, aim: float, unit: str, limit: str = "") -> Row:
    """Less is better, against a fixed figure; `limit` is shown beside it."""
    return Row(what=what, ours=f"{_short(ours)} {unit}", limit=limit, aim=f"≤ {aim:g} {unit}", is_met=ours <= aim)


def flat(what: str, ours: float, base: float, *, within: float, unit: str) -> Row:
    """What must not grow: at most `within` times what it was for the smallest size, or at first."""
    ratio = ours / base
    return Row(
        what=what,
        ours=f"{_short(ours)} {unit}",
        limit=f"{_short(base)} {unit}",
        ratio=ratio,
        aim=f"≤ {within:g} × limit",
        is_met=ratio <= within,
    )


def table(rows: Iterable[Row]) -> str:
    """The rows as aligned text, also readable as Markdown."""
    head = ("figure", "ours", "limit or peer", "ratio", "aim", "met")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    drawn = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    drawn.insert(1, "-|-".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in drawn)


def _cells(row: Row) -> tuple[str, ...]:
    met = {True: "yes", False: "MISSED", None: ""}[row.is_met]
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return row.what, row.ours, row.limit, ratio, row.aim, met


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
