"""Marks a copy of an ended receipt's PDF: VOID or REPLACED BY across the page, with a link to the current state.

The stored bytes are opened and never changed. The same bytes and the same state give the same copy.
"""

from io import BytesIO
from math import atan2, cos, hypot, sin
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from receipts.document import EndedState
from receipts.mark_font import MarkFont
from receipts.texts import texts_in

_RED = "0.549 0.110 0.169"
_BOX = (48.0, 765.0, 499.0, 64.0)  # of the banner: left, bottom, width and height in points, over the patchwork
_SHARE = 0.66  # of the page's diagonal that the large words take
_LARGEST = 150.0
_ADDRESS_CHARACTERS = "".join(
    map(chr, range(0x21, 0x7F))
)  # so that one cut of the font serves all receipts of a language


def mark_pdf(pdf: bytes, state: EndedState) -> bytes:
    """Return a copy of a receipt's PDF that shows its state across each page and links to the current state."""
    stamp, sentence = _words(state)
    with pikepdf.open(BytesIO(pdf)) as opened:
        font = MarkFont(opened, "".join((stamp, sentence, _ADDRESS_CHARACTERS)))
        for index, page in enumerate(opened.pages):
            _draw(opened, page, font, (stamp, sentence, state.address), is_first=index == 0)
        result = BytesIO()
        opened.save(result, deterministic_id=True, linearize=False)
    return result.getvalue()


def _words(state: EndedState) -> tuple[str, str]:
    texts = texts_in(state.language)
    if state.status == "replaced" and state.replaced_by:
        number = state.replaced_by
        return texts.say("replaced_by_stamp", number=number), texts.say("replaced", number=number)
    return texts.say("void_stamp"), texts.say("void", date=texts.day(state.ended_on))


def _draw(
    opened: pikepdf.Pdf, page: pikepdf.Page, font: "MarkFont", lines: tuple[str, str, str], *, is_first: bool
) -> None:
    """Draw the large words as decoration, and on the first page the banner, which is read first."""
    page.add_resource(font.resource, Name.Font, Name.StateFont)
    alpha = Dictionary(Type=Name.ExtGState, ca=0.2)
    page.add_resource(opened.make_indirect(alpha), Name.ExtGState, Name.StateAlpha)
    content = _across(page, font, lines[0])
    if is_first:
        tag = _tag(opened, page, lines)
        content += _banner(font, lines, tag)
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"Q\n" + content.encode("ascii"))


def _across(page: pikepdf.Page, font: "MarkFont", stamp: str) -> str:
    width, height = (float(page.mediabox[side]) for side in (2, 3))
    angle = atan2(height, width)
    size = min(_LARGEST, _SHARE * hypot(width, height) / font.width(stamp))
    along, up = font.width(stamp) * size / 2, size * 0.35
    x = width / 2 - along * cos(angle) + up * sin(angle)
    y = height / 2 - along * sin(angle) - up * cos(angle)
    turn = f"{cos(angle):.4f} {sin(angle):.4f} {-sin(angle):.4f} {cos(angle):.4f} {x:.2f} {y:.2f}"
    return (
        f"/Artifact BMC q /StateAlpha gs {_RED} rg BT /StateFont {size:.2f} Tf {turn} Tm "
        f"{font.shown(stamp)} Tj ET Q EMC\n"
    )


def _banner(font: "MarkFont", lines: tuple[str, str, str], marks: tuple[int, int]) -> str:
    left, bottom, width, height = _BOX
    box = f"/Artifact BMC q 1 1 1 rg {_RED} RG 2 w {left} {bottom} {width} {height} re B Q EMC\n"
    parts = [box]
    for text, mark, kind, size, up in zip(
        lines, (marks[0], marks[0], marks[1]), ("P", "P", "Link"), (20.0, 10.0, 8.5), (40.0, 23.0, 9.0), strict=True
    ):
        fitting = min(size, (width - 20) / font.width(text))
        middle = left + (width - font.width(text) * fitting) / 2
        parts.append(
            f"/{kind} <</MCID {mark}>> BDC BT {_RED} rg /StateFont {fitting:.2f} Tf "
            f"{middle:.2f} {bottom + up:.2f} Td {font.shown(text)} Tj ET EMC\n"
        )
    return "".join(parts)


def _tag(opened: pikepdf.Pdf, page: pikepdf.Page, lines: tuple[str, str, str]) -> tuple[int, int]:
    """Add a paragraph and a link at the start of the structure, so that they are read first; return their marks' numbers."""
    tree = opened.Root.StructTreeRoot
    document = tree.K[0] if isinstance(tree.K, Array) else tree.K
    places = tree.ParentTree.Nums
    on_page = places[_place(places, int(page.obj.StructParents))]
    mark, link_place = len(on_page), max(int(places[index]) for index in range(0, len(places), 2)) + 1
    paragraph = _element(opened, "P", document, page, mark)
    link = _element(opened, "Link", document, page, mark + 1)
    annotation = opened.make_indirect(_annotation(lines, link_place))
    if "/Annots" not in page.obj:
        page.obj.Annots = Array()
    page.obj.Annots.append(annotation)
    content: list[Any] = [mark + 1, Dictionary(Type=Name.OBJR, Obj=annotation, Pg=page.obj)]
    link.K = Array(content)
    on_page.extend([paragraph, link])
    places.append(link_place)
    places.append(link)
    document.K = Array([paragraph, link, *document.K])
    return mark, mark + 1


def _place(places: Any, key: int) -> int:
    """Return the index of the value of a key in a number tree of one level."""
    return next(index + 1 for index in range(0, len(places), 2) if int(places[index]) == key)


def _element(opened: pikepdf.Pdf, kind: str, parent: Any, page: pikepdf.Page, mark: int) -> Any:
    facts = Dictionary(Type=Name.StructElem, S=Name(f"/{kind}"), P=parent, Pg=page.obj, K=mark)
    return opened.make_indirect(facts)


def _annotation(lines: tuple[str, str, str], place: int) -> Dictionary:
    left, bottom, width, height = _BOX
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[left, bottom, left + width, bottom + height],
        Border=[0, 0, 0],
        F=4,
        A=Dictionary(Type=Name.Action, S=Name.URI, URI=String(lines[2])),
        Contents=String(f"{lines[0]}: {lines[2]}"),
        StructParent=place,
    )
