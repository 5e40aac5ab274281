"""The kurak quilt: every gift sews a patch, and nothing that is sewn ever moves.

A quilt has 32 by 16 squares; three in each corner are its maker's, the other 500 are the gifts'. It grows from the
middle outwards: a gift takes one of the free places nearest to the middle, chosen by its public name, so its place
depends on nothing that comes after it. From the 501st gift on, each place is given a knot in the order in which the
places were sewn; a full round of knots begins again in the next colour. All measures are squares of the quilt.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from campaign.domain.quilt_places import COLUMNS, PLACES, ROWS, Place, corners, from_the_middle, number_of, patch_places

XMLNS = "http://www.w3.org/2000/svg"
WOOL, RED, MADDER, INDIGO, WALNUT, OCHRE = range(6)
COLOURS = ("#f4ebdc", "#8c1c2b", "#c2492f", "#27375f", "#5a4030", "#d89f34")
"""For a picture on its own; on a page the classes q0 to q5 and k0 to k5 give the same colours, for dark screens too."""
RAW = "#e8dcc6"  # the cloth on which nothing is sewn yet
KNOTS = (WOOL, OCHRE, RED, INDIGO)

Cloth = tuple[str, int, int]
"""Where the triangle lies (nw, ne, sw, se), its colour, and the colour of the square under it."""

STAR = (
    (("", 0, 0), ("sw", 1, 0), ("se", 1, 0), ("", 0, 0)),
    (("ne", 1, 0), ("nw", 1, 2), ("ne", 1, 2), ("nw", 1, 0)),
    (("se", 1, 0), ("sw", 1, 2), ("se", 1, 2), ("sw", 1, 0)),
    (("", 0, 0), ("nw", 1, 0), ("ne", 1, 0), ("", 0, 0)),
)
"""The eight-pointed star, four squares wide: 0 the ground, 1 its points, 2 its heart."""
OPPOSITE = {"nw": "se", "se": "nw", "ne": "sw", "sw": "ne"}


def draw(public_ids: Sequence[str], *, gifts: int = 0, unpicked: Collection[str] = (), mine: str | None = None) -> str:
    """The quilt as an SVG element, for a page or as a file.

    `public_ids` are the gifts in the order in which they were paid, at most the first 500 of them; `gifts` counts them
    all, where there are more. What was given back wholly is `unpicked`: its place stays its own and shows as unsewn.
    The gift that is `mine` wears a ring. The drawing is hidden from screen readers; its facts belong beside it.
    """
    names = list(public_ids[:PLACES])
    sewn = dict(zip(patch_places(names), names, strict=True))
    placed = {place: name for place, name in sewn.items() if name not in unpicked}
    width, height = f"{COLUMNS + 1.2:g}", f"{ROWS + 1.2:g}"
    parts = [
        f'<svg xmlns="{XMLNS}" viewBox="-.6 -.6 {width} {height}" aria-hidden="true" focusable="false">',
        f'<path class="q3" fill="{COLOURS[INDIGO]}" d="M-.6-.6h{width}v{height}h-{width}z"/>',
        f'<path class="raw" fill="{RAW}" d="M0 0h{COLUMNS}v{ROWS}h-{COLUMNS}z"/>',
        '<g opacity=".22">',
        *_paths({place: _cloth(place) for place in from_the_middle() if place not in placed}),
        "</g>",
        *_paths({place: _cloth(place, name) for place, name in placed.items()} | {p: _cloth(p) for p in corners()}),
        *_knots(list(sewn), max(gifts, len(names)) - len(names)),
        *_ring(sewn, mine),
        "</svg>",
    ]
    return "".join(parts)


def outlined(drawing: str, place: Place) -> str:
    """A drawing that is finished, with the ring around one place."""
    return drawing.removesuffix("</svg>") + _ring_around(place) + "</svg>"


def _cloth(place: Place, name: str | None = None) -> Cloth:
    """The patch that the design has here. A gift's own name makes every fourth one a shade warmer, as scraps are."""
    triangle, upper, under = _design(place)
    if name is not None and number_of(name) // 1000 % 4 == 0:
        warmer = {RED: MADDER, MADDER: RED, INDIGO: WALNUT, WALNUT: INDIGO}
        upper = warmer.get(upper, upper)
    return triangle, upper, under


