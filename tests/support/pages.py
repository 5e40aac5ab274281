"""Pages as a reader meets them: fetched by endpoint, and each one examined whole, whatever its test is about."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from bs4.builder._html5lib import HTML5TreeBuilder
from flask import current_app
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.languages import installed

LOADING = {"script": "src", "link": "href", "img": "src", "source": "srcset", "iframe": "src", "use": "href"}
"""Elements that make a browser fetch something, and the attribute that says what."""
UNFINISHED = re.compile(r"\{\{|\{%|%\(\w+\)|Traceback|\bNone\b|<Markup|object at 0x")
"""What shows through when a template or a translation is not filled in."""
Tags = dict[str, list[Tag]]
"""A page's elements by name: collected in one pass, because thousands of pages are examined."""


class Page:
    """One answer of the site. Assertions read as the page reads: `page.texts("main h2") == [...]`."""

    def __init__(self, answer: TestResponse, *, is_whole: bool = True) -> None:
        self.answer = answer
        self.soup, problems = examined(answer)
        assert not is_whole or problems == []

    @property
    def h1(self) -> str:
        return self.text("h1")

    def text(self, selector: str = "main") -> str:
        """The text of the first match, with single spaces."""
        return " ".join(self.one(selector).get_text(" ").split())

    def texts(self, selector: str) -> list[str]:
        """The text of each match; what a script may show later, a `template`, is none."""
        tags = [tag for tag in self.soup.select(selector) if tag.find_parent("template") is None]
        return [" ".join(tag.get_text(" ").split()) for tag in tags]

    def one(self, selector: str) -> Tag:
        match = self.soup.select_one(selector)
        assert match is not None, f"nothing on the page matches {selector}"
        return match

    def link(self, text: str) -> str:
        """The address of the one link with this text."""
        match = [tag["href"] for tag in self.soup.select("a[href]") if " ".join(tag.get_text(" ").split()) == text]
        assert len(set(map(str, match))) == 1, f"{text!r} is {len(match)} links"
        return str(match[0])

    def filled(self, form: str = "main form", **typed: Any) -> dict[str, Any]:
        """What the browser would send of a form: its present values, with `typed` over them."""
        values: dict[str, Any] = {}
        for field in self.one(form).select("input[name], select[name], textarea[name]"):
            name = str(field["name"])
            if field.get("type") in {"checkbox", "radio"}:
                if field.has_attr("checked"):
                    values[name] = field.get("value", "on")
            elif field.name == "select":
                chosen = field.select_one("option[selected]") or field.select_one("option")
                values[name] = chosen.get("value", "") if chosen else ""
            elif field.get("type") != "submit":
                values[name] = field.get("value", "") if field.name == "input" else field.get_text()
        return {**values, **typed}

    def submit(self, client: FlaskClient, form: str = "main form", **typed: Any) -> TestResponse:
        """Fill in a form and send it to where it says."""
        tag = self.one(form)
        values = {name: value for name, value in self.filled(form, **typed).items() if value is not None}
        address = str(tag.get("action") or self.answer.request.path)
        return client.open(address, method=str(tag["method"]).upper(), data=values, content_type=tag.get("enctype"))


def address_of(endpoint: str, **values: Any) -> str:
    """The path of an endpoint."""
    with current_app.test_request_context():
        return current_app.url_for(endpoint, **values)


def fetch(client: FlaskClient, endpoint: str, *, status: int = 200, **values: Any) -> Page:
    """The page of an endpoint, examined; `values` are the parts of its address."""
    return fetch_address(client, address_of(endpoint, **values), status=status)


def fetch_address(client: FlaskClient, address: str, *, status: int = 200) -> Page:
    answer = client.get(address)
    assert answer.status_code == status, f"{address} answered {answer.status} {answer.headers.get('Location', '')}"
    return Page(answer)


def examined(answer: TestResponse) -> tuple[BeautifulSoup, list[str]]:
    """A page as a browser reads it, and everything that is wrong with it as such; an empty list is a good page."""
    builder = _NothingForgiven()
    soup = BeautifulSoup(answer.text, builder=builder)
    tags: Tags = defaultdict(list)
    for tag in soup.find_all(True):
        tags[tag.name].append(tag)
    return soup, [
        *[f"not HTML5: {code} {detail} at {place}" for place, code, detail in builder.errors],
        *_head(soup, tags),
        *_identifiers(tags),
        *_forms(tags),
        *_policy(answer, tags),
        *_loading(answer, tags),
        *[f"unfinished text: {match[0]}" for match in UNFINISHED.finditer(soup.get_text(" "))],
    ]


class _NothingForgiven(HTML5TreeBuilder):
    """Stores what the parser had to fix; its own `feed` discards that, and to parse a page again takes as long."""

    errors: list[tuple[object, str, object]]  # place, code, detail

    def feed(self, markup: Any) -> None:  # as Beautiful Soup types it
        parser = html5lib.HTMLParser(tree=self.create_treebuilder)
        assert self.underlying_builder is not None
        self.underlying_builder.parser = parser
        parser.parse(markup)
        self.errors = parser.errors


