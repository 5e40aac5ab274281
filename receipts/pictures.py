"""The pictures of a receipt: the issuer's logo and the signatory's signature, named in the document by their digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO

from receipts.document import ReceiptDocument

PNG = "image/png"
LARGEST = (60.0, 16.0)
"""Width and height in millimetres that a picture has at most."""
CLOSE = (52.0, 12.0)
"""The same where a mark, a conversion and both pictures do not fit otherwise."""
DENSE = (40.0, 9.0)
"""The same on a receipt with very much to say."""
_DOTS, _FEWEST_DOTS = 300 / 25.4, 150 / 25.4
"""Pixels for a millimetre that a PNG has at most, and at least: a small one is not blown up."""


@dataclass(frozen=True, slots=True)
class PrintedPicture:
    """A PNG or SVG that does nothing but draw, with its size in pixels."""

    media_type: str
    content: bytes
    width: int
    height: int


def digests_of(document: ReceiptDocument) -> list[str]:
    """Return the digests of the pictures that a document prints."""
    return [digest for digest in (document.logo_sha256, document.signature_sha256) if digest]


def has_its_pictures(document: ReceiptDocument, pictures: Mapping[str, PrintedPicture]) -> bool:
    """Return whether every picture of the document is there as it was when the receipt was issued."""
    return all(
        digest in pictures and sha256(pictures[digest].content).hexdigest() == digest for digest in digests_of(document)
    )


def printed_size(picture: PrintedPicture, box: tuple[float, float]) -> tuple[float, float]:
    """Return width and height in millimetres within a box."""
    scale = min(box[0] / picture.width, box[1] / picture.height)
    if picture.media_type == PNG:
        scale = min(scale, 1 / _FEWEST_DOTS)
    return round(picture.width * scale, 2), round(picture.height * scale, 2)


@lru_cache(maxsize=8)
def printed(picture: PrintedPicture) -> bytes:
    """Return a picture's bytes as the PDF embeds them: a PNG on white and no finer than paper shows, an SVG as it is."""
    if picture.media_type != PNG:
        return picture.content
    from PIL import Image  # comes with the renderer

    with Image.open(BytesIO(picture.content), formats=("PNG",)) as image:
        pixels = image.convert("RGBA")
    pixels.thumbnail((round(LARGEST[0] * _DOTS), round(LARGEST[1] * _DOTS)))
    paper = Image.new("RGB", pixels.size, "white")
    paper.paste(pixels, mask=pixels)
    packed = BytesIO()
    paper.save(packed, "PNG", optimize=True)
    return packed.getvalue()
