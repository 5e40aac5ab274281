"""Pages as a reader meets them: fetched by endpoint, and each one examined whole, whatever its test is about."""

import re
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import current_app
from flask.testing import FlaskClient
from html5lib.html5parser import ParseError
from werkzeug.test import TestResponse

LANGUAGES = {"en", "ru", "ky"}
LOADING = {"script": "src", "link": "href", "img": "src", "source": "srcset", "iframe": "src", "use": "href"}
"""Elements that make a browser fetch something, and the attribute that says what."""
UNFINISHED = re.compile(r"\{\{|\{%|%\(\w+\)|Traceback|\bNone\b|<Markup|object at 0x")
"""What shows through when a template or a translation is not filled in."""
TYPED = ("input:not([type=hidden],[type=submit],[type=button])", "select", "textarea")


class Page:
    """One answer of the site. Assertions read as the page reads: `page.texts("main h2") == [...]`."""

    def __init__(self, answer: TestResponse, *, is_whole: bool = True) -> None:
        self.answer = answer
        self.soup = BeautifulSoup(answer.text, "html5lib")
        if is_whole:
            assert problems_of(answer, self.soup) == []

    @property
    def h1(self) -> str:
        return self.text("h1")

    def text(self, selector: str = "main") -> str:
        """The text of the first match, with single spaces."""
        return " ".join(self.one(selector).get_text(" ").split())

    def texts(self, selector: str) -> list[str]:
        return [" ".join(tag.get_text(" ").split()) for tag in self.soup.select(selector)]

    def one(self, selector: str) -> Tag:
        found = self.soup.select_one(selector)
        assert found is not None, f"nothing on the page matches {selector}"
        return found

    def link(self, text: str) -> str:
        """The address of the one link with this text."""
        found = [tag["href"] for tag in self.soup.select("a[href]") if " ".join(tag.get_text(" ").split()) == text]
        assert len(set(map(str, found))) == 1, f"{text!r} is {len(found)} links"
        return str(found[0])

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
        return client.open(address, method=str(tag["method"]).upper(), data=values)


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


def problems_of(answer: TestResponse, soup: BeautifulSoup) -> list[str]:
    """Everything that is wrong with a page as such; an empty list is a good page."""
    return [
        *_markup(answer.text),
        *_head(soup),
        *_identifiers(soup),
        *_forms(soup),
        *_policy(answer, soup),
        *_loading(answer, soup),
        *[f"unfinished text: {found[0]}" for found in UNFINISHED.finditer(soup.get_text(" "))],
    ]


def _markup(text: str) -> list[str]:
    try:
        html5lib.HTMLParser(strict=True).parse(text)
    except ParseError as error:
        return [f"not HTML5: {error}"]
    return []


def _head(soup: BeautifulSoup) -> list[str]:
    problems = []
    if soup.title is None or not soup.title.get_text(strip=True):
        problems.append("no title")
    if soup.html is None or soup.html.get("lang") not in LANGUAGES:
        problems.append("the page does not tell its language")
    if len(soup.select("h1")) != 1:
        problems.append(f"{len(soup.select('h1'))} h1")
    if not soup.select_one("meta[name=viewport]"):
        problems.append("no viewport for phones")
    return problems


def _identifiers(soup: BeautifulSoup) -> list[str]:
    counted = Counter(str(tag["id"]) for tag in soup.select("[id]"))
    problems = [f"id {name} stands {count} times" for name, count in counted.items() if count > 1]
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "aria-details"):
        for tag in soup.select(f"[{attribute}]"):
            names = str(tag[attribute]).split()
            problems += [f"{attribute}={name} leads nowhere" for name in names if name not in counted]
    for tag in soup.select("a[href^='#']"):
        name = str(tag["href"])[1:]
        problems += [f"#{name} leads nowhere"] if name and name not in counted else []
    return problems


def _forms(soup: BeautifulSoup) -> list[str]:
    problems = [
        "a form without method or action"
        for form in soup.select("form")
        if str(form.get("method", "")).lower() not in {"get", "post"} or not form.has_attr("action")
    ]
    fields = soup.select(", ".join(TYPED))
    problems += [f"{field.name} {field.get('name')} has no label" for field in fields if not _is_labelled(field, soup)]
    problems += [f"img {image.get('src')} has no alt" for image in soup.select("img:not([alt])")]
    problems += ["a button without words" for button in soup.select("button") if not _words(button)]
    problems += [f"a link without words: {link.get('href')}" for link in soup.select("a[href]") if not _words(link)]
    return problems


def _is_labelled(field: Tag, soup: BeautifulSoup) -> bool:
    if field.find_parent("label") or field.get("aria-label") or field.get("aria-labelledby"):
        return True
    return field.has_attr("id") and soup.select_one(f'label[for="{field["id"]}"]') is not None


def _words(tag: Tag) -> bool:
    named = tag.get("aria-label") or tag.get("aria-labelledby") or tag.get_text(strip=True)
    return bool(named) or any(image.get("alt") for image in tag.select("img")) or bool(tag.select("svg title"))


def _policy(answer: TestResponse, soup: BeautifulSoup) -> list[str]:
    """The policy is sent, and nothing on the page needs it loosened."""
    policy = answer.headers.get("Content-Security-Policy", "")
    problems = [] if "default-src 'none'" in policy and "unsafe" not in policy else [f"policy: {policy!r}"]
    problems += ["a script in the page" for _ in soup.select("script:not([src]):not([type='application/ld+json'])")]
    problems += ["a style in the page" for _ in soup.select("style, [style]")]
    handlers = [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]
    return problems + [f"a handler in the page: {name}" for name in handlers]


def _loading(answer: TestResponse, soup: BeautifulSoup) -> list[str]:
    """Nothing is fetched from a third party; `link` may name the page's own canonical address."""
    own = {"", urlsplit(answer.request.host_url).netloc}
    problems = []
    for name, attribute in LOADING.items():
        for tag in soup.select(f"{name}[{attribute}]"):
            if name == "link" and set(tag.get_attribute_list("rel")) & {"canonical", "alternate", "license"}:
                continue
            parts = urlsplit(str(tag[attribute]))
            if parts.scheme != "data" and parts.netloc not in own:
                problems.append(f"{name} is fetched from {parts.netloc}")
    return problems
