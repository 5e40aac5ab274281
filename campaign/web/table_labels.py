"""The cells of a table named after their columns, for phones, where each row is a card and the head is out of sight."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

_CELL = re.compile(r"<(th|td)\b([^>]*)>")
_DASH = re.compile(r"<td\b([^>]*)>\s*–\s*</td>")
_COLSPAN = re.compile(r'colspan="(\d+)"')


def init_app(app: Flask) -> None:
    """Give templates the filter."""
    app.jinja_env.filters["with_labels"] = with_labels


def with_labels(cells: str, columns: Sequence[Mapping[str, Any]]) -> Markup:
    """Return the cells of a row, each with the label of its column as `data-label`.

    The head of the row, cells that have a label, cells across columns and columns without a visible label stay as they are.
    A cell that holds a dash alone gets the class `none`: a card leaves it out.

    Args:
        cells: The mark-up of one row, without cells inside of cells.
        columns: As `data_table` takes them: `label`, and `hidden` where the label is not shown.
    """
    position = 0

    def labelled(match: re.Match[str]) -> str:
        nonlocal position
        name, attributes = match[1], match[2]
        column = columns[position] if position < len(columns) else {"hidden": True}
        span = _COLSPAN.search(attributes)
        position += int(span[1]) if span else 1
        if name == "th" or span or column.get("hidden") or not column.get("label") or "data-label" in attributes:
            return match[0]
        return f'<{name}{attributes} data-label="{escape(column["label"])}">'

    marked = _DASH.sub(lambda match: f"<td{_with_class(match[1], 'none')}>–</td>", str(cells))
    return Markup(_CELL.sub(labelled, marked))  # noqa: S704  # the mark-up comes from a template, the labels are escaped


def _with_class(attributes: str, name: str) -> str:
    return (
        attributes.replace('class="', f'class="{name} ', 1)
        if 'class="' in attributes
        else f'{attributes} class="{name}"'
    )
