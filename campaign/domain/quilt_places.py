"""The places of the quilt: which there are, and which one a gift takes."""

import hashlib
from collections.abc import Sequence
from functools import cache

COLUMNS, ROWS = 32, 16


CHOICE = 10  # among how many free places a gift chooses: few keep the edge whole, many make it ragged


Place = tuple[int, int]
"""Column and row, from the top left."""


@cache
def corners() -> frozenset[Place]:
    """The twelve squares that are sewn before the first gift."""
    last_column, last_row = COLUMNS - 1, ROWS - 1
    near = {(0, 0), (1, 0), (0, 1)}
    return frozenset(
        (last_column - x if right else x, last_row - y if low else y)
        for x, y in near
        for right in (False, True)
        for low in (False, True)
    )


@cache
def from_the_middle() -> tuple[Place, ...]:
    """The gifts' places, those nearest to the middle first; a wide quilt grows sideways a little faster."""

    def distance(place: Place) -> tuple[float, int, int]:
        x, y = abs(place[0] + 0.5 - COLUMNS / 2), abs(place[1] + 0.5 - ROWS / 2)
        return (x * 0.8) ** 2 + y**2, place[1], place[0]

    free = {(x, y) for x in range(COLUMNS) for y in range(ROWS)} - corners()
    return tuple(sorted(free, key=distance))


PLACES = COLUMNS * ROWS - len(corners())


def patch_places(public_ids: Sequence[str]) -> list[Place]:
    """Where each gift is sewn, in the order of the gifts; those past the last place begin again at the first."""
    free = list(from_the_middle())
    taken = [free.pop(number_of(name) % min(CHOICE, len(free))) for name in public_ids[:PLACES]]
    return [taken[index % PLACES] for index in range(len(public_ids))]


def number_of(name: str) -> int:
    """A number that depends on the name alone, the same in every process."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest())
