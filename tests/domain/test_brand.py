"""An organisation's colours: refused when text of them cannot be read, and readable on dark pages too."""

import pytest

from campaign.domain.brand import (
    COMFORTABLE,
    DARK_PAGES,
    READABLE,
    TEXT_ON_BUTTON,
    LowContrast,
    NotAColour,
    button_palette,
    contrast,
    read_colour,
    text_palette,
)

COLOURS = ("#8c1c2b", "#27375f", "#000000", "#005f56", "#5b2a86", "#a34100")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#ffffff") == 1


@pytest.mark.parametrize(("typed", "read"), [("#8C1C2B", "#8c1c2b"), (" 27375f ", "#27375f")])
def test_a_colour_is_read_as_people_write_it(typed: str, read: str) -> None:
    assert read_colour(typed) == read


@pytest.mark.parametrize("typed", ["", "red", "#12345", "#12345g", "#1234567", "url(x)", "#8c1c2b;}"])
def test_another_text_is_no_colour(typed: str) -> None:
    with pytest.raises(NotAColour):
        read_colour(typed)


@pytest.mark.parametrize("typed", ["#ffcc00", "#ffffff", "#7f7f7f"])
def test_a_colour_that_cannot_be_read_on_the_pages_is_refused(typed: str) -> None:
    with pytest.raises(LowContrast):
        read_colour(typed)


@pytest.mark.parametrize("colour", COLOURS)
def test_variants_for_dark_pages_are_readable(colour: str) -> None:
    button, link = button_palette(read_colour(colour)), text_palette(read_colour(colour))
    for ground in (button.light, button.light_hover, button.dark, button.dark_hover):
        assert contrast(ground, TEXT_ON_BUTTON) >= READABLE
    assert min(contrast(link.dark, page) for page in DARK_PAGES) >= COMFORTABLE