def _head(soup: BeautifulSoup, tags: Tags) -> list[str]:
    problems = []
    if soup.title is None or not soup.title.get_text(strip=True):
        problems.append("no title")
    if soup.html is None or soup.html.get("lang") not in installed():
        problems.append("the page does not tell its language")
    if len(tags["h1"]) != 1:
        problems.append(f"{len(tags['h1'])} h1")
    if not any(tag.get("name") == "viewport" for tag in tags["meta"]):
        problems.append("no viewport for phones")
    return problems


def _identifiers(tags: Tags) -> list[str]:
    everything = _all(tags)
    counted = Counter(str(tag["id"]) for tag in everything if tag.has_attr("id"))
    problems = [f"id {name} stands {count} times" for name, count in counted.items() if count > 1]
    problems += [f"{attr}={name} leads nowhere" for attr, name in _references(everything) if name not in counted]
    return problems + [f"{name} leads nowhere" for name in _fragments(tags["a"]) if name[1:] not in counted]


def _references(everything: list[Tag]) -> Iterator[tuple[str, str]]:
    """Each attribute that names other tags, with each name in it."""
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "aria-details"):
        for tag in everything:
            yield from ((attribute, name) for name in str(tag.get(attribute, "")).split())


def _fragments(links: list[Tag]) -> Iterator[str]:
    """The addresses that lead to a place on the page itself."""
    for link in links:
        name = str(link.get("href", ""))
        if len(name) > 1 and name.startswith("#"):
            yield name


def _forms(tags: Tags) -> list[str]:
    problems = ["a form without method or action" for form in tags["form"] if not _is_addressed(form)]
    problems += [f"{field.name} {field.get('name')} has no label" for field in _without_label(tags)]
    problems += [f"img {image.get('src')} has no alt" for image in tags["img"] if not image.has_attr("alt")]
    problems += ["a button without words" for button in tags["button"] if not _words(button)]
    links = [link for link in tags["a"] if link.has_attr("href")]
    return problems + [f"a link without words: {link['href']}" for link in links if not _words(link)]


def _is_addressed(form: Tag) -> bool:
    return str(form.get("method", "")).lower() in {"get", "post"} and form.has_attr("action")


def _without_label(tags: Tags) -> list[Tag]:
    labelled = {str(label["for"]) for label in tags["label"] if label.has_attr("for")}
    typed = [field for field in tags["input"] if field.get("type") not in {"hidden", "submit", "button"}]
    return [field for field in [*typed, *tags["select"], *tags["textarea"]] if not _is_labelled(field, labelled)]


def _is_labelled(field: Tag, labelled: set[str]) -> bool:
    if field.find_parent("label") or field.get("aria-label") or field.get("aria-labelledby"):
        return True
    return field.get("id") in labelled


def _words(tag: Tag) -> bool:
    if tag.get("aria-label") or tag.get("aria-labelledby") or tag.get_text(strip=True):
        return True
    return any(image.get("alt") for image in tag.select("img")) or bool(tag.select("svg title"))


def _policy(answer: TestResponse, tags: Tags) -> list[str]:
    """The policy is sent, and nothing on the page needs it loosened."""
    policy = answer.headers.get("Content-Security-Policy", "")
    problems = [] if "default-src 'none'" in policy and "unsafe" not in policy else [f"policy: {policy!r}"]
    problems += ["a script in the page" for tag in tags["script"] if _is_inline_script(tag)]
    problems += ["a style in the page" for tag in _all(tags) if tag.name == "style" or tag.has_attr("style")]
    handlers = [name for tag in _all(tags) for name in tag.attrs if name.startswith("on")]
    return problems + [f"a handler in the page: {name}" for name in handlers]


def _is_inline_script(tag: Tag) -> bool:
    """Whether a browser would run what stands in it; structured data is only read."""
    return "src" not in tag.attrs and tag.get("type") != "application/ld+json"


def _loading(answer: TestResponse, tags: Tags) -> list[str]:
    """Nothing is fetched from a third party; `link` may name the page's own canonical address."""
    own = {"", urlsplit(answer.request.host_url).netloc}
    problems = []
    for name, attribute in LOADING.items():
        for tag in tags[name]:
            if name == "link" and set(tag.get_attribute_list("rel")) & {"canonical", "alternate", "license"}:
                continue
            parts = urlsplit(str(tag.get(attribute, "")))
            if parts.scheme != "data" and parts.netloc not in own:
                problems.append(f"{name} is fetched from {parts.netloc}")
    return problems


def _all(tags: Tags) -> list[Tag]:
    return [tag for same in tags.values() for tag in same]
