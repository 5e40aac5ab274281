"""Files that are no pictures, lie, explode or tell too much: each is refused for its reason, or only its pixels stay."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import exifread
import pillow_heif
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from campaign.gateways import picture_process
from campaign.gateways.picture_process import UnusableFile, prepare
from tests.support.pictures import drawn, file_of

SECRET = "SECRET-PLACE"
CLEAN = "clean"
Make = Callable[[], bytes]
LEFTOVERS = (SECRET.encode(), b"Exif\0\0", b"<script", b"ICC_PROFILE", b"ICCP", b"EXIF", b"ns.adobe.com", b"PK\x03\x04")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def exif(*, orientation: int = 1) -> Image.Exif:
    """What a phone writes: whose it is, where it was, which side is up."""
    facts = Image.Exif()
    facts[0x010E], facts[0x0112] = SECRET, orientation
    facts.get_ifd(0x8825).update({1: "N", 2: (40.0, 31.0, 48.0), 3: "E", 4: (72.0, 48.0, 0.0)})
    return facts


@cache
def jpeg(**settings: Any) -> bytes:
    return file_of("JPEG", **settings)


@cache
def png(**settings: Any) -> bytes:
    return file_of("PNG", **settings)


@cache
def webp() -> bytes:
    return file_of("WEBP", exif=exif())


@cache
def heic() -> bytes:
    packed = io.BytesIO()
    pillow_heif.from_pillow(drawn()).save(packed, quality=50, exif=exif().tobytes())
    return packed.getvalue()


@cache
def animated(kind: str) -> bytes:
    packed = io.BytesIO()
    drawn().save(packed, kind, save_all=True, append_images=[drawn().rotate(90)], duration=100)
    return packed.getvalue()


def saved(image: Image.Image, kind: str, **settings: Any) -> bytes:
    packed = io.BytesIO()
    image.save(packed, kind, **settings)
    return packed.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_bomb() -> bytes:
    """A few bytes that say that they are 3.6 billion pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def png_of_no_pixels() -> bytes:
    """A large picture of which the pixels are not there."""
    header = struct.pack(">IIBBBBB", 6_000, 6_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """A comment that unpacks to 8 MB."""
    start = png()[:33]
    return start + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 8_000_000, 9)) + png()[33:]


def jpeg_bomb() -> bytes:
    data = jpeg()
    place = data.index(b"\xff\xc0") + 5
    return data[:place] + struct.pack(">HH", 65_000, 65_000) + data[place + 4 :]


def flipped_byte() -> bytes:
    data = bytearray(png())
    data[data.index(b"IDAT") + 40] ^= 0xFF
    return bytes(data)


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", SECRET)
    return packed.getvalue()


def with_text() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", f"{SECRET} <script>")
    words.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{SECRET} http://ns.adobe.com/xap/1.0/</x:xmpmeta>")
    return png(pnginfo=words)


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def as_is(data: bytes) -> Make:
    return lambda: data


def box(name: bytes, content: bytes = b"", *, size: int | None = None) -> bytes:
    """A box of a HEIC file; its size may lie."""
    return struct.pack(">I", len(content) + 8 if size is None else size) + name + content


HEIC_TYPE = box(b"ftyp", b"heic\0\0\0\0mif1heic")


def nested(depth: int) -> bytes:
    """Boxes in boxes in boxes."""
    inside = b""
    for _ in range(depth):
        inside = box(b"moov", inside)
    return HEIC_TYPE + box(b"meta", b"\0\0\0\0" + inside)


def with_segment(marker: int, content: bytes) -> bytes:
    """A JPEG with one more segment behind its first."""
    start = 2 + 2 + struct.unpack(">H", jpeg()[4:6])[0]
    return jpeg()[:start] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + jpeg()[start:]