@cache
def _design(place: Place) -> Cloth:
    """A great star in the middle, rings of chevrons around it, and a field of small stars to the edges."""
    x, y = place
    mirrored = min(x, COLUMNS - 1 - x), min(y, ROWS - 1 - y)
    from_middle = COLUMNS // 2 - mirrored[0] + ROWS // 2 - mirrored[1] - 1  # 1 at the middle
    if mirrored[0] >= COLUMNS // 2 - 4 and mirrored[1] >= ROWS // 2 - 4:
        return _great_star(x - (COLUMNS // 2 - 4), y - (ROWS // 2 - 4))
    if mirrored[0] >= 8:
        return _chevron(place, from_middle)
    ways = ((INDIGO, OCHRE, RED), (RED, WOOL, INDIGO), (MADDER, WOOL, WALNUT), (WALNUT, OCHRE, RED))
    ground, points, heart = ways[(mirrored[0] // 4 + 2 * (mirrored[1] // 4)) % 4]
    return _coloured(STAR[y % 4][x % 4], (ground, points, heart))


def _great_star(x: int, y: int) -> Cloth:
    """The star twice as large: each of its squares is two by two of ours."""
    triangle, upper, under = _coloured(STAR[y // 2][x // 2], (WOOL, RED, OCHRE))
    corner = ("n" if y % 2 == 0 else "s") + ("w" if x % 2 == 0 else "e")
    if not triangle:
        return "", under, under
    if corner == triangle:
        return "", upper, upper
    if corner == OPPOSITE[triangle]:
        return "", under, under
    return triangle, upper, under


def _chevron(place: Place, ring: int) -> Cloth:
    """Triangles that point away from the middle, ring after ring."""
    rings = (INDIGO, OCHRE, MADDER, WOOL)
    inward = ("s" if place[1] < ROWS // 2 else "n") + ("e" if place[0] < COLUMNS // 2 else "w")
    return inward, rings[ring % len(rings)], rings[(ring + 1) % len(rings)]


def _coloured(cloth: Cloth, ways: tuple[int, int, int]) -> Cloth:
    triangle, upper, under = cloth
    return triangle, ways[upper], ways[under]


def _paths(patches: dict[Place, Cloth]) -> Iterator[str]:
    """One path a colour: first the squares, joined along a row, as strokes of their own height; then the triangles."""
    squares: dict[int, list[Place]] = defaultdict(list)
    triangles: dict[int, list[str]] = defaultdict(list)
    for (x, y), (triangle, upper, under) in sorted(patches.items(), key=lambda item: (item[0][1], item[0][0])):
        squares[under].append((x, y))
        if triangle:
            triangles[upper].append(_triangle(x, y, triangle))
    for colour, places in sorted(squares.items()):
        runs = "".join(_runs(places))
        yield f'<path class="k{colour}" stroke="{COLOURS[colour]}" transform="translate(0 .5)" d="{runs}"/>'
    for colour, drawn in sorted(triangles.items()):
        yield f'<path class="q{colour}" fill="{COLOURS[colour]}" d="{"".join(drawn)}"/>'


def _runs(places: list[Place]) -> Iterator[str]:
    """Neighbours of one row as one stroke."""
    start, length = places[0], 0
    for place in places:
        if place == (start[0] + length, start[1]):
            length += 1
            continue
        yield f"M{start[0]} {start[1]}h{length}"
        start, length = place, 1
    yield f"M{start[0]} {start[1]}h{length}"


def _triangle(x: int, y: int, corner: str) -> str:
    """The half of a square that lies in one of its corners."""
    return {
        "nw": f"M{x} {y}h1l-1 1z",
        "ne": f"M{x} {y}h1v1z",
        "sw": f"M{x} {y}v1h1z",
        "se": f"M{x + 1} {y}v1h-1z",
    }[corner]


def _knots(places: list[Place], more: int) -> Iterator[str]:
    """A knot on each place that a further round of gifts has reached; whole rounds show in all places at once."""
    if more <= 0:
        return
    rounds, rest = divmod(more, PLACES)
    layers = [(rounds, places[:rest])] + ([(rounds - 1, places[rest:])] if rounds else [])
    for layer, reached in layers:
        if reached:
            colour = KNOTS[layer % len(KNOTS)]
            dots = "".join(f"M{x} {y}h0" for x, y in reached)
            yield (
                f'<path class="k{colour}" stroke="{COLOURS[colour]}" stroke-width=".3" stroke-linecap="round" '
                f'transform="translate(.5 .5)" d="{dots}"/>'
            )


def _ring(sewn: dict[Place, str], mine: str | None) -> Iterator[str]:
    return (_ring_around(place) for place, name in sewn.items() if name == mine)


def _ring_around(place: Place) -> str:
    """White between two dark lines, so that it is seen on every cloth."""
    square = f"M{place[0] - 0.2:g} {place[1] - 0.2:g}h1.4v1.4h-1.4z"
    return (
        f'<path fill="none" stroke="#1d1512" stroke-width=".46" d="{square}"/>'
        f'<path class="ring" fill="none" stroke="#fff" stroke-width=".3" d="{square}"/>'
    )
