"""The picture for a shared link: 1200 × 630 px, the campaign's title and progress beside a piece of its quilt."""

import io
from dataclasses import dataclass
from fractions import Fraction

import fontpkg_pt_sans
from PIL import Image, ImageDraw, ImageFont, ImageOps

from campaign.domain.quilt import COLOURS, INDIGO, MADDER, OCHRE, RED, STAR, WALNUT, WOOL

SIZE = (1200, 630)
MARGIN = 72
TEXT_WIDTH = 640
SQUARE = 70
"""Side of a square of the quilt, in pixels: nine rows fill the height."""
INK, MUTED = "#2b2320", "#6b5d54"
FONTS = fontpkg_pt_sans.ROOT / "files"
NAME_SIZES = (30, 26, 22)
LABEL_WIDTH = 220
"""Kept free beside the name for the label of a demonstration."""
LOGO_SIZE, LOGO_GAP, NAME_HEIGHT = (150, 56), 16, 38
"""The largest logo, the room behind it, and how high a line of the name is, in pixels."""
TITLE_SIZES = (64, 56, 48, 40)
MAX_TITLE_LINES = 5
BAR = 16
"""How high the bar of the progress is."""
CORNERS = {"nw": (0, 1, 2), "ne": (0, 1, 3), "sw": (0, 2, 3), "se": (1, 2, 3)}
"""Where a triangle lies in its square → its corners, counted from the top left row by row."""
PALETTES = ((WOOL, RED, OCHRE), (WOOL, INDIGO, MADDER), (WOOL, WALNUT, OCHRE))
"""Ground, points and heart of a star, one star after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareImage:
    """The finished texts of one picture, in the reader's language; `share` of the goal, from 0."""

    name: str
    title: str
    progress: str
    share: Fraction
    demo_label: str | None = None
    photo: bytes | None = None
    """The campaign's own picture, a JPEG; the quilt stands in its place without one."""
    focal_point: tuple[int, int] = (50, 50)
    """In percent, of the picture: what stays visible when it is cut."""
    colour: str = COLOURS[RED]
    """Of the name and of the progress."""
    logo: bytes | None = None
    """A PNG that stands before the name."""


def render_png(content: ShareImage) -> bytes:
    """Return the picture as PNG bytes; the same content gives the same bytes."""
    image = Image.new("RGB", SIZE, COLOURS[WOOL])
    draw = ImageDraw.Draw(image)
    if content.photo:
        _paste_photo(image, content.photo, content.focal_point)
    else:
        _draw_quilt(draw)
    top = MARGIN
    left = MARGIN + (_paste_logo(image, content.logo) if content.logo else 0)
    width = MARGIN + TEXT_WIDTH - left - (LABEL_WIDTH if content.demo_label else 0)
    name, name_font = _fitted_name(content.name, width)
    draw.text((left, top), name, font=name_font, fill=content.colour)
    if content.demo_label:
        _draw_label(draw, content.demo_label)
    font, lines = _fitted(content.title)
    draw.multiline_text((MARGIN, top + 64), "\n".join(lines), font=font, fill=INK, spacing=10)
    _draw_progress(draw, content)
    packed = io.BytesIO()
    image.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    name = "PT_Sans-Web-Bold.ttf" if bold else "PT_Sans-Web-Regular.ttf"
    return ImageFont.truetype(str(FONTS / name), size)


def _fitted_name(name: str, width: int) -> tuple[str, ImageFont.FreeTypeFont]:
    """Return the name with the largest font in which it stands on one line; at the smallest one it is cut."""
    for size in NAME_SIZES:
        font = _font(size, bold=True)
        if font.getlength(name) <= width:
            return name, font
    while font.getlength(f"{name}…") > width:
        name = name[:-1].rstrip()
    return f"{name}…", font


def _fitted(title: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the largest size at which the title fits its lines; at the smallest one it is cut at a word."""
    for size in TITLE_SIZES:
        font = _font(size, bold=True)
        lines = _wrapped(title, font)
        if len(lines) <= MAX_TITLE_LINES and len(lines) * (size + 18) <= 340:
            return font, lines
    return font, [*lines[: MAX_TITLE_LINES - 1], lines[MAX_TITLE_LINES - 1] + "…"]


def _wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= TEXT_WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _draw_label(draw: ImageDraw.ImageDraw, label: str) -> None:
    font = _font(22, bold=True)
    width = font.getlength(label)
    left, top = MARGIN + TEXT_WIDTH - width - 28, MARGIN - 2
    draw.rounded_rectangle((left, top, left + width + 28, top + 40), radius=20, fill=COLOURS[OCHRE])
    draw.text((left + 14, top + 6), label, font=font, fill=INK)


def _draw_progress(draw: ImageDraw.ImageDraw, content: ShareImage) -> None:
    top = SIZE[1] - MARGIN - 62
    draw.text((MARGIN, top), content.progress, font=_font(28), fill=MUTED)
    left, right, bar = MARGIN, MARGIN + TEXT_WIDTH, top + 46
    draw.rounded_rectangle((left, bar, right, bar + BAR), radius=BAR // 2, fill="#e0d2ba")
    reached = left + int((right - left) * min(content.share, Fraction(1)))
    if content.share > 0:
        reached = max(reached, left + BAR)  # a round end, so that a small share is visible
        draw.rounded_rectangle((left, bar, reached, bar + BAR), radius=BAR // 2, fill=content.colour)


def _paste_logo(image: Image.Image, logo: bytes) -> int:
    """Draw the logo at the top left, and return the room that it takes before the name."""
    with Image.open(io.BytesIO(logo), formats=["PNG"]) as opened:
        pixels = opened.convert("RGBA")
    pixels.thumbnail(LOGO_SIZE)
    image.paste(pixels, (MARGIN, MARGIN + (NAME_HEIGHT - pixels.height) // 2), mask=pixels)
    return pixels.width + LOGO_GAP


def _paste_photo(image: Image.Image, photo: bytes, focal_point: tuple[int, int]) -> None:
    """Fill the right edge with a picture, cut around its most important point."""
    left = MARGIN + TEXT_WIDTH + 64
    size = SIZE[0] - left, SIZE[1]
    centring = focal_point[0] / 100, focal_point[1] / 100
    with Image.open(io.BytesIO(photo), formats=["JPEG"]) as opened:
        image.paste(ImageOps.fit(opened.convert("RGB"), size, centering=centring), (left, 0))


def _draw_quilt(draw: ImageDraw.ImageDraw) -> None:
    """Draw stars of four by four squares along the right edge."""
    left = MARGIN + TEXT_WIDTH + 64
    columns, rows = -(-(SIZE[0] - left) // SQUARE), -(-SIZE[1] // SQUARE)
    for row in range(rows):
        for column in range(columns):
            palette = PALETTES[(row // 4 + column // 4) % len(PALETTES)]
            corner, ground, points = STAR[row % 4][column % 4]
            x, y = left + column * SQUARE, row * SQUARE
            draw.rectangle((x, y, x + SQUARE, y + SQUARE), fill=COLOURS[palette[points]])
            if corner:
                square = ((x, y), (x + SQUARE, y), (x, y + SQUARE), (x + SQUARE, y + SQUARE))
                draw.polygon([square[index] for index in CORNERS[corner]], fill=COLOURS[palette[ground]])
            draw.rectangle((x, y, x + SQUARE, y + SQUARE), outline="#ffffff", width=1)
