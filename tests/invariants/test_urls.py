"""Addresses that people may have bookmarked are never lost."""

from pathlib import Path

import pytest
from flask import Flask

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
