"""Addresses that people may have bookmarked are never lost."""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.browser.addresses import FURTHER_PUBLIC, FURTHER_STAFF, NEW_ROOMS, NOT_EXAMINED
from tests.browser.test_every_page import PUBLIC, STAFF_PAGES, WORKSHOP

FILES = ("<any(csv,xlsx):file_format>",)
KNOWN = Path(__file__).with_name("urls.txt")


def rules_of(app: Flask) -> list[str]:
    """`GET /path endpoint` for each rule and method, sorted by path."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
    return [
        f"{method} {rule.rule}" for rule in rules for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


@pytest.mark.database("sqlite")
def test_no_address_is_lost(app: Flask) -> None:
    """Moved? Keep the old one as a redirect."""
    assert set(KNOWN.read_text(encoding="utf-8").splitlines()) - set(rules_of(app)) == set()


@pytest.mark.database("sqlite")
def test_every_address_is_written_down(app: Flask) -> None:
    """A new one is a promise: add it to urls.txt."""
    assert set(rules_of(app)) - set(KNOWN.read_text(encoding="utf-8").splitlines()) == set()


def test_every_page_is_looked_at_by_axe_or_says_why_not() -> None:
    """A new page joins `STAFF_PAGES` or `PUBLIC` of test_every_page.py, or a table of tests/browser/addresses.py."""
    tables = (PUBLIC, STAFF_PAGES, WORKSHOP, FURTHER_PUBLIC, FURTHER_STAFF)
    listed = [re.sub(r"\{\w+\}", "x", address.partition("?")[0]) for table in tables for address in table.values()]
    routes = {
        line.removeprefix("GET ") for line in KNOWN.read_text(encoding="utf-8").splitlines() if line[:4] == "GET "
    }
    pages = {
        route for route in routes - set(NOT_EXAMINED) if not route.endswith(FILES) and not route.startswith(NEW_ROOMS)
    }
    assert {route for route in pages if not any(map(pattern_of(route).fullmatch, listed))} == set()
    assert set(NOT_EXAMINED) <= routes


def pattern_of(route: str) -> re.Pattern[str]:
    """Match the addresses of a route."""
    return re.compile(
        "".join("[^/]+" if part[:1] == "<" else re.escape(part) for part in re.split(r"(<[^>]*>)", route))
    )
