"""Pages, emails and machine-readable files speak for the organisation: only the colophon names the program."""

import re

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from tests.blueprints.admin.client import sign_in_as
from tests.support.fakes import SettableClock
from tests.support.tree import ROOT, TEMPLATES

pytestmark = pytest.mark.database("sqlite")
PUBLIC = (
    *("/en/", "/ru/", "/ky/", "/en/donate", "/en/transparency", "/en/events/", "/en/grants/", "/en/updates/"),
    *("/en/supporters/", "/en/other-ways", "/en/about", "/en/privacy", "/en/accessibility", "/en/verify/", "/en/p/"),
    *("/en/nowhere", "/staff/login", "/en/feed.xml", "/sitemap.xml", "/robots.txt", "/api/v1/openapi.json"),
    *("/api/v1/campaigns/women-creative-lab", "/.well-known/security.txt"),
)
STAFF = (
    *("/staff/", "/staff/donations", "/staff/pledges", "/staff/receipts", "/staff/mails", "/staff/allocations"),
    *("/staff/disbursements", "/staff/ledger", "/staff/reconciliation", "/staff/people", "/staff/organisation"),
    *("/staff/audit", "/staff/inbox", "/staff/account", "/staff/sessions", "/staff/shield", "/staff/nowhere"),
)
TRANSLATIONS = ROOT / "campaign" / "translations"
FIRST_CAMPAIGN = re.compile(
    r"Osh|Bishkek|Toktogul|[Cc]reative|\bLab\b|[Ee]ntrepreneur|women (?:who|in|and)|[Ww]orkshop|\b[Ll]ooms?\b|\b[Ff]elt\b"
)
"""Words that are true of the first campaign alone: they belong into its texts."""
CRAFT = "Kurak is the Kyrgyz craft of patchwork"
"""The demo's page about the quilt speaks of the craft."""


def names_the_program(html: str) -> list[str]:
    """The places that name the program outside the colophon."""
    without = re.sub(r'<p class="colophon">.*?</p>', "", html).replace(CRAFT, "")
    return re.findall(r".{0,60}\bKurak\b.{0,60}", without)


def test_no_sentence_of_a_public_page_or_an_email_is_true_of_the_first_campaign_alone() -> None:
    staff = ("admin/", "development/")
    texts = {
        file.relative_to(TEMPLATES).as_posix(): file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.*")
    }
    named = {name: FIRST_CAMPAIGN.findall(text) for name, text in texts.items() if not name.startswith(staff)}
    assert {name: words for name, words in named.items() if words} == {}


def test_pages_name_the_program_in_the_colophon_alone(app: Flask, client: FlaskClient, clock: SettableClock) -> None:
    load_campaign(load_plan(), clock=clock)
    clients = [client, *(sign_in_as(app, clock, role=role).client for role in ("admin", "finance"))]
    pages = {path: client.get(path).text for path in PUBLIC}
    pages |= {f"{path} {number}": one.get(path).text for path in STAFF for number, one in enumerate(clients[1:])}
    assert {path: named for path, html in pages.items() if (named := names_the_program(html))} == {}
    for path in ("/ru/", "/en/nowhere", "/staff/login", "/staff/ 1"):
        assert pages[path].count('class="colophon"') == 1, path
    assert "Women Creative Lab · Staff desk" in pages["/staff/ 1"]


def test_no_text_of_the_interface_names_the_program_but_the_colophon() -> None:
    """Whatever page, email, card or file a text is for."""
    with (TRANSLATIONS / "messages.pot").open("rb") as file:
        texts = {
            text for message in read_po(file) for text in ([message.id] if isinstance(message.id, str) else message.id)
        }
    assert {text for text in texts if "kurak" in text.lower()} == {"Made with Kurak, free software"}


def test_without_an_organisation_no_page_names_the_program_either(app: Flask, client: FlaskClient) -> None:
    for path in ("/en/", "/staff/login"):
        assert names_the_program(client.get(path).text) == [], path
