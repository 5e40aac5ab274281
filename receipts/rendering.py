"""From a checked document to the bytes of an archivable, accessible PDF.

A font configuration and the style sheet parsed against it are made once per thread and kept: made anew
for each receipt they never give their memory back, and shared between threads Pango hangs, draws wrong
glyphs or aborts. A lock lets one thread render at a time; Python's own lock would hardly let it do more.
"""

import base64
import threading
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from io import BytesIO
from unicodedata import normalize

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration

from receipts.checks import HeldReceipt
from receipts.document import ReceiptDocument
from receipts.fetching import ASSETS, PackageFiles
from receipts.fonts import private_fontconfig
from receipts.page import page_of
from receipts.pdf import finish
from receipts.texts import texts_in

_VARIANT = "pdf/a-3a"
_COLOURS = "receipt-srgb"
_SPACINGS = ("roomy", "dense")  # the second for the rare receipt with very much to say

_one_at_a_time = threading.Lock()
_kept = threading.local()


def print_receipt(document: ReceiptDocument) -> bytes:
    """Render a checked document. Raise HeldReceipt if its facts need more than one page."""
    with _one_at_a_time:
        press = _press()
        for spacing in _SPACINGS:
            laid_out = _lay_out(document, spacing, press)
            if len(laid_out.pages) == 1:
                pdf: bytes = laid_out.write_pdf(
                    finisher=finish,
                    pdf_variant=_VARIANT,
                    output_intent=_COLOURS,
                    attachments=[_embedded_facts(document)],
                )
                return pdf
    raise HeldReceipt(["the facts need more than one page"])


def _lay_out(document: ReceiptDocument, spacing: str, press: "_Press") -> Document:
    text = _template().render(
        document=document, page=page_of(document), qr=_qr_address(document.verify_url), spacing=spacing
    )
    html = normalize("NFC", text)  # the font has composed letters and hardly a loose accent
    page = HTML(string=html, base_url=f"{ASSETS.as_uri()}/", url_fetcher=press.files)
    return page.render(
        font_config=press.fonts,
        stylesheets=[press.style],
        color_profiles={_COLOURS: press.colours},
        output_intent=_COLOURS,
        pdf_variant=_VARIANT,
    )


class _Press:
    """What a thread keeps from one receipt to the next."""

    def __init__(self) -> None:
        self.files = PackageFiles()
        with private_fontconfig():
            self.fonts = FontConfiguration()
        style = ASSETS / "receipt.css"
        self.style = CSS(url=style.as_uri(), font_config=self.fonts, url_fetcher=self.files)
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


def _press() -> _Press:
    if not hasattr(_kept, "press"):
        _kept.press = _Press()
    press: _Press = _kept.press
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
    return environment.get_template("receipt.html")


def _qr_address(url: str) -> str:
    """Draw the check address as a picture of one pixel per module, small and quick to embed.

    The mask is fixed, so no time goes into comparing eight of them and the picture never changes.
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
