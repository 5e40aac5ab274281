"""A sketch map: places between the degrees, in a window that follows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians

WIDTH, HEIGHT = 500, 290
"""Of the drawing, in its own units."""
MARGIN = 45
"""Around the places, so that no name and no halo is cut off above or below."""
MIN_SPAN = 290
"""Hundredths of a degree from bottom to top: a single place is not shown as a street corner."""
STEPS = (1, 2, 5, 10, 15, 30, 45)
MAX_LINES = 6
LABEL_TURNS = 0.62
"""Names of places further right than this part of the width stand left of their points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchMap:
    """Where everything stands in the drawing, from its upper left corner.

    Attributes:
        points: x and y of each place, in the order given.
        meridians: x, and the degrees east; below zero they are west.
        parallels: y, and the degrees north; below zero they are south.
    """

    points: tuple[tuple[int, int], ...]
    meridians: tuple[tuple[int, int], ...]
    parallels: tuple[tuple[int, int], ...]
    width: int = WIDTH
    height: int = HEIGHT

    def is_name_left(self, x: int) -> bool:
        """Return whether the name of a place stands left of its point."""
        return x > self.width * LABEL_TURNS


def sketch_map(places: Sequence[tuple[int, int]]) -> SketchMap:
    """Return the map of places.

    Args:
        places: Latitude and longitude of each, in hundredths of a degree; south and west are below zero.
    """
    norths, easts = [north for north, _east in places] or [0], [east for _north, east in places] or [0]
    middle_north, middle_east = (min(norths) + max(norths)) / 2, (min(easts) + max(easts)) / 2
    narrowing = max(cos(radians(middle_north / 100)), 0.1)  # how much shorter a degree east is than a degree north
    scale = min(
        (HEIGHT - 2 * MARGIN) / max(max(norths) - min(norths), 1),
        (WIDTH - 2 * MARGIN) / max((max(easts) - min(easts)) * narrowing, 1),
        HEIGHT / MIN_SPAN,
    )
    across = scale * narrowing

    def x_of(east: float) -> int:
        return round(WIDTH / 2 + (east - middle_east) * across)

    def y_of(north: float) -> int:
        return round(HEIGHT / 2 - (north - middle_north) * scale)

    half_width, half_height = WIDTH / 2 / across, HEIGHT / 2 / scale
    return SketchMap(
        points=tuple((x_of(east), y_of(north)) for north, east in places),
        meridians=tuple((x_of(d * 100), d) for d in _lines(middle_east - half_width, middle_east + half_width)),
        parallels=tuple(
            (y_of(d * 100), d)
            for d in _lines(max(middle_north - half_height, -9000), min(middle_north + half_height, 9000))
        ),
    )


def _lines(first: float, last: float) -> list[int]:
    """Return the whole degrees that are drawn between two edges, which are in hundredths of a degree."""
    span = (last - first) / 100
    step = next((step for step in STEPS if span / step <= MAX_LINES), STEPS[-1])
    return [number * step for number in range(ceil(first / 100 / step), floor(last / 100 / step) + 1)]
