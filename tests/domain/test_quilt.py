"""The quilt's promises: what is sewn stays, the drawing stays small, and it is the same everywhere."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain.identity import ALPHABET
from campaign.domain.quilt import draw, outlined
from campaign.domain.quilt_places import PLACES, corners, patch_places

NAMES = [f"{number:016}" for number in range(1200)]
names = st.lists(st.text(ALPHABET, min_size=16, max_size=16), max_size=60, unique=True)


@given(sewn=names, later=names)
def test_a_later_gift_moves_nothing_that_is_sewn(sewn: list[str], later: list[str]) -> None:
    assert patch_places(sewn + later)[: len(sewn)] == patch_places(sewn)


@given(sewn=names)
def test_every_gift_has_a_place_of_its_own_outside_the_corners(sewn: list[str]) -> None:
    places = patch_places(sewn)
    assert len(set(places)) == len(sewn)
    assert not corners() & set(places)


def test_past_the_last_place_gifts_go_round_again_in_the_same_order() -> None:
    places = patch_places(NAMES)
    assert PLACES == 500
    assert len(set(places[:PLACES])) == PLACES
    assert places[PLACES : 2 * PLACES] == places[:PLACES]


@pytest.mark.parametrize("count", [0, 1, 60, 250, 499, 500])
def test_the_drawing_stays_under_twelve_kilobytes(count: int) -> None:
    assert len(draw(NAMES[:count]).encode()) < 12_000


@settings(max_examples=20)
@given(gifts=st.integers(500, 100_000))
def test_more_gifts_than_places_do_not_make_it_larger(gifts: int) -> None:
    assert len(draw(NAMES, gifts=gifts).encode()) < 12_000


def test_the_drawing_is_well_formed_and_hidden_from_screen_readers() -> None:
    root = ElementTree.fromstring(draw(NAMES[:77], mine=NAMES[3]))  # noqa: S314  # our own drawing
    assert root.get("aria-hidden") == "true"
    assert not [tag for tag in root.iter() if tag.get("style") or "script" in tag.tag]


def test_what_was_given_back_leaves_its_place_to_nobody() -> None:
    with_all, without_one = draw(NAMES[:3]), draw(NAMES[:3], unpicked={NAMES[1]})
    assert without_one != with_all
    assert without_one != draw([NAMES[0], NAMES[2]])


def test_a_gift_of_mine_wears_a_ring() -> None:
    assert 'class="ring"' in draw(NAMES[:9], mine=NAMES[4])
    assert 'class="ring"' not in draw(NAMES[:9])


def test_a_finished_drawing_is_given_the_same_ring() -> None:
    assert outlined(draw(NAMES[:9]), patch_places(NAMES[:9])[4]) == draw(NAMES[:9], mine=NAMES[4])


def test_every_round_past_the_first_changes_the_drawing() -> None:
    drawings = {draw(NAMES, gifts=gifts) for gifts in (500, 501, 999, 1000, 1001, 1500)}
    assert len(drawings) == 6
