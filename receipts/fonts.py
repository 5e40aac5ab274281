"""The typeface of receipts, PT Sans, and the Noto families for characters that it lacks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import fontpkg_pt_sans

FONT_FOLDER: Path = fontpkg_pt_sans.ROOT / "files"
_FACES = ("PT_Sans-Web-Regular.ttf", "PT_Sans-Web-Bold.ttf", "PT_Sans-Web-Italic.ttf")
_FALLBACK_PACKAGES = ("manimgx_fonts", "noto_cjk_sans_jp_regular")


@cache
def common_characters() -> frozenset[str]:
    """Return the characters that every face of PT Sans has a glyph for."""
    return frozenset(set.intersection(*(_characters(FONT_FOLDER / face) for face in _FACES)))


@cache
def fallback_characters() -> frozenset[str]:
    """Return the characters of the fallback fonts. The first call opens about 25 files."""
    return frozenset(
        set.union(*(_characters(font) for folder in fallback_folders() for font in folder.glob("*.[ot]tf")))
    )


@cache
def fallback_folders() -> tuple[Path, ...]:
    """Return the folders of the fallback fonts: Noto for most scripts, symbols and emoji, and for CJK."""
    return tuple(Path(str(files(package))) for package in _FALLBACK_PACKAGES)


def _characters(path: Path) -> set[str]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # late: the web process checks nothing

    with TTFont(path, lazy=True) as font:
        return {chr(code) for code in font.getBestCmap()}


@contextmanager
def private_fontconfig(*folders: Path) -> Iterator[None]:
    """Restrict fontconfig to the fonts of these folders, so that every machine renders the same page.

    Fontconfig reads its configuration when a font configuration is created, so the setting is needed only then and is
    restored afterwards. A missing glyph cannot come from a font that another machine lacks.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    with TemporaryDirectory(prefix="kurak-fonts-") as temporary:
        settings = Path(temporary) / "fonts.conf"
        settings.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
            + "".join(f"<dir>{escape(str(folder))}</dir>" for folder in folders)
            + f"<cachedir>{escape(temporary)}</cachedir></fontconfig>",
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