def iptc() -> bytes:
    """A caption as agencies write it: IPTC in a block of Photoshop's."""
    caption = b"\x1c\x02\x78" + struct.pack(">H", len(SECRET)) + SECRET.encode()
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(caption)) + caption + b"\0" * (len(caption) % 2)
    return with_segment(0xED, b"Photoshop 3.0\0" + block)


CASES: list[tuple[str, str, str, Make]] = [
    ("nothing", "jpg", "empty", as_is(b"")),
    ("line breaks", "jpg", "empty", as_is(b"\r\n\n")),
    ("zeros", "png", "empty", as_is(b"\0" * 400)),
    ("text", "jpg", "no_picture", as_is(b"hello")),
    ("random bytes", "jpg", "no_picture", as_is(bytes(range(200, 256)) * 9)),
    ("html", "jpg", "no_picture", as_is(b"<html><script>alert(1)</script></html>")),
    ("html with a drawing", "jpg", "svg", as_is(b"<!doctype html>" + SVG)),
    ("svg", "svg", "svg", as_is(SVG)),
    ("svg named png", "png", "svg", as_is(SVG)),
    ("svg with a declaration", "jpg", "svg", as_is(b"<?xml version='1.0'?><!-- x -->" + SVG)),
    ("svg after a mark", "jpg", "svg", as_is(b"\xef\xbb\xbf  " + SVG)),
    ("svg in capitals", "jpg", "svg", as_is(SVG.upper())),
    ("packed svg", "svgz", "no_picture", as_is(b"\x1f\x8b\x08\0" + SVG)),
    ("xml", "jpg", "no_picture", as_is(b"<?xml version='1.0'?><a/>")),
    ("pdf", "pdf", "no_picture", as_is(b"%PDF-1.7\n1 0 obj")),
    ("pdf named jpg", "jpg", "no_picture", as_is(b"%PDF-1.7\n1 0 obj")),
    ("zip", "zip", "no_picture", zipped),
    ("document named png", "png", "no_picture", zipped),
    ("windows program", "jpg", "no_picture", as_is(b"MZ\x90\0" + b"\0" * 90)),
    ("linux program", "jpg", "no_picture", as_is(b"\x7fELF\x02\x01" + b"\0" * 90)),
    ("shell script", "jpg", "no_picture", as_is(b"#!/bin/sh\nrm -rf /\n")),
    ("mp4", "mp4", "no_picture", as_is(b"\0\0\0\x18ftypisom" + b"\0" * 90)),
    ("quicktime named heic", "heic", "no_picture", as_is(b"\0\0\0\x14ftypqt  " + b"\0" * 90)),
    ("mp3", "jpg", "no_picture", as_is(b"ID3\x04" + b"\0" * 90)),
    ("postscript", "jpg", "no_picture", as_is(b"%!PS-Adobe-3.0 EPSF-3.0\n")),
    ("gif", "gif", "other_type", partial(file_of, "GIF")),
    ("animated gif", "gif", "animated", partial(animated, "GIF")),
    ("gif named jpg", "jpg", "other_type", partial(file_of, "GIF")),
    ("bmp", "bmp", "other_type", partial(file_of, "BMP")),
    ("tiff", "tif", "other_type", partial(file_of, "TIFF")),
    ("icon", "ico", "other_type", partial(file_of, "ICO")),
    ("photoshop", "psd", "other_type", as_is(b"8BPS\0\x01" + b"\0" * 90)),
    ("jpeg 2000", "jp2", "other_type", as_is(b"\0\0\0\x0cjP  \r\n\x87\n")),
    ("avif", "avif", "other_type", partial(file_of, "AVIF", speed=10)),
    ("png named jpg", "jpg", "lying_name", png),
    ("jpeg named png", "png", "lying_name", jpeg),
    ("jpeg named heic", "heic", "lying_name", jpeg),
    ("webp named jpg", "jpg", "lying_name", webp),
    ("heic named jpg", "jpg", "lying_name", heic),
    ("half a jpeg", "jpg", "damaged", lambda: jpeg()[: len(jpeg()) // 2]),
    ("the head of a jpeg", "jpg", "damaged", lambda: jpeg()[:20]),
    ("half a png", "png", "damaged", lambda: png()[: len(png()) // 2]),
    ("half a webp", "webp", "damaged", lambda: webp()[: len(webp()) // 2]),
    ("half a heic", "heic", "damaged", lambda: heic()[: len(heic()) // 2]),
    ("png with a wrong byte", "png", "damaged", flipped_byte),
    ("png without its pixels", "png", "damaged", png_of_no_pixels),
    ("jpeg that is noise", "jpg", "damaged", as_is(b"\xff\xd8\xff\xe0" + bytes(range(256)))),
    ("png that is noise", "png", "damaged", as_is(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))),
    ("webp that is noise", "webp", "damaged", as_is(b"RIFF\xff\0\0\0WEBPVP8 " + bytes(range(256)))),
    ("heic that is noise", "heic", "damaged", as_is(b"\0\0\0\x18ftypheic" + bytes(range(256)))),
    ("png bomb", "png", "too_large", png_bomb),
    ("jpeg bomb", "jpg", "too_large", jpeg_bomb),
    ("png with a text bomb", "png", "damaged", text_bomb),
    ("one pixel", "png", "too_small", partial(file_of, "PNG", (1, 1))),
    ("a thumbnail", "jpg", "too_small", partial(file_of, "JPEG", (1000, 319))),
    ("a ribbon", "jpg", "too_narrow", partial(file_of, "JPEG", (1400, 330))),
    ("animated png", "png", "animated", partial(animated, "PNG")),
    ("animated webp", "webp", "animated", partial(animated, "WEBP")),
    ("heic with a box that never ends", "heic", "damaged", lambda: HEIC_TYPE + box(b"meta", b"\0" * 40, size=0)),
    ("heic with a box of four gigabytes", "heic", "damaged", lambda: HEIC_TYPE + box(b"meta", size=0xFFFFFFFF)),
    ("heic with a box smaller than its head", "heic", "damaged", lambda: HEIC_TYPE + box(b"meta", b"\0" * 40, size=3)),
    ("heic of boxes in boxes", "heic", "damaged", partial(nested, 5000)),
    ("heic that is its name alone", "heic", "damaged", as_is(HEIC_TYPE)),
    ("gif that is a script", "gif", "other_type", as_is(b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)")),
    ("svg behind many spaces", "png", "svg", as_is(b" \n" * 200 + SVG)),
    ("svg in sixteen bits", "png", "no_picture", lambda: SVG.decode().encode("utf-16")),
    ("web page behind a jpeg", "jpg", CLEAN, lambda: jpeg() + b"<html><script>alert(1)</script>" + SECRET.encode()),
    (
        "web page in a comment",
        "jpg",
        CLEAN,
        lambda: with_segment(0xFE, b"<?php system($_GET[0]); <script>" + SECRET.encode()),
    ),
    ("jpeg with a caption of an agency", "jpg", CLEAN, iptc),
    ("jpeg with a profile of four inks", "jpg", CLEAN, lambda: jpeg(icc_profile=srgb().replace(b"RGB ", b"CMYK", 1))),
    ("png with a program behind it", "png", CLEAN, lambda: png() + b"MZ\x90\0" + SECRET.encode()),
    ("jpeg with a zip behind it", "jpg", CLEAN, lambda: jpeg() + zipped()),
    ("jpeg with place and time", "jpg", CLEAN, lambda: jpeg(exif=exif().tobytes())),
    ("jpeg with a comment", "jpg", CLEAN, lambda: jpeg(comment=f"{SECRET} <script>".encode())),
    ("jpeg with xmp", "jpg", CLEAN, lambda: jpeg(xmp=f"http://ns.adobe.com/xap/1.0/ {SECRET}".encode())),
    ("jpeg with a profile", "jpg", CLEAN, lambda: jpeg(icc_profile=srgb())),
    ("jpeg with a broken profile", "jpg", CLEAN, lambda: jpeg(icc_profile=b"\0" * 200 + SECRET.encode())),
    ("jpeg of four inks", "jpg", CLEAN, lambda: saved(drawn().convert("CMYK"), "JPEG")),
    ("grey jpeg", "jpeg", CLEAN, lambda: saved(drawn().convert("L"), "JPEG")),
    ("jpeg without an ending", "", CLEAN, jpeg),
    ("jpeg named in capitals", "JPG", CLEAN, jpeg),
    ("jpeg of two pictures", "jpg", CLEAN, lambda: saved(drawn(), "MPO", save_all=True, append_images=[drawn()])),
    ("png with words", "png", CLEAN, with_text),
    ("png with exif", "png", CLEAN, lambda: png(exif=exif().tobytes())),
    ("png one can see through", "png", CLEAN, partial(file_of, "PNG", mode="RGBA")),
    ("png of few colours", "png", CLEAN, lambda: saved(drawn().convert("P"), "PNG", transparency=0)),
    ("png of deep grey", "png", CLEAN, lambda: saved(drawn().convert("L").convert("I;16"), "PNG")),
    ("png of black and white", "png", CLEAN, lambda: saved(drawn().convert("1"), "PNG")),
    ("webp with exif", "webp", CLEAN, webp),
    ("webp without loss", "webp", CLEAN, lambda: saved(drawn(mode="RGBA"), "WEBP", lossless=True)),
    ("heic of a phone", "heic", CLEAN, heic),
]


@pytest.fixture(autouse=True)
def as_in_its_own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)


@pytest.mark.parametrize(("ending", "outcome", "make"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_a_file_is_refused_or_nothing_but_its_pixels_stays(ending: str, outcome: str, make: Make) -> None:
    if outcome != CLEAN:
        with pytest.raises(UnusableFile) as refused:
            prepare(make(), ending)
        assert str(refused.value) == outcome
        return
    (_width, _height), files = prepare(make(), ending)
    assert [kind for _w, _h, kind, _body in files] == ["avif", "webp", "jpg"]
    for width, height, kind, body in files:
        assert Image.open(io.BytesIO(body)).size == (width, height) == (400, 360)
        assert [mark for mark in LEFTOVERS if mark in body] == []
        if kind != "avif":  # the other reader does not know it
            assert exifread.process_file(io.BytesIO(body)) == {}


def test_the_table_has_at_least_sixty_files_and_the_reader_finds_a_place_where_there_is_one() -> None:
    assert len(CASES) >= 60
    tags = exifread.process_file(io.BytesIO(jpeg(exif=exif().tobytes())))
    assert "GPS GPSLatitude" in tags


@pytest.mark.parametrize(
    ("orientation", "dark_corner"), [(1, (20, 20)), (3, (380, 340)), (6, (340, 20)), (8, (20, 380))]
)
def test_a_picture_that_a_phone_took_sideways_stands_upright(orientation: int, dark_corner: tuple[int, int]) -> None:
    size, files = prepare(jpeg(exif=exif(orientation=orientation).tobytes()), "jpg")
    assert size == ((400, 360) if orientation in {1, 3} else (360, 400))
    pixel = Image.open(io.BytesIO(files[-1][3])).getpixel(dark_corner)
    assert isinstance(pixel, tuple)
    assert max(pixel) < 60


def test_a_picture_is_never_enlarged_and_stays_within_its_budget() -> None:
    noisy = Image.effect_noise((240, 100), 60).resize((970, 400)).convert("RGB")
    _size, files = prepare(saved(noisy, "JPEG", quality=95), "jpg")
    assert sorted({width for width, *_rest in files}) == [480, 960, 970]
    phone = next(len(body) for width, _h, kind, body in files if width == 960 and kind == "avif")
    assert phone <= picture_process.BUDGETS[960]
