"""The cache sends the page that Flask made, with the same headers, and only while it is fresh."""

import pytest
from flask import Flask
from werkzeug.test import Client

from campaign.models.campaign import Campaign
from campaign.web.page_cache import PageCacheMiddleware, PublicMemory
from tests.blueprints.public.test_pages import raise_revision
from tests.support.builders import a_campaign, a_paid_gift


@pytest.fixture
def uptime() -> list[float]:
    return [100.0]


@pytest.fixture
def forwarded() -> list[str]:
    """The addresses of the requests that reached Flask."""
    return []


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    return a_campaign()


@pytest.fixture
def reader(app: Flask, campaign: Campaign, uptime: list[float], forwarded: list[str]) -> Client:
    """A client of the cache before an app that looks campaigns up once a second of `uptime`."""
    memory = PublicMemory(seconds=1.0)
    memory.cards._monotonic = lambda: uptime[0]
    app.extensions["public_memory"] = memory
    inner = app.wsgi_app

    def flask(environ, start_response):  # type: ignore[no-untyped-def]
        forwarded.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    return Client(PageCacheMiddleware(flask, monotonic=lambda: uptime[0]))


def test_a_request_reaches_flask_once_a_second(reader: Client, forwarded: list[str], uptime: list[float]) -> None:
    for _ in range(3):
        assert reader.get("/en/").status_code == 200
    assert forwarded == ["/en/"]
    uptime[0] += 1.1
    reader.get("/en/")
    assert forwarded == ["/en/", "/en/"]


def test_flask_and_the_cache_send_the_same_page_with_the_same_protection(reader: Client) -> None:
    from_flask, from_front = reader.get("/en/"), reader.get("/en/")
    passing = {"Date", "Vary"}
    assert from_front.data == from_flask.data
    assert {k: v for k, v in from_front.headers if k not in passing} == {
        k: v for k, v in from_flask.headers if k not in passing
    }
    assert from_front.headers["Vary"] == "Accept-Encoding"
    assert "Content-Security-Policy" in from_front.headers


def test_a_change_shows_within_a_second(reader: Client, campaign: Campaign, uptime: list[float]) -> None:
    first = reader.get("/en/").headers["ETag"]
    a_paid_gift(campaign=campaign)
    raise_revision(campaign)
    assert reader.get("/en/").headers["ETag"] == first
    uptime[0] += 1.1
    assert reader.get("/en/").headers["ETag"] != first


def test_a_page_that_the_reader_has_is_not_sent_again(reader: Client) -> None:
    etag = reader.get("/en/").headers["ETag"]
    again = reader.get("/en/", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_it_is_compressed_for_clients_that_accept_it(reader: Client) -> None:
    reader.get("/en/")
    for accepted in ("gzip, deflate, br", "br;q=0.5, gzip"):
        best = "br" if accepted.endswith("br") else "gzip"
        packed = reader.get("/en/", headers={"Accept-Encoding": accepted})
        assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == (best, "Accept-Encoding")
    for accepted in ("", "gzip; q=0", "GZIP;Q=0.0, identity"):
        assert "Content-Encoding" not in reader.get("/en/", headers={"Accept-Encoding": accepted}).headers


@pytest.mark.parametrize("address", ["/en/nowhere", "/en/donate", "/staff/", "/en/?utm_source=poster"])
def test_nothing_else_is_cached(reader: Client, forwarded: list[str], address: str) -> None:
    reader.get(address)
    reader.get(address)
    assert len(forwarded) == 2
