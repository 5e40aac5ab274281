"""Uploaded files of a logo, icon or signature: checked by their content; a PNG loses its texts, dates and places."""

import io
import struct
import zlib
from dataclasses import dataclass

from campaign.domain.logo import (
    MAX_BYTES,
    MAX_PIXELS,
    MIN_PIXELS,
    PNG,
    SVG,
    LogoKind,
    LogoProblem,
    LogoRefused,
    check_svg,
    is_printable_svg,
)

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
STORED_PIXELS = {LogoKind.LOGO: (1200, 480), LogoKind.ICON: (512, 512), LogoKind.SIGNATURE: (1200, 480)}
"""The largest size at which a PNG is stored."""
SQUARE = 1.1
"""How many times longer one side of an icon may be than the other."""


@dataclass(frozen=True, slots=True)
class ReadLogo:
    """A file that was checked, as it will be stored."""

    media_type: str
    content: bytes
    width: int
    height: int
    is_printed: bool = True


def read_logo(data: bytes, kind: LogoKind) -> ReadLogo:
    """Check an uploaded file by its content; its name and declared type count for nothing.

    Raises:
        LogoRefused: It is no PNG or SVG, too large, damaged, does more than draw, or is a signature that cannot be printed.
    """
    if not data:
        raise LogoRefused(LogoProblem.MISSING)
    if len(data) > MAX_BYTES:
        raise LogoRefused(LogoProblem.TOO_LARGE)
    if data.startswith(PNG_SIGNATURE):
        picture = _read_png(data, kind)
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        picture = ReadLogo(SVG, data, *check_svg(data), is_printable_svg(data))
    else:
        raise LogoRefused(LogoProblem.OTHER_FORMAT)
    if kind is LogoKind.ICON and max(picture.width, picture.height) > SQUARE * min(picture.width, picture.height):
        raise LogoRefused(LogoProblem.NOT_SQUARE)
    if kind is LogoKind.SIGNATURE and not picture.is_printed:
        raise LogoRefused(LogoProblem.NOT_PRINTABLE)
    return picture


def _read_png(data: bytes, kind: LogoKind) -> ReadLogo:
    """Decode a PNG of a bounded size and encode it anew: texts, dates and places in the file are lost."""
    from PIL import Image, ImageFile  # loaded by those who upload

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for the whole process that imports it

    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            _check_size(image.size)  # before any pixel is decoded
            pixels = image.convert("RGBA")
    except Image.DecompressionBombError:
        raise LogoRefused(LogoProblem.SIZE) from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error):
        raise LogoRefused(LogoProblem.DAMAGED) from None
    pixels.thumbnail(STORED_PIXELS[kind])
    clean = Image.new("RGBA", pixels.size)
    clean.paste(pixels)
    packed = io.BytesIO()
    clean.save(packed, "PNG", optimize=True)
    return ReadLogo(PNG, packed.getvalue(), *clean.size)


def _check_size(size: tuple[int, int]) -> None:
    if min(size) < MIN_PIXELS or max(size) > MAX_PIXELS:
        raise LogoRefused(LogoProblem.SIZE)
