"""Emails on a phone: nothing in them is wider than 360 pixels."""

from typing import Any

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import Browser

from campaign.domain.brand import email_colours
from campaign.i18n import in_language

pytestmark = [pytest.mark.browser, pytest.mark.database("sqlite")]

EMAIL = """{% extends "emails/layout.html" %}{% block content %}{{ parts.facts_table(facts) }}{% endblock %}"""
FACTS: dict[str, list[tuple[str, str]]] = {
    "ru": [
        ("Дата пожертвования", "29\N{NO-BREAK SPACE}декабря 2026\N{NO-BREAK SPACE}г."),
        ("IBAN", "IE00TEST00000000000000000000"),
    ],
    "ky": [("Жардам берилген күн", "2026-\N{WORD JOINER}жылдын 29-\N{WORD JOINER}сентябры")],
}


@pytest.mark.parametrize("language", FACTS)
def test_the_facts_of_an_email_fit_a_phone(chromium: Browser, app: Flask, language: str) -> None:
    context: dict[str, Any] = {"lang": language, "is_test": True, "help_email": "hello@women-creative-lab.example"}
    context["colours"] = email_colours("#005f56", "#27375f")
    with app.test_request_context(), in_language(language):
        email = render_template_string(EMAIL, facts=FACTS[language], **context)
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    page.set_content(email)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()
