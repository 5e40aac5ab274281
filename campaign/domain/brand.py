"""An organisation's two colours: readable on the site's pages or refused, and what is derived from them."""

import colorsys
import re
from dataclasses import dataclass

from campaign.domain.errors import DomainError

READABLE = 4.5
"""The contrast that WCAG 2.2, level AA, demands of text."""
COMFORTABLE = 7.0
"""The contrast of derived links on dark pages."""
LIGHT_PAGES = ("#fbf6ec", "#fffdf9", "#f3e9d7")
"""The backgrounds of site.css on which text of these colours stands: page, cloth, shade."""
DARK_PAGES = ("#171210", "#211a17", "#1e1714")
TEXT_ON_BUTTON = "#fffaf2"
STANDARD, DARK_STANDARD = "#8c1c2b", "#f0b2a0"
"""The site's own colour of buttons and links, and of links on dark displays."""
HOVER = 0.78
"""How much of its lightness a button keeps under the pointer."""
STEPS = 100


class NotAColour(DomainError):
    """The text is not a colour like #8c1c2b."""


class LowContrast(DomainError):
    """Text of this colour cannot be read on the site's pages.

    Attributes:
        contrast: The lowest contrast with a background of the pages.
    """

    def __init__(self, contrast: float) -> None:
        super().__init__(f"{contrast:.1f}")
        self.contrast = contrast


@dataclass(frozen=True, slots=True)
class Palette:
    """What the stylesheet needs of one colour: itself, darker under the pointer, and its variant for dark pages."""

    light: str
    light_hover: str
    dark: str
    dark_hover: str


def read_colour(text: str) -> str:
    """Return a colour as `#rrggbb` in lower case.

    Raises:
        NotAColour: It is another text.
        LowContrast: It is too light to be read.
    """
    colour = text.strip().lower()
    if re.fullmatch(r"#?[0-9a-f]{6}", colour) is None:
        raise NotAColour(text)
    colour = f"#{colour.removeprefix('#')}"
    lowest = min(contrast(colour, page) for page in LIGHT_PAGES)
    if lowest < READABLE:
        raise LowContrast(lowest)
    return colour


def check_colours(*colours: str | None) -> None:
    """Return if each colour that is named can be used on the pages, written as it is stored.

    Raises:
        NotAColour: One is no colour in lower case with its number sign.
        LowContrast: One is too light to be read.
    """
    for colour in colours:
        if colour is not None and read_colour(colour) != colour:
            raise NotAColour(colour)


def button_palette(colour: str) -> Palette:
    """Return the palette of a button's ground: the white text on it stays readable, on dark pages too."""
    dark = next(
        (shade for shade in _lighter(colour, lightest_first=True) if contrast(shade, TEXT_ON_BUTTON) >= READABLE),
        colour,
    )
    return Palette(colour, _darker(colour), dark, _darker(dark))


def text_palette(colour: str) -> Palette:
    """Return the palette of links: on dark pages lighter, until they are easy to read."""
    dark = next(shade for shade in _lighter(colour) if min(contrast(shade, page) for page in DARK_PAGES) >= COMFORTABLE)
    return Palette(colour, _darker(colour), dark, dark)


def stylesheet(button: str | None, link: str | None) -> str:
    """Return the CSS that sets the colours of buttons and links, on light and on dark pages; empty without both."""
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    if button:
        shades = button_palette(button)
        light |= {"--cta": shades.light, "--cta-over": shades.light_hover}
        dark |= {"--cta": shades.dark, "--cta-over": shades.dark_hover}
    if link:
        shades = text_palette(link)
        light |= {"--link": shades.light, "--focus": shades.light, "--sel": shades.light}
        dark |= {"--link": shades.dark, "--focus": shades.dark, "--sel": shades.dark}
    if not light:
        return ""
    return f":root {{{_declared(light)}}}\n@media (prefers-color-scheme: dark) {{ :root {{{_declared(dark)}}} }}\n"


@dataclass(frozen=True, slots=True)
class EmailColours:
    """The colours of buttons and links in emails; mail programs keep only the link's variant for dark displays."""

    button: str
    link: str
    dark_link: str


def email_colours(button: str | None, link: str | None) -> EmailColours:
    """Return the colours of emails: the organisation's, or the site's own."""
    return EmailColours(button or STANDARD, link or STANDARD, text_palette(link).dark if link else DARK_STANDARD)


def _declared(values: dict[str, str]) -> str:
    return " ".join(f"{name}: {value};" for name, value in values.items())


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part) for part in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _lighter(colour: str, *, lightest_first: bool = False) -> list[str]:
    """Return shades of the same hue from the colour itself to white, or the other way."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    levels = [lightness + (1 - lightness) * step / STEPS for step in range(STEPS + 1)]
    shades = [_hex(colorsys.hls_to_rgb(hue, level, saturation)) for level in levels]
    return shades[::-1] if lightest_first else shades


def _darker(colour: str) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    return _hex(colorsys.hls_to_rgb(hue, lightness * HOVER, saturation))


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
