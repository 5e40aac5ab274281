"""A logo and a signature to test with, and the facts of a receipt that prints both."""

import io
from hashlib import sha256
from typing import Any

from PIL import Image

from receipts import PrintedPicture

DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 80"><rect width="40" height="80" fill="#27375f"/>'
    b'<circle cx="20" cy="20" r="9" fill="#d89f34" fill-opacity="0.6"/></svg>'
)


def a_png(size: tuple[int, int] = (800, 260)) -> bytes:
    """A PNG with a transparent background."""
    packed = io.BytesIO()
    image = Image.new("RGBA", size)
    image.paste((39, 55, 95, 255), (10, 10, size[0] // 2, size[1] // 2))
    image.save(packed, "PNG")
    return packed.getvalue()


LOGO = PrintedPicture("image/svg+xml", DRAWING, 40, 80)
SIGNATURE = PrintedPicture("image/png", a_png(), 800, 260)
PICTURES = {sha256(picture.content).hexdigest(): picture for picture in (LOGO, SIGNATURE)}
WITH_BOTH: dict[str, Any] = {
    "template_version": "2",
    "signatory": "Demo signatory",
    "accent": "#005f56",
    **dict(zip(("logo_sha256", "signature_sha256"), PICTURES, strict=True)),
}
