"""A program of its own: a picture on standard input, what is made of it on standard output, as one JSON line and bytes.

It knows Pillow and nothing of Kurak, so that it starts quickly, and that a file that breaks a decoder breaks nothing else.
`picture_encoder` runs it with limits of time and memory. An answer is `{"flaw": …}`, or `{"width", "height", "files": [{"width",
"height", "format", "length"}]}` followed by the files' bytes.
"""

import io
import json
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from PIL import (
    AvifImagePlugin,
    Image,
    ImageCms,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

MAX_PIXELS = 50_500_000
MIN_SIDE, MAX_RATIO = 320, 4
WIDTHS = (480, 960, 1600)
SCAN_SIDE, SCAN_QUALITY = 3000, 82
"""Pixels of the longer side of a scan: a page with handwriting is read at 250 dots an inch."""
BUDGETS = {480: 30_000, 960: 60_000, 1600: 150_000}
"""Bytes that a file of a width should not exceed: its quality is lowered down to the last of `QUALITIES`."""
QUALITIES = {"avif": (58, 46, 36, 28), "webp": (78, 66, 54, 42), "jpg": (80, 70, 60, 48)}
SAVE: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "speed": 8, "max_threads": 1},
    "webp": {"format": "WEBP", "method": 4},
    "jpg": {"format": "JPEG", "optimize": True, "progressive": True},
}
TYPES = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "HEIF": "heic"}
"""Pillow's name of a format → ours; a phone's MPO is a JPEG with a second picture behind it."""
ENDINGS = {"jpg": "jpg", "jpeg": "jpg", "jfif": "jpg", "png": "png", "webp": "webp", "heic": "heic", "heif": "heic"}
PLUGINS = (AvifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)
"""They register themselves with Pillow when they are imported; of all others it hears nothing."""
OTHER_PICTURES = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0", b"8BPS", b"\0\0\0\x0cjP", b"\xffO\xffQ", b"\xff\x0a")
HEAD = 512
Files = list[tuple[int, int, str, bytes]]


class UnusableFile(Exception):
    """The file does not become a picture; the message is one word that says why."""


