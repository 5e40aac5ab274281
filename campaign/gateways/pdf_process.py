"""A program of its own: a PDF on standard input, the same pages in a new PDF on standard output.

It knows pikepdf and nothing of Kurak; `pdf_cleaner` runs it with limits of time and memory. What is typed into a form and what
is drawn as a note becomes part of its page; then everything goes that a page does not show: scripts, actions, attached files,
links, forms, metadata, and what cameras wrote into pictures. An answer is the PDF, or `flaw` and one word that says why not.
"""

import io
import sys
from collections.abc import Callable

import pikepdf

MAX_PAGES = 300
MAX_NOTES = 5000
"""Links, fields and notes in all: the time for drawing them into their pages grows with the square of their number."""
OF_PAGES = (
    "/AA",
    "/AF",
    "/Annots",
    "/B",
    "/LastModified",
    "/Metadata",
    "/PieceInfo",
    "/PresSteps",
    "/StructParents",
    "/Thumb",
)
EXTERNAL = ("/F", "/FFilter", "/FDecodeParms")
"""Of a stream: that its bytes are in another file, or at an address on the internet."""
OF_STREAMS = (*EXTERNAL, "/AF", "/LastModified", "/Metadata", "/OPI", "/PieceInfo", "/StructParent", "/StructParents")
"""Keys that show nothing. In other dictionaries the same letters can be the name of a font or of a picture."""
JPEG_START, JPEG_SCAN = b"\xff\xd8", 0xDA
JPEG_NOTES = frozenset({0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE})
"""Parts of a JPEG with words about it, such as place and time of the shot; colours are in others."""


class UnusablePdf(Exception):
    """There is no new PDF; the message is one word that says why."""


def clean(data: bytes) -> bytes:
    """Return a new PDF with the pages of this one.

    Raises:
        UnusablePdf: It is damaged, needs a password or has too many pages or notes.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as source:
            if len(source.pages) > MAX_PAGES:
                raise UnusablePdf("too_large")
            return _pages_of(source)
    except pikepdf.PasswordError:
        raise UnusablePdf("locked") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnusablePdf("damaged") from error
    except MemoryError:
        raise UnusablePdf("too_large") from None


def _pages_of(source: pikepdf.Pdf) -> bytes:
    if not len(source.pages):
        raise UnusablePdf("damaged")
    if sum(len(page.obj.get("/Annots", ())) for page in source.pages) > MAX_NOTES:
        raise UnusablePdf("too_large")
    source.generate_appearance_streams()
    source.flatten_annotations("screen")
    packed = io.BytesIO()
    with pikepdf.new() as bare:
        bare.pages.extend(source.pages)
        for page in bare.pages:
            _delete(page.obj, OF_PAGES)
        for each in bare.objects:
            if isinstance(each, pikepdf.Stream):
                _delete(each, OF_STREAMS)
                _strip_jpeg(each)
        bare.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return packed.getvalue()


def _delete(each: pikepdf.Object, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in each:
            del each[key]


def _strip_jpeg(stream: pikepdf.Stream) -> None:
    """Take what a camera wrote out of a picture that stands in the file as a JPEG."""
    if stream.get("/Filter") in (pikepdf.Name.DCTDecode, pikepdf.Array([pikepdf.Name.DCTDecode])):  # no hash
        body = without_notes(stream.read_raw_bytes())
        settings = stream.get("/DecodeParms")
        stream.write(body, filter=pikepdf.Name.DCTDecode)
        if settings is not None:
            stream.DecodeParms = settings


def without_notes(jpeg: bytes) -> bytes:
    """Return a JPEG without its notes; one that cannot be read as it is."""
    if not jpeg.startswith(JPEG_START):
        return jpeg
    parts, place = [JPEG_START], len(JPEG_START)
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF and jpeg[place + 1] != JPEG_SCAN:
        end = place + 2 + int.from_bytes(jpeg[place + 2 : place + 4])
        if jpeg[place + 1] not in JPEG_NOTES:
            parts.append(jpeg[place:end])
        place = end
    return b"".join([*parts, jpeg[place:]])


def limit(seconds: int, memory: int) -> None:
    """Let this process use so many seconds of a processor and bytes of memory, where the system can bound them."""
    try:
        import resource
    except ImportError:  # Windows
        return
    bounds: list[tuple[int, int]] = [(resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)]
    if sys.platform == "linux":  # macOS knows the limit and refuses it
        bounds.append((resource.RLIMIT_AS, memory))
    for kind, most in bounds:
        resource.setrlimit(kind, (most, most))


def main(arguments: list[str], read: Callable[[], bytes], write: Callable[[bytes], object]) -> int:
    """Answer one PDF; `arguments` are the seconds and the bytes of memory that it may take."""
    limit(int(arguments[0]), int(arguments[1]))
    try:
        write(clean(read()))
    except UnusablePdf as refusal:
        write(f"flaw {refusal}\n".encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.buffer.read, sys.stdout.buffer.write))
