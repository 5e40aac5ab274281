"""The window of the sketch map follows its places, wherever they are."""

import pytest

from campaign.domain.sketch_map import HEIGHT, WIDTH, sketch_map

OSH, BISHKEK, KARAKOL = (4053, 7280), (4287, 7459), (4249, 7839)
SANTIAGO, TROMSO, FIJI = (-3345, -7067), (6965, 1896), (-1814, 17844)


@pytest.mark.parametrize(
    "places", [[KARAKOL], [OSH, BISHKEK, KARAKOL], [SANTIAGO], [SANTIAGO, TROMSO], [TROMSO], [FIJI, TROMSO]]
)
def test_every_place_is_inside_with_its_halo(places: list[tuple[int, int]]) -> None:
    shown = sketch_map(places)
    assert all(16 <= x <= WIDTH - 16 and 16 <= y <= HEIGHT - 16 for x, y in shown.points)
    assert all(0 <= x <= WIDTH for x, _degree in shown.meridians)
    assert all(0 <= y <= HEIGHT and -90 <= degree <= 90 for y, degree in shown.parallels)
    assert all(1 <= len(lines) <= 13 for lines in (shown.meridians, shown.parallels))


def test_east_is_right_north_is_up_and_distances_are_true() -> None:
    (osh_x, osh_y), (bishkek_x, bishkek_y), (karakol_x, _y) = sketch_map([OSH, BISHKEK, KARAKOL]).points
    assert osh_x < bishkek_x < karakol_x
    assert bishkek_y < osh_y
    across, up = (bishkek_x - osh_x) / (7459 - 7280), (osh_y - bishkek_y) / (4287 - 4053)
    assert across / up == pytest.approx(0.75, abs=0.03)  # the cosine of the latitude


def test_a_single_place_stands_in_the_middle_of_three_degrees() -> None:
    shown = sketch_map([SANTIAGO])
    assert shown.points == ((WIDTH // 2, HEIGHT // 2),)
    assert [degree for _y, degree in shown.parallels] == [-34, -33, -32]


def test_no_place_is_an_empty_map() -> None:
    assert sketch_map([]).points == ()
