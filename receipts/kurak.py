"""The patchwork of a receipt, drawn from geometry: stars, triangles and chevrons in felt colours.

The two drawings are files of the package (`assets/band.svg`, `assets/hem.svg`), written by `python -m receipts draw`; a
test checks that they are what this module draws. All measures are millimetres on an A4 page.
"""

from collections import defaultdict
from math import cos, pi, sin

RED, MADDER, INDIGO = "#8c1c2b", "#c2492f", "#27375f"
WALNUT, OCHRE, WOOL = "#5a4030", "#d89f34", "#f4ebdc"

PAGE_WIDTH = 210.0
PATCH = 14.0  # fifteen patches cross the page, so a star stands in the middle and at both ends
TOOTH = PATCH / 3
TOOTH_HEIGHT = 3.6
SEAM = 1.8
BAND_HEIGHT = 2 * (SEAM + TOOTH_HEIGHT) + PATCH
HEM_HEIGHT = SEAM + TOOTH_HEIGHT

Point = tuple[float, float]


class Cloth:
    """Overlapping patches: a later layer covers an earlier one, so that no hairline shows between them."""

    def __init__(self) -> None:
        self._layers: dict[tuple[int, str], list[str]] = defaultdict(list)
        self._stitches: list[str] = []

    def sew(self, layer: int, colour: str, *corners: Point) -> None:
        """Add a patch with these corners."""
        points = "L".join(f"{_number(x)} {_number(y)}" for x, y in corners)
        self._layers[layer, colour].append(f"M{points}Z")

    def sew_box(self, layer: int, colour: str, left: float, top: float, size: Point) -> None:
        """Add an upright rectangle of (width, height)."""
        right, bottom = left + size[0], top + size[1]
        self.sew(layer, colour, (left, top), (right, top), (right, bottom), (left, bottom))

    def stitch(self, y: float) -> None:
        """Draw a seam of stitches across the page."""
        self._stitches.append(f"M0 {_number(y)}H{_number(PAGE_WIDTH)}")

    def svg(self, height: float) -> str:
        """Return the drawing as an SVG document of one path for each colour of a layer."""
        size = f"{_number(PAGE_WIDTH)} {_number(height)}"
        paths = [
            f'<path fill="{colour}" d="{"".join(patches)}"/>' for (_, colour), patches in sorted(self._layers.items())
        ]
        paths.append(
            f'<path fill="none" stroke="{WOOL}" stroke-width=".35" stroke-dasharray="1.6 1.2"'
            f' d="{"".join(self._stitches)}"/>'
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}"'
            f' width="{_number(PAGE_WIDTH)}mm" height="{_number(height)}mm">\n' + "\n".join(paths) + "\n</svg>\n"
        )


def band_svg() -> str:
    """Draw the head of the page: a row of patches between two rows of teeth and two seams."""
    cloth = Cloth()
    cloth.sew_box(-1, WALNUT, 0, 0, (PAGE_WIDTH, BAND_HEIGHT))  # so that no paper shines between patches
    _seam(cloth, 0)
    _teeth(cloth, SEAM, pointing_down=False)
    top = SEAM + TOOTH_HEIGHT
    for column in range(round(PAGE_WIDTH / PATCH)):
        left = column * PATCH
        if column % 2 == 0:
            _star(cloth, left, top)
        elif column % 4 == 1:
            _hourglass(cloth, left, top)
        else:
            _chevrons(cloth, left, top)
    _teeth(cloth, top + PATCH, pointing_down=True)
    _seam(cloth, top + PATCH + TOOTH_HEIGHT)
    return cloth.svg(BAND_HEIGHT)


def hem_svg() -> str:
    """Draw the foot of the page: one row of teeth on a seam."""
    cloth = Cloth()
    _teeth(cloth, 0, pointing_down=False)
    _seam(cloth, TOOTH_HEIGHT)
    return cloth.svg(HEM_HEIGHT)


def _seam(cloth: Cloth, top: float) -> None:
    cloth.sew_box(0, INDIGO, 0, top, (PAGE_WIDTH, SEAM))
    cloth.stitch(top + SEAM / 2)


def _teeth(cloth: Cloth, top: float, *, pointing_down: bool) -> None:
    cloth.sew_box(0, WOOL, 0, top, (PAGE_WIDTH, TOOTH_HEIGHT))
    base, tip = (top, top + TOOTH_HEIGHT) if pointing_down else (top + TOOTH_HEIGHT, top)
    for place in range(round(PAGE_WIDTH / TOOTH)):
        left = place * TOOTH
        colour = (MADDER, WALNUT, OCHRE)[place % 3]
        cloth.sew(1, colour, (left, base), (left + TOOTH / 2, tip), (left + TOOTH, base))


def _star(cloth: Cloth, left: float, top: float) -> None:
    """Eight diamonds that meet in the middle, two colours in turn, with folded corners."""
    cloth.sew_box(0, WOOL, left, top, (PATCH, PATCH))
    middle, reach = (left + PATCH / 2, top + PATCH / 2), PATCH * 0.47
    side = reach / (2 * cos(pi / 8))  # so that each diamond's far tip lies at `reach`
    for point in range(8):
        angle = point * pi / 4
        cloth.sew(
            2,
            RED if point % 2 == 0 else OCHRE,
            middle,
            _around(middle, side, angle - pi / 8),
            _around(middle, reach, angle),
            _around(middle, side, angle + pi / 8),
        )
    fold = PATCH * 0.3
    for x, inward in ((left, fold), (left + PATCH, -fold)):
        for y, down in ((top, fold), (top + PATCH, -fold)):
            cloth.sew(1, INDIGO, (x, y), (x + inward, y), (x, y + down))


def _hourglass(cloth: Cloth, left: float, top: float) -> None:
    """Four triangles that meet in the middle, and a small square on its tip over them."""
    right, bottom, x, y = left + PATCH, top + PATCH, left + PATCH / 2, top + PATCH / 2
    cloth.sew_box(0, MADDER, left, top, (PATCH, PATCH))
    cloth.sew(1, WALNUT, (left, top), (right, top), (x, y))
    cloth.sew(1, WALNUT, (left, bottom), (right, bottom), (x, y))
    for layer, colour, reach in ((2, WOOL, PATCH * 0.29), (3, RED, PATCH * 0.17)):
        cloth.sew(layer, colour, (x - reach, y), (x, y - reach), (x + reach, y), (x, y + reach))


def _chevrons(cloth: Cloth, left: float, top: float) -> None:
    """Four stripes folded along the middle, each laid over the one above."""
    right, bottom, middle, step = left + PATCH, top + PATCH, left + PATCH / 2, PATCH / 5
    cloth.sew_box(0, INDIGO, left, top, (PATCH, PATCH))
    for place, colour in enumerate((OCHRE, INDIGO, WOOL, MADDER), start=1):
        fold = top + place * step
        edge = fold + step
        corners = ((left, min(edge, bottom)), (middle, fold), (right, min(edge, bottom)))
        cloth.sew(place, colour, *corners, (right, bottom), (left, bottom))


def _around(middle: Point, distance: float, angle: float) -> Point:
    return middle[0] + distance * cos(angle), middle[1] + distance * sin(angle)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
