"""The one typeface of receipts, PT Sans from its package, and what it can and cannot write."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import normalize
from xml.sax.saxutils import escape

import fontpkg_pt_sans

FONT_FOLDER: Path = fontpkg_pt_sans.ROOT / "files"
_FACES = ("PT_Sans-Web-Regular.ttf", "PT_Sans-Web-Bold.ttf", "PT_Sans-Web-Italic.ttf")
_BLANKS = {"\n"}


@cache
def writable_characters() -> frozenset[str]:
    """Give the characters that every face of the receipt has a glyph for."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # late: the web process checks nothing

    charts = []
    for face in _FACES:
        with TTFont(FONT_FOLDER / face, lazy=True) as font:
            charts.append({chr(code) for code in font.getBestCmap()})
    return frozenset(set.intersection(*charts))


def missing_glyphs(text: str) -> list[str]:
    """Name the characters of a text that would print as a box, each once, in order.

    Letters typed as a base and an accent are judged composed, for so they are printed. Control and
    direction marks have no glyph and are named too: they could make a page read unlike its facts.
    """
    known = writable_characters() | _BLANKS
    return list(dict.fromkeys(char for char in normalize("NFC", text) if char not in known))


@contextmanager
def private_fontconfig() -> Iterator[None]:
    """Let fontconfig see the receipt's fonts and no other, so that every machine makes one page.

    It reads its configuration when a font configuration is made, so the setting is needed only there
    and is put back. A missing glyph can then not be borrowed from a font that another machine lacks.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    with TemporaryDirectory(prefix="kurak-fonts-") as folder:
        settings = Path(folder) / "fonts.conf"
        settings.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
            f"<fontconfig><dir>{escape(str(FONT_FOLDER))}</dir>"
            f"<cachedir>{escape(folder)}</cachedir></fontconfig>",
            encoding="utf-8",
        )
        os.environ["FONTCONFIG_FILE"] = str(settings)
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before