def prepare(data: bytes, ending: str = "", *, is_scan: bool = False) -> tuple[tuple[int, int], Files]:
    """Return the size of a picture, upright, and its files as (width, height, format, bytes).

    Args:
        data: The uploaded file.
        ending: What the file's name ends with, such as `jpg`; empty where it has no ending.
        is_scan: Whether it becomes one large JPEG, for reading, instead.

    Raises:
        UnusableFile: It is no picture that we can show.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for the whole process that imports it
    image = _opened(data, ending)
    _check_size(image)
    try:
        upright = _clean(image)
    except MemoryError:
        raise UnusableFile("too_slow") from None
    except Exception as error:  # decoders raise whatever they like at broken data
        raise UnusableFile("damaged") from error
    return upright.size, [_scan(upright)] if is_scan else list(_files(upright))


def widths_of(width: int) -> tuple[int, ...]:
    """Return the widths that are made of a picture: never more than it has."""
    return (*(known for known in WIDTHS if known < width), min(width, WIDTHS[-1]))[: len(WIDTHS)]


def _opened(data: bytes, ending: str) -> Image.Image:
    """Open a file by its content, without decoding a pixel."""
    _refuse_by_head(data)
    if data[4:8] == b"ftyp":
        _learn_heic()
    try:
        image = Image.open(io.BytesIO(data), formats=[name for name in TYPES if name in Image.OPEN])
    except Exception as error:
        raise UnusableFile(_what_else(data)) from error
    kind = TYPES[image.format or ""]
    if ENDINGS.get(ending.lower(), kind) != kind:
        raise UnusableFile("lying_name")
    if image.format in {"PNG", "WEBP"} and getattr(image, "n_frames", 1) > 1:
        raise UnusableFile("animated")
    return image


def _refuse_by_head(data: bytes) -> None:
    if not data.strip(b"\0 \r\n\t"):
        raise UnusableFile("empty")
    head = data[:HEAD].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<svg", b"\x1f\x8b")) or (
        head.startswith((b"<?xml", b"<!")) and b"<svg" in data[:4096].lower()
    ):
        raise UnusableFile("svg" if not head.startswith(b"\x1f\x8b") else "no_picture")
    if head.startswith(b"gif8"):
        raise UnusableFile("animated" if data.count(b"\x21\xf9\x04") > 1 else "other_type")


def _what_else(data: bytes) -> str:
    """Return why a file that Pillow does not open is refused."""
    signs = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
    if data.startswith(signs[:2]) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return "damaged"
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        return (
            "other_type"
            if brand in {b"avif", b"avis"}
            else "damaged"
            if brand[:3] in {b"hei", b"hev", b"mif"}
            else "no_picture"
        )
    return "other_type" if data.startswith(OTHER_PICTURES) else "no_picture"


def _learn_heic() -> None:
    from pi_heif import register_heif_opener

    register_heif_opener(thumbnails=False)


def _check_size(image: Image.Image) -> None:
    short, long = sorted(image.size)
    if short * long > MAX_PIXELS:
        raise UnusableFile("too_large")
    if short < MIN_SIDE:
        raise UnusableFile("too_small")
    if long > MAX_RATIO * short:
        raise UnusableFile("too_narrow")


def _clean(image: Image.Image) -> Image.Image:
    """Return the pixels alone: upright, in sRGB, on white, at most 1600 wide; nothing that the file said besides."""
    profile = image.info.get("icc_profile")
    if image.format in {"JPEG", "MPO"}:
        image.draft(image.mode, (WIDTHS[-1] * 2, WIDTHS[-1] * 2))  # decodes a huge one at a fraction of its size
    image.load()
    upright = ImageOps.exif_transpose(image)
    in_srgb = _in_srgb(upright, profile)
    pixels = Image.new("RGB", in_srgb.size, "white")
    pixels.paste(in_srgb.convert("RGB"), mask=in_srgb.getchannel("A") if in_srgb.mode == "RGBA" else None)
    return pixels


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode.startswith(("I", "F")):  # 16 bits a channel of grey
        image = (
            image.point(lambda value: value / 256).convert("L") if image.mode.startswith("I") else image.convert("L")
        )
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        image = _from_profile(image, profile)
    if image.mode in {"P", "PA", "LA", "La", "RGBa"} or "transparency" in image.info:
        image = image.convert("RGBA")
    return image if image.mode in {"RGB", "RGBA"} else image.convert("RGB")


def _from_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert the colours; a profile that is broken, or of another kind of colours, is left out of account."""
    try:
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        bare = image.convert("RGB") if alpha else image
        source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        changed = ImageCms.profileToProfile(bare, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    if changed is None:
        return image
    if alpha:
        changed.putalpha(alpha)
    return changed


def _files(image: Image.Image) -> Iterator[tuple[int, int, str, bytes]]:
    full = image.size
    for width in sorted(widths_of(full[0]), reverse=True):
        size = width, max(1, round(full[1] * width / full[0]))
        if image.size != size:
            image = image.resize(size, Image.Resampling.LANCZOS)
        for name, qualities in QUALITIES.items():
            yield *size, name, _encoded(image, name, qualities, BUDGETS.get(width, BUDGETS[WIDTHS[-1]]))


def _scan(image: Image.Image) -> tuple[int, int, str, bytes]:
    image.thumbnail((SCAN_SIDE, SCAN_SIDE), Image.Resampling.LANCZOS)
    packed = io.BytesIO()
    image.save(packed, quality=SCAN_QUALITY, **SAVE["jpg"])
    return *image.size, "jpg", packed.getvalue()


def _encoded(image: Image.Image, name: str, qualities: tuple[int, ...], budget: int) -> bytes:
    """Return the file of the best quality within the budget of bytes; of the lowest where none is."""
    body = b""
    for quality in qualities:
        packed = io.BytesIO()
        image.save(packed, quality=quality, **SAVE[name])
        body = packed.getvalue()
        if len(body) <= budget:
            break
    return body


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
    """Answer one picture; `arguments`: the ending of its name, `scan` or nothing, and the seconds and bytes it may take."""
    limit(int(arguments[-2]), int(arguments[-1]))
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before a pixel is decoded
    warnings.simplefilter("ignore")
    try:
        size, files = prepare(read(), arguments[0], is_scan=arguments[1] == "scan")
    except UnusableFile as refusal:
        write(json.dumps({"flaw": str(refusal)}).encode() + b"\n")
        return 0
    facts = [{"width": w, "height": h, "format": name, "length": len(body)} for w, h, name, body in files]
    write(json.dumps({"width": size[0], "height": size[1], "files": facts}).encode() + b"\n")
    for *_facts, body in files:
        write(body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.buffer.read, sys.stdout.buffer.write))
