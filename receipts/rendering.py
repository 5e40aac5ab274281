"""Renders a checked document as the bytes of an archivable, accessible PDF.

A font configuration and the style sheet parsed against it are made once per thread: made anew for each receipt they
leak memory, and shared between threads Pango hangs, draws wrong glyphs or aborts. The fallback fonts have a
configuration of their own, made when a text first needs them. A lock lets one thread render at a time; with Python's
own lock more would not be faster.
"""

import base64
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Literal

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration

from receipts.document import ReceiptDocument
from receipts.fetching import ASSETS, PackageFiles
from receipts.fonts import FONT_FOLDER, fallback_folders, private_fontconfig
from receipts.page import page_of
from receipts.pdf import finish
from receipts.pictures import CLOSE, DENSE, LARGEST, PrintedPicture, digests_of, printed_size
from receipts.printable import needs_fallback, printable_document, typeface
from receipts.texts import texts_in

_VARIANT = "pdf/a-3a"
_COLOURS = "receipt-srgb"
_Fonts = Literal["common", "fallback"]
_SPACINGS = {"roomy": LARGEST, "close": CLOSE, "dense": DENSE}  # the last for the rare receipt with very long texts
"""How closely a receipt is set, and the room of a picture."""

_one_at_a_time = threading.Lock()
_local = threading.local()


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture on the page: its address for the renderer, its size in millimetres."""

    address: str
    width: float
    height: float


def print_receipt(document: ReceiptDocument, pictures: Mapping[str, PrintedPicture]) -> bytes:
    """Render a checked document with its pictures; one with too many facts for a page continues on a second."""
    shown = printable_document(document)
    with _one_at_a_time:
        press = _press("fallback" if needs_fallback(shown) else "common")
        press.files.pictures = {_address_of(digest): pictures[digest] for digest in digests_of(document)}
        for spacing in _SPACINGS:
            laid_out = _lay_out(shown, document.sha256(), spacing, press)
            if len(laid_out.pages) == 1:
                break
        return _write(laid_out, document)


def _write(laid_out: Document, document: ReceiptDocument) -> bytes:
    with _dated(document.issued_on):
        pdf: bytes = laid_out.write_pdf(
            finisher=finish,
            pdf_variant=_VARIANT,
            output_intent=_COLOURS,
            attachments=[_embedded_facts(document)],
        )
    return pdf


@contextmanager
def _dated(day: date) -> Iterator[None]:
    """Make fontTools, which cuts the variable fallback fonts, write the document's day into them, not the present."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(datetime.combine(day, time(), tzinfo=UTC).timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def _lay_out(document: ReceiptDocument, fingerprint: str, spacing: str, press: "_Press") -> Document:
    text = _template().render(
        document=document,
        page=page_of(document, fingerprint),
        qr=_qr_address(document.verify_url),
        spacing=spacing,
        accent=document.accent if document.status in {"original", "copy"} else None,  # an ended receipt is muted
        logo=_placed(document.logo_sha256, spacing, press),
        signature=_placed(document.signature_sha256, spacing, press),
    )
    page = HTML(string=text, base_url=f"{ASSETS.as_uri()}/", url_fetcher=press.files)
    return page.render(
        font_config=press.fonts,
        stylesheets=press.styles,
        color_profiles={_COLOURS: press.colours},
        output_intent=_COLOURS,
        pdf_variant=_VARIANT,
    )


def _address_of(digest: str) -> str:
    return f"receipt-picture:{digest}"


def _placed(digest: str | None, spacing: str, press: "_Press") -> PlacedPicture | None:
    if not digest:
        return None
    address = _address_of(digest)
    return PlacedPicture(address, *printed_size(press.files.pictures[address], _SPACINGS[spacing]))


class _Press:
    """What a thread reuses for each receipt: the common fonts, or these and the fallback fonts."""

    def __init__(self, fonts: _Fonts) -> None:
        self.files = PackageFiles()
        others = fallback_folders() if fonts == "fallback" else ()
        styles = ["receipt.css", "fallback.css"] if others else ["receipt.css"]
        with private_fontconfig(FONT_FOLDER, *others):
            self.fonts = FontConfiguration()
        self.styles = [
            CSS(url=(ASSETS / style).as_uri(), font_config=self.fonts, url_fetcher=self.files) for style in styles
        ]
        self.colours = _Colours((files("weasyprint.pdf") / "sRGB2014.icc").read_bytes())


class _Colours(ColorProfile):  # type: ignore[misc]  # WeasyPrint has no types
    """WeasyPrint's sRGB profile, opened once and embedded as it is.

    Left alone, WeasyPrint opens its file for each document, never closes it, and embeds what the colour library
    writes back, which is not the same the second time.
    """

    def __init__(self, profile: bytes) -> None:
        super().__init__(BytesIO(profile), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))
        self._bytes = profile

    @property
    def content(self) -> bytes:
        return self._bytes


def _press(fonts: _Fonts) -> _Press:
    if not hasattr(_local, fonts):
        setattr(_local, fonts, _Press(fonts))
    press: _Press = getattr(_local, fonts)
    return press


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["typeface"] = typeface
    return environment.get_template("receipt.html")


def _qr_address(url: str) -> str:
    """Draw the check address as a picture of one pixel per module, small and quick to embed.

    The mask is fixed, so no time is spent comparing eight of them and the picture never changes.
    """
    picture = BytesIO()
    code = segno.make_qr(url, error="m", boost_error=False, mask=3)
    code.save(picture, kind="png", scale=1, border=4)
    return f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"


def _embedded_facts(document: ReceiptDocument) -> Attachment:
    issued_at = datetime.combine(document.issued_on, time(), tzinfo=UTC)
    return Attachment(
        string=document.to_json(),
        name="receipt.json",
        description=texts_in(document.language).say("attachment"),
        created=issued_at,
        modified=issued_at,
        relationship="Data",
    )
