"""Addresses that people may have bookmarked are never lost."""

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

from tests.browser.addresses import FURTHER_PUBLIC, FURTHER_STAFF, NOT_EXAMINED
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


@pytest.mark.database("sqlite")
def test_every_page_is_looked_at_by_axe_or_says_why_not(app: Flask) -> None:
    """A new page joins `STAFF_PAGES` or `PUBLIC` of test_every_page.py, or a table of tests/browser/addresses.py."""
    tables = (PUBLIC, STAFF_PAGES, WORKSHOP, FURTHER_PUBLIC, FURTHER_STAFF)
    listed = {page_at(app, address) for table in tables for address in table.values()}
    routes = [line[4:] for line in KNOWN.read_text(encoding="utf-8").splitlines() if line.startswith("GET ")]
    pages = {page for route in routes for page in pages_of(route) if not route.endswith(FILES)}
    exempt = {page for route in NOT_EXAMINED for page in pages_of(route)}
    assert pages - exempt - listed == set()
    assert exempt <= pages
    assert exempt & listed == set()


def pages_of(route: str) -> list[str]:
    """The pages of a route: one for each value of a part that is a choice."""
    before, is_choice, rest = route.partition("<any(")
    if not is_choice:
        return [route]
    values, _, after = rest.partition("):")
    return [page for value in values.split(",") for page in pages_of(before + value + after.partition(">")[2])]


def page_at(app: Flask, address: str) -> str:
    """The page that answers at an address of the tables."""
    path = re.sub(r"\{(\w+)\}", lambda name: {"lang": "en", "person": "1"}.get(name[1], "x"), address.partition("?")[0])
    try:
        rule, values = app.url_map.bind("localhost").match(path, method="GET", return_rule=True)
    except NotFound:
        return path
    return re.sub(r"<any\([^>]*:(\w+)>", lambda part: str(values[part[1]]), rule.rule)
