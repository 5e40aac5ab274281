"""A poster of one page with a QR code, as PDF: for a wall (A3) or a door (A4), in one of the campaign's languages.

It reads nothing but the fonts of the package. WeasyPrint is loaded with the first poster; one is drawn at a time, because
Pango cannot draw in two threads.
"""

import threading
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import fontpkg_pt_sans

from campaign.domain.brand import STANDARD
from campaign.domain.errors import DomainError
from campaign.domain.quilt import COLOURS, INDIGO, MADDER, OCHRE, RED, STAR, WALNUT, WOOL

FONTS: Path = fontpkg_pt_sans.ROOT / "files"
PALETTES = ((WOOL, RED, OCHRE), (WOOL, INDIGO, MADDER), (WOOL, WALNUT, OCHRE))
"""Ground, points and heart of a star, one star after the other."""
CORNERS = {"nw": "0 0H1L0 1Z", "ne": "0 0H1V1Z", "sw": "0 0V1H1Z", "se": "1 0V1H0Z"}
"""Where a triangle lies in its square → its outline."""
COLUMNS = 24
LONG_TITLE, LONGEST_TITLE = 60, 110
"""Characters from which a title is set smaller."""

_one_at_a_time = threading.Lock()


class PaperSize(StrEnum):
    """Sizes of paper; an A3 poster is an A4 one, larger."""

    A4 = "A4"
    A3 = "A3"


class UnknownPosterFile(DomainError):
    """A poster refers to something outside its fonts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """The finished texts of a poster, in its language; `qr` is inline SVG."""

    language: str
    name: str
    title: str
    call: str
    hint: str
    short_address: str
    organisation: str
    qr: str
    colour: str = STANDARD
    """Of the name, the call and a part of the band: one that can be read on light pages."""


def render_poster(poster: Poster, size: PaperSize) -> bytes:
    """Return the poster as a PDF of one page. It takes about a second of CPU."""
    return html_to_pdf(_page(poster, size))


def html_to_pdf(page: str) -> bytes:
    """Return a page as an accessible PDF; it reads nothing but the fonts of `font_faces`."""
    from weasyprint import HTML  # tens of megabytes that processes without posters save

    with _one_at_a_time:
        pdf: bytes = HTML(string=page, url_fetcher=_fetch).write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def font_faces() -> str:
    """Return the style that makes "PT Sans" available to a page."""
    return "".join(
        f'@font-face {{ font-family: "PT Sans"; font-weight: {weight}; src: url({(FONTS / name).as_uri()}) }}'
        for weight, name in ((400, "PT_Sans-Web-Regular.ttf"), (700, "PT_Sans-Web-Bold.ttf"))
    )


def _fetch(url: str, *_: Any, **__: Any) -> Any:  # as WeasyPrint calls it
    from weasyprint.urls import URLFetcherResponse

    address = urlsplit(url)
    path = Path(unquote(address.path)).resolve()
    if address.scheme != "file" or address.netloc or path.parent != FONTS.resolve():
        raise UnknownPosterFile(url)
    return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})


def _page(poster: Poster, size: PaperSize) -> str:
    letters = len(poster.title)
    step = "title" if letters < LONG_TITLE else "title long" if letters < LONGEST_TITLE else "title longest"
    unit = "10mm" if size is PaperSize.A4 else "14.14mm"
    colours = f".name, .call {{ color: {poster.colour} }}"
    style = f"{font_faces()} {STYLE} {colours} @page {{ size: {size} }} html {{ font-size: {unit} }}"
    return f"""<!DOCTYPE html>
<html lang="{escape(poster.language)}"><head><meta charset="utf-8"><title>{escape(poster.title)}</title>
<style>{style}</style></head>
<body><div class="band" aria-hidden="true">{_band(poster.colour)}</div>
<p class="name">{escape(poster.name)}</p><h1 class="{step}">{escape(poster.title)}</h1>
<div class="give"><div class="qr" role="img" aria-label="{escape(poster.call)}">{poster.qr}</div>
<div class="words"><p class="call">{escape(poster.call)}</p><p class="hint">{escape(poster.hint)}</p>
<p class="address">{_breakable(poster.short_address)}</p></div></div>
<p class="organisation">{escape(poster.organisation)}</p></body></html>"""


def _breakable(address: str) -> str:
    return escape(address).replace("/", "/<wbr>")


def _band(colour: str) -> str:
    """Return two rows of stars as they are in the campaign's quilt, with this colour in place of its red."""
    colours, shapes = {**dict(enumerate(COLOURS)), RED: colour}, []
    for row in range(4):
        for column in range(COLUMNS):
            palette = PALETTES[(column // 4) % len(PALETTES)]
            corner, ground, points = STAR[row][column % 4]
            shapes.append(f'<path fill="{colours[palette[points]]}" d="M{column} {row}h1v1h-1z"/>')
            if corner:
                fill, moved = colours[palette[ground]], f'transform="translate({column} {row})"'
                shapes.append(f'<path fill="{fill}" {moved} d="M{CORNERS[corner]}"/>')
    return f'<svg viewBox="0 0 {COLUMNS} 4">{"".join(shapes)}</svg>'


STYLE = """
@page { margin: 0 }
body { margin: 0; font-family: "PT Sans"; color: #241916; line-height: 1.2 }
p, h1 { margin: 0 }
.band svg { display: block; width: 21rem; height: 3.5rem }
.name { margin: 1.3rem 1.6rem 0; font-size: .75rem; font-weight: 700 }
.title { margin: .35rem 1.6rem 0; font-size: 1.75rem; line-height: 1.08; font-weight: 700 }
.title.long { font-size: 1.4rem }
.title.longest { font-size: 1.1rem }
.give { position: absolute; left: 1.6rem; right: 1.6rem; bottom: 3.1rem }
.qr { width: 9.2rem; height: 9.2rem; float: left; border: .06rem solid #241916; background: #fff }
.qr svg { display: block; width: 9.2rem; height: 9.2rem }
.words { margin-left: 10rem; padding-top: .9rem }
.call { font-size: 1.35rem; font-weight: 700; line-height: 1.1 }
.hint { margin-top: .5rem; font-size: .62rem; color: #5a4030 }
.address { margin-top: .9rem; font-size: .8rem; font-weight: 700; overflow-wrap: anywhere }
.organisation { position: absolute; left: 1.6rem; right: 1.6rem; bottom: 1.2rem; padding-top: .35rem }
.organisation { border-top: .04rem solid #c9b79c; font-size: .48rem; color: #5a4030 }
"""
