"""Public answers, made once per change of the campaign and then cached: the same for everybody.

A view under `cached` is called only when there is something new to make. What it made is sent by Flask once a second, with
all its headers, and in between by `PageCacheMiddleware`, before Flask is asked at all: that is what makes a public page as
cheap as a file. Whoever changes what the public sees counts the change (services/campaigns/revision.py).
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, current_app, make_response, request

from campaign.config import Config
from campaign.days import local_day
from campaign.gateway_registry import current_context
from campaign.services.campaigns.cards import CampaignCard, featured_campaign, public_campaign_named
from campaign.services.campaigns.page import PublicCampaign, public_campaign
from campaign.services.campaigns.versioned_cache import Cards, PageCache
from campaign.web.compression import EncodedBody, choose_encoding

MAX_PAGES = 2000
CACHED_PAGE = "kurak.cached_page"
"""The name in the request's environment under which a view hands its page to the middleware, to be sent again."""
View = Callable[..., str | bytes]


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A finished answer: its bytes, and the name of this version of it."""

    body: EncodedBody
    etag: str


def finished(made: str | bytes) -> CachedPage:
    """The page or file as it will be sent each time."""
    body = made.encode() if isinstance(made, str) else made
    return CachedPage(EncodedBody(body), hashlib.sha256(body).hexdigest()[:20])


class PublicMemory:
    """The public pages that this process has cached."""

    def __init__(self, *, seconds: float) -> None:
        self.cards = Cards(seconds=seconds)
        self.pages: PageCache[CachedPage] = PageCache(MAX_PAGES)
        self.campaigns: PageCache[PublicCampaign] = PageCache(20)


def init_app(app: Flask) -> None:
    """Register the cache. In tests a campaign is looked up each time."""
    config: Config = app.config["KURAK"]
    app.extensions["public_memory"] = PublicMemory(seconds=0.0 if config.testing else 1.0)


def memory() -> PublicMemory:
    """Return this app's cache."""
    public_memory: PublicMemory = current_app.extensions["public_memory"]
    return public_memory


def card_of(slug: str | None = None) -> CampaignCard:
    """Return the campaign of this address, or the featured one.

    Raises:
        NotFound: There is none, or it is a draft.
    """
    return memory().cards.get(slug, lambda: public_campaign_named(slug) if slug else featured_campaign())


def campaign_of(card: CampaignCard) -> PublicCampaign:
    """Return everything that the pages of a campaign show, read once per change and day, for all languages and pages."""
    at = current_context().clock.now()
    return memory().campaigns.get(card.slug, _version(card, local_day(at)), lambda: public_campaign(card, at=at))


def cached(
    mimetype: str = "text/html", *, arguments: tuple[str, ...] = ()
) -> Callable[[View], Callable[..., Response]]:
    """Cache a view once per (campaign, address, change, day); it gets the campaign's card as `card`.

    `arguments` names the parts of the query that make another page; all others are ignored. `?campaign=` chooses
    another campaign than the featured one.
    """

    def decorate(view: View) -> Callable[..., Response]:
        @wraps(view)
        def answer(**given: str) -> Response:
            given.pop("lang", None)  # the language is chosen by the address already
            slug = given.pop("slug", None) or request.args.get("campaign") or None
            card = card_of(slug)
            key = (card.slug, request.path, tuple(request.args.get(name, "") for name in arguments))
            version = _version(card, local_day(current_context().clock.now()))
            page = memory().pages.get(key, version, lambda: finished(view(card=card, **given)))
            request.environ[CACHED_PAGE] = page, memory().cards.fresh_until(slug)
            return _answer(page, mimetype)

        return answer

    return decorate


def _version(card: CampaignCard, day: date) -> tuple[int, int, date]:
    return card.id, card.revision, day


def _answer(page: CachedPage, mimetype: str) -> Response:
    encoding = choose_encoding(request.headers.get("Accept-Encoding", ""))
    answer = make_response(page.body.in_encoding(encoding))
    answer.mimetype = mimetype
    if encoding:
        answer.content_encoding = encoding
    answer.vary.add("Accept-Encoding")
    answer.cache_control.public = True
    answer.cache_control.max_age = 1
    answer.set_etag(page.etag, weak=True)
    answer.make_conditional(request)
    return answer


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer that can be sent again until a moment of the monotonic clock, after which Flask runs again."""

    page: CachedPage
    headers: list[tuple[str, str]]
    until: float


class PageCacheMiddleware:
    """Sends cached pages again, unchanged and with the headers that they had, before Flask runs.

    It knows addresses without a query only: the others are rare, and Flask answers them from the same memory.
    """

    def __init__(self, app: WSGIApplication, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._monotonic = monotonic
        self._ready: dict[str, Ready] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
            return self._app(environ, start_response)
        ready = self._ready.get(environ["PATH_INFO"])
        if ready is None or self._monotonic() >= ready.until:
            return self._ask(environ, start_response)
        return _send(ready, environ, start_response)

    def _ask(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def remember(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            page = environ.get(CACHED_PAGE)
            if page is not None and status.startswith("200 "):
                self._keep(environ["PATH_INFO"], Ready(page[0], _lasting(headers), page[1]))
            return start_response(status, headers, exc_info)

        return self._app(environ, remember)

    def _keep(self, path: str, ready: Ready) -> None:
        if len(self._ready) >= MAX_PAGES:
            self._ready.clear()
        self._ready[path] = ready


def _lasting(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers that every sending has in common; a cached page depends on no cookie, whatever read one on the way."""
    passing = {"content-length", "content-encoding", "date", "set-cookie", "vary"}
    return [*((name, value) for name, value in headers if name.lower() not in passing), ("Vary", "Accept-Encoding")]


def _send(ready: Ready, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if ready.page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 NOT MODIFIED", ready.headers)
        return []
    encoding = choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
    body = ready.page.body.in_encoding(encoding)
    encoded = [("Content-Encoding", encoding)] if encoding else []
    start_response("200 OK", [*ready.headers, *encoded, ("Content-Length", str(len(body)))])
    return [body]
