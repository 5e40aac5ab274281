"""The font of the marks on a receipt that is no longer valid: cut to the characters that the marks use."""

from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, String

from receipts.fonts import FONT_FOLDER

_FACE = "PT_Sans-Web-Bold.ttf"


_DROPPED = ["GSUB", "GPOS", "GDEF", "LTSH", "VDMX", "hdmx", "DSIG"]


class MarkFont:
    """PT Sans Bold, embedded with the characters of one text, each with its Unicode value."""

    def __init__(self, opened: pikepdf.Pdf, text: str) -> None:
        chars = sorted(set(text))
        self._glyphs, self._widths, data, metrics = _subset("".join(chars))
        file = opened.make_stream(data, Length1=len(data))
        name = Name("/KURAKS+PTSans-Bold")
        descriptor = Dictionary(
            Type=Name.FontDescriptor, FontName=name, FontFile2=file, Flags=4, ItalicAngle=0, StemV=120, **metrics
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            CIDToGIDMap=Name.Identity,
            FontDescriptor=opened.make_indirect(descriptor),
            W=[part for char in chars for part in (self._glyphs[char], [round(self._widths[char])])],
        )
        self.resource = opened.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=name,
                Encoding=Name("/Identity-H"),
                DescendantFonts=[opened.make_indirect(descendant)],
                ToUnicode=opened.make_stream(_to_unicode(self._glyphs)),
            )
        )

    def width(self, text: str) -> float:
        """Return the width of a text at a size of one point."""
        return sum(self._widths[char] for char in text) / 1000

    def shown(self, text: str) -> str:
        """Return the text as an operand of Tj."""
        return "<" + "".join(f"{self._glyphs[char]:04x}" for char in text) + ">"


@cache
def _subset(chars: str) -> tuple[dict[str, int], dict[str, float], bytes, dict[str, Any]]:
    """Return the glyph and the width in thousandths of each character, the reduced font, and its metrics."""
    from fontTools import subset  # type: ignore[import-untyped]  # late: few downloads need it
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(FONT_FOLDER / _FACE, recalcTimestamp=False) as font:
        options = subset.Options(
            layout_features=[],
            hinting=False,
            notdef_outline=True,
            drop_tables=_DROPPED,
        )
        cutter = subset.Subsetter(options)
        cutter.populate(text=chars)
        cutter.subset(font)
        scale = 1000 / font["head"].unitsPerEm
        names = font.getBestCmap()
        glyphs = {char: font.getGlyphID(names[ord(char)]) for char in chars}
        widths = {char: font["hmtx"][names[ord(char)]][0] * scale for char in chars}
        head, tall = font["head"], font["hhea"]
        metrics = {
            "Ascent": round(tall.ascent * scale),
            "Descent": round(tall.descent * scale),
            "CapHeight": 700,
            "FontBBox": [round(side * scale) for side in (head.xMin, head.yMin, head.xMax, head.yMax)],
        }
        data = BytesIO()
        font.save(data)
    return glyphs, widths, data.getvalue(), metrics


def _to_unicode(glyphs: dict[str, int]) -> bytes:
    pairs = [f"<{glyph:04x}> <{char.encode('utf-16-be').hex()}>" for char, glyph in glyphs.items()]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode("ascii")
