"""The cells of a row are named after their columns."""

from typing import Any

from campaign.web.table_labels import with_labels

COLUMNS: list[dict[str, Any]] = [
    {"label": "Name"},
    {"label": "A <b>"},
    {"label": "Sum", "numeric": True},
    {"label": "Action", "hidden": True},
]


def test_cells_get_the_labels_of_their_columns() -> None:
    row = '<th scope="row">Aida</th><td>1</td>\n<td class="num">2</td><td><form></form></td>'
    assert with_labels(row, COLUMNS) == (
        '<th scope="row">Aida</th><td data-label="A &lt;b&gt;">1</td>\n'
        '<td class="num" data-label="Sum">2</td><td><form></form></td>'
    )


def test_own_labels_and_cells_across_columns_stay() -> None:
    row = '<td colspan="2">all</td><td data-label="">3</td><td>x</td><td>one too many</td>'
    assert with_labels(row, COLUMNS) == row


def test_a_cell_with_a_dash_alone_is_left_out_of_a_card() -> None:
    row = '<th scope="row">Aida</th><td>–</td><td class="num">\n–</td><td>2 – 3</td>'
    assert with_labels(row, COLUMNS) == (
        '<th scope="row">Aida</th><td class="none" data-label="A &lt;b&gt;">–</td>'
        '<td class="none num" data-label="Sum">–</td><td>2 – 3</td>'
    )
