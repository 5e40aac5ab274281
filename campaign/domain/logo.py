"""The organisation's logo, its icon and the signature on receipts: which files are taken, and why another is refused."""

import re
from enum import StrEnum
from xml.parsers import expat

from campaign.domain.errors import DomainError

MAX_BYTES = 500_000
MIN_PIXELS, MAX_PIXELS = 32, 4000
"""The shortest and the longest side."""
SVG = "image/svg+xml"
PNG = "image/png"
DRAWING_ELEMENTS = frozenset(
    {
        *("svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line"),
        *("polyline", "polygon", "lineargradient", "radialgradient", "stop", "clippath", "mask", "pattern"),
    }
)
"""Elements that draw and do nothing else."""
MAX_PRINTED_SVG = 100_000
REPEATING_ELEMENTS = frozenset({"use", "pattern", "mask"})
"""A drawing without them, and no larger, takes little time on every receipt."""
MAX_USES = 20
"""Elements that repeat others: a few dozen of them, each repeating the one before several times, draw without end."""
OWN_REFERENCE = re.compile(r"\s*#[\w.:-]+\s*")
URL = re.compile(r"url\s*\(\s*['\"]?\s*([^'\")\s]*)", re.IGNORECASE)
DANGEROUS = re.compile(r"[a-z]+script:|data:|https?:|//|expression\s*\(|@import|\\", re.IGNORECASE)


class LogoKind(StrEnum):
    """What a file is for."""

    LOGO = "logo"  # beside the name, in headers and emails
    ICON = "icon"  # in the tab of a browser
    SIGNATURE = "signature"  # of the signatory, on receipts alone


class LogoProblem(StrEnum):
    """Why a file is refused."""

    MISSING = "missing"
    TOO_LARGE = "too_large"
    OTHER_FORMAT = "other_format"
    DAMAGED = "damaged"
    SIZE = "size"
    NOT_SQUARE = "not_square"
    SCRIPT = "script"
    REFERENCE = "reference"
    ELEMENT = "element"
    NOT_PRINTABLE = "not_printable"


class LogoRefused(DomainError):
    """The file cannot be taken as a logo or icon.

    Attributes:
        problem: What is wrong with it.
    """

    def __init__(self, problem: LogoProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def check_svg(data: bytes) -> tuple[int, int]:
    """Return width and height of an SVG drawing that does nothing but draw.

    Raises:
        LogoRefused: It is damaged, has a script or an event handler, or refers to anything outside itself.
    """
    check = _SvgCheck()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = check.start
    parser.StartDoctypeDeclHandler = check.refuse_doctype
    parser.EntityDeclHandler = check.refuse_doctype
    parser.ProcessingInstructionHandler = check.refuse_doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise LogoRefused(LogoProblem.DAMAGED) from None
    return check.size


def is_printable_svg(data: bytes) -> bool:
    """Return whether receipts can print a checked SVG: it is small and repeats no shapes."""
    elements: set[str] = set()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda element, _attributes: elements.add(element.rpartition(" ")[2].lower())
    parser.Parse(data, True)
    return len(data) <= MAX_PRINTED_SVG and not elements & REPEATING_ELEMENTS


class _SvgCheck:
    """Refuses each element and attribute that does more than draw."""

    def __init__(self) -> None:
        self.size = (0, 0)
        self._is_root, self._uses = True, 0

    def start(self, element: str, attributes: dict[str, str]) -> None:
        namespace, _sep, name = element.rpartition(" ")
        if self._is_root:
            if name != "svg":
                raise LogoRefused(LogoProblem.OTHER_FORMAT)
            self.size, self._is_root = _size_of(attributes), False
        if name.lower() in {"script", "handler", "foreignobject", "iframe", "set"} or name.lower().startswith(
            "animate"
        ):
            raise LogoRefused(LogoProblem.SCRIPT)
        if namespace not in {"", "http://www.w3.org/2000/svg"} or name.lower() not in DRAWING_ELEMENTS:
            raise LogoRefused(LogoProblem.ELEMENT)
        self._uses += name.lower() == "use"
        if self._uses > MAX_USES:
            raise LogoRefused(LogoProblem.ELEMENT)
        for attribute, value in attributes.items():
            _check_attribute(attribute.rpartition(" ")[2].lower(), value)

    def refuse_doctype(self, *_declared: object) -> None:
        raise LogoRefused(LogoProblem.REFERENCE)


def _check_attribute(name: str, value: str) -> None:
    if name.startswith("on"):
        raise LogoRefused(LogoProblem.SCRIPT)
    if name in {"href", "src"} and not OWN_REFERENCE.fullmatch(value):
        raise LogoRefused(LogoProblem.REFERENCE)
    if DANGEROUS.search(value) or any(not target.startswith("#") for target in URL.findall(value)):
        raise LogoRefused(LogoProblem.REFERENCE)


def _size_of(attributes: dict[str, str]) -> tuple[int, int]:
    """Return the size that the drawing has, or the relation of its sides."""
    box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    sides = box[2:] if len(box) == 4 else [attributes.get("width", ""), attributes.get("height", "")]
    numbers = [re.fullmatch(r"(\d{1,6}(?:\.\d+)?)(?:px)?", side) for side in sides]
    width, height = (float(number[1]) if number else 0.0 for number in numbers)
    if width <= 0 or height <= 0:
        raise LogoRefused(LogoProblem.SIZE)
    return max(1, round(width)), max(1, round(height))
