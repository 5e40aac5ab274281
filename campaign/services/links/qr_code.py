"""A QR code of an address, as a drawing or a picture. It is read by telephones from paper, so it corrects many errors."""

import io

import segno

QUIET_MODULES = 4
"""The white border that the standard asks for."""
PIXELS = 12
"""Of one module of the picture: about 600 pixels in all, enough for a page of paper."""


def qr_svg(address: str) -> str:
    """Return the code as a whole SVG file."""
    drawing = io.BytesIO()
    _code(address).save(drawing, kind="svg", border=QUIET_MODULES, scale=8, light="#fff", xmldecl=False)
    return drawing.getvalue().decode()


def qr_png(address: str) -> bytes:
    """Return the code as a PNG."""
    picture = io.BytesIO()
    _code(address).save(picture, kind="png", border=QUIET_MODULES, scale=PIXELS)
    return picture.getvalue()


def qr_inline(address: str) -> str:
    """Return the code as SVG inside a page: without sizes of its own, so that the page decides."""
    text: str = _code(address).svg_inline(border=QUIET_MODULES, omitsize=True, light="#fff")
    return text


def _code(address: str) -> segno.QRCode:
    return segno.make_qr(address, error="m")
