"""Public pages and static files are sent with Brotli or gzip, as the browser prefers; one address, one set of headers."""

import gzip

import brotli
import pytest
from flask.testing import FlaskClient

from campaign.web.compression import EncodedBody, choose_encoding
from campaign.web.page_cache import finished
from tests.support.builders import a_campaign

ADDRESSES = ("/en/", "/static/css/site.css")
DECODE = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("*", "br"),
        ("BR", "br"),
        ("gzip; q=0", None),
        ("deflate, identity", None),
        ("", None),
    ],
)
def test_the_encoding_is_the_one_that_the_browser_prefers(accepted: str, encoding: str | None) -> None:
    assert choose_encoding(accepted) == encoding


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_says_how_it_is_encoded_and_has_one_name(client: FlaskClient, address: str) -> None:
    a_campaign()
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    for encoding, decode in DECODE.items():
        packed = client.get(address, headers={"Accept-Encoding": encoding})
        assert packed.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in packed.vary
        assert packed.headers["ETag"] == plain.headers["ETag"]
        assert packed.headers["ETag"].startswith("W/")
        assert decode(packed.data) == plain.data
        assert len(packed.data) == int(packed.headers["Content-Length"])
        again = client.get(address, headers={"Accept-Encoding": encoding, "If-None-Match": plain.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_a_body_is_compressed_once() -> None:
    body = EncodedBody(b"Kurak " * 100)
    assert body.in_encoding("br") is body.in_encoding("br")
    assert body.in_encoding(None) is body.plain


def test_a_finished_page_has_the_same_name_each_time() -> None:
    assert finished("Курак") == finished("Курак")
    assert finished("Курак").etag != finished("Кийиз").etag
