"""The patchwork files are what the geometry draws."""

from xml.etree import ElementTree as ET

import pytest

from receipts.fetching import ASSETS
from receipts.kurak import band_svg, hem_svg


@pytest.mark.parametrize(("name", "drawing"), [("band.svg", band_svg()), ("hem.svg", hem_svg())])
def test_the_file_is_the_drawing(name: str, drawing: str) -> None:
    assert (ASSETS / name).read_text(encoding="utf-8") == drawing


@pytest.mark.parametrize("drawing", [band_svg(), hem_svg()])
def test_a_drawing_has_one_path_for_each_colour_of_a_layer(drawing: str) -> None:
    fills = [path.get("fill") for path in ET.fromstring(drawing)]  # noqa: S314  our own drawing
    assert 4 <= len(fills) <= 16
