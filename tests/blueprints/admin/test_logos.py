"""The organisation's logo and icon: uploaded, shown everywhere, removed, and bad files refused by a clear sentence."""

import io
import struct
import zlib
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from campaign.models.outbox import Message
from campaign.services.mail.sender import sender_of
from tests.blueprints.admin.client import sign_in_as
from tests.domain.test_logo import svg
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")
ADDRESS = "/staff/organisation/logo"


@pytest.fixture
def admin(app: Flask, clock: SettableClock) -> FlaskClient:
    return sign_in_as(app, clock, role="admin").client


def png(size: tuple[int, int] = (300, 100), **settings: Any) -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", size, "#8c1c2b").save(packed, "PNG", **settings)
    return packed.getvalue()


def other(kind: str) -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (64, 64)).save(packed, kind)
    return packed.getvalue()


def bomb() -> bytes:
    """A PNG that says it is 30,000 pixels wide and high."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png()[33:]


def upload(client: FlaskClient, data: bytes | None, *, kind: str = "logo", name: str = "logo.png") -> Page:
    """The page after choosing a file, or none, and sending it."""
    token = str(fetch_address(client, ADDRESS).one("input[name=csrf_token]")["value"])
    fields: dict[str, Any] = {"csrf_token": token}
    if data is not None:
        fields["file"] = (io.BytesIO(data), name)
    answer = client.post(f"{ADDRESS}/{kind}", data=fields, content_type="multipart/form-data")
    return Page(client.get(answer.location) if answer.status_code == 303 else answer)


def test_a_logo_and_an_icon_are_shown_on_every_page_and_removed(admin: FlaskClient, client: FlaskClient) -> None:
    a_campaign()
    assert upload(admin, png()).texts(".notice") == ["The file has been saved."]
    assert upload(admin, svg(attributes='viewBox="0 0 64 64"'), kind="icon", name="icon.png").texts(".notice")
    page = fetch_address(client, "/en/")
    logo, icon = str(page.one(".brand img")["src"]), str(page.one("link[rel=icon]")["href"])
    assert page.one("link[rel=icon]")["type"] == "image/svg+xml"
    for address, media_type in ((logo, "image/png"), (icon, "image/svg+xml")):
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, media_type)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].endswith("sandbox")
        assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert fetch_address(admin, "/staff/").soup.select(".desk-header .brand img")
    with Image.open(io.BytesIO(client.get("/og/en/quilt.png").data)) as card:
        assert card.convert("RGB").getpixel((80, 90)) == (0x8C, 0x1C, 0x2B)
    for form in ("logo", "icon"):
        removed = fetch_address(admin, ADDRESS).submit(admin, f'form[action$="/{form}/remove"]')
        assert removed.status_code == 303
    page = fetch_address(client, "/en/")
    assert not page.soup.select(".brand img")
    assert client.get(logo).status_code == 404
    assert "Changed the logo, icon or signature" in fetch_address(admin, "/staff/audit").text("main")


def test_logo_and_icon_are_uploaded_by_one_form_or_neither(admin: FlaskClient, client: FlaskClient) -> None:
    a_campaign()
    page = fetch_address(admin, ADDRESS)
    bad: dict[str, Any] = {"logo": (io.BytesIO(png()), "a.png"), "icon": (io.BytesIO(png()), "b.png")}
    refused = Page(page.submit(admin, **bad))
    assert refused.texts(".error-summary li") == ["An icon must be as wide as it is high. Cut it to a square."]
    assert refused.soup.select(".stored-logo") == []
    good: dict[str, Any] = {"logo": (io.BytesIO(png()), "a.png"), "icon": (io.BytesIO(png((64, 64))), "b.png")}
    stored = fetch_address(admin, page.submit(admin, **good).location)
    assert (stored.texts(".notice"), len(stored.soup.select(".stored-logo"))) == (["The files have been saved."], 2)
    assert Page(page.submit(admin)).texts(".error-summary li") == ["Choose a file first."]


def test_what_a_png_tells_besides_is_lost(admin: FlaskClient, client: FlaskClient) -> None:
    a_campaign()
    notes = PngInfo()
    notes.add_text("Author", "Aigul, 42.87 N 74.59 E")
    upload(admin, png((2400, 800), pnginfo=notes, exif=Image.Exif().tobytes()))
    stored = client.get(str(fetch_address(client, "/en/").one(".brand img")["src"])).data
    assert b"Aigul" not in stored
    with Image.open(io.BytesIO(stored)) as image:
        assert image.size == (1200, 400)
        assert image.info == {}


def test_an_email_shows_a_png_and_no_svg(app: Flask, admin: FlaskClient) -> None:
    upload(admin, png())
    assert sender_of(Message(language="en", campaign_id=None)).logo_path.startswith("/brand/logo?v=")
    upload(admin, svg())
    assert sender_of(Message(language="en", campaign_id=None)).logo_path == ""


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "Choose a file first."),
        (b"", "Choose a file first."),
        (b"\x89PNG\r\n\x1a\n", "The file is damaged. Export it again."),
        (png()[:100], "The file is damaged. Export it again."),
        (png()[:60] + b"\0" * 40, "The file is damaged. Export it again."),
        (png((31, 200)), "Each side must have between 32 and 4,000 pixels. Change its size."),
        (png((4001, 40)), "Each side must have between 32 and 4,000 pixels. Change its size."),
        (bomb(), "Each side must have between 32 and 4,000 pixels. Change its size."),
        (b"x" * 500_001, "The file is larger than 500 KB. Make it smaller."),
        *(
            (data, "This is no PNG or SVG, whatever its name says. Export it as PNG or SVG.")
            for data in (other("JPEG"), other("GIF"), other("WEBP"), b"%PDF-1.7", b"MZ\x90", b"<html></html>")
        ),
        (
            svg("<script>alert(1)</script>"),
            "This SVG contains a script or an animation. Export it as a plain SVG or as PNG.",
        ),
        (
            svg('<use href="https://evil.example/#a"/>'),
            "This SVG refers to something outside of itself. Export it as a plain SVG, with everything inside, or as PNG.",
        ),
    ],
)
def test_a_bad_file_is_refused_by_a_clear_sentence(admin: FlaskClient, data: bytes | None, sentence: str) -> None:
    page = upload(admin, data)
    assert page.answer.status_code == 422
    assert page.texts(".error-summary li") == [sentence]
    assert page.one(str(page.one(".error-summary a")["href"]))["type"] == "file"
    assert not page.soup.select(".stored-logo")


def test_a_signature_is_shown_to_administrators_alone_and_removed(
    app: Flask, admin: FlaskClient, client: FlaskClient, clock: SettableClock
) -> None:
    page = fetch_address(admin, ADDRESS)
    chosen: dict[str, Any] = {"signature": (io.BytesIO(svg("<use href='#a'/>")), "a.svg")}
    assert "Receipts cannot print this SVG" in Page(page.submit(admin, **chosen)).text(".error-summary")
    stored = fetch_address(admin, page.submit(admin, signature=(io.BytesIO(png()), "a.png")).location)
    address = str(stored.one(".stored-logo")["src"])
    assert admin.get(address).mimetype == "image/png"
    assert client.get(address).status_code == 302
    a_campaign()
    assert client.get("/brand/signature").status_code == 404
    assert stored.submit(admin, 'form[action$="/signature/remove"]').status_code == 303
    assert not fetch_address(admin, ADDRESS).soup.select(".stored-logo")


def test_a_logo_that_receipts_cannot_print_is_named(admin: FlaskClient) -> None:
    assert "Receipts are printed without it" not in upload(admin, svg()).text("main")
    assert "Receipts are printed without it" in upload(admin, svg("<use href='#a'/>")).text("main")


def test_an_icon_is_square(admin: FlaskClient) -> None:
    page = upload(admin, png(), kind="icon")
    assert page.texts(".error-summary li") == ["An icon must be as wide as it is high. Cut it to a square."]


@pytest.mark.parametrize("role", ["viewer", "campaign", "finance"])
def test_only_administrators_may_change_it(app: Flask, clock: SettableClock, role: str) -> None:
    client = sign_in_as(app, clock, role=role).client
    assert client.get(ADDRESS).status_code == 403
