"""Every kind of mail has its three parts, and each renders in each language with exactly the facts that it is given."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined

from campaign.domain.brand import email_colours
from campaign.i18n import LANGUAGES, in_language
from campaign.services.transfer_instructions import TransferDue
from tests.support.tree import TEMPLATES

PARTS = ("subject.txt", "body.txt", "body.html")
KINDS = sorted(path.name for path in (TEMPLATES / "emails").iterdir() if path.is_dir())
FACTS: dict[str, object] = {
    "donor_name": "Айгүл Ө.",
    "amount": "$25.50",
    "campaign_title": "Women Creative Lab",
    "receipt_number": "WCL-2026-000001",
    "receipt_url": "http://localhost/en/verify/WCL-2026-000001?code=a",
    "pdf_url": "http://localhost/en/receipt/signed",
    "donate_url": "http://localhost/en/donate?amount=25.00",
    "purpose": "Events & the space",
    "given_on": "1 December 2026",
    "organisation_name": "School Library Fund",
    "legal_footer": "Registered in Bishkek, No. 7",
    "logo_url": "http://localhost/brand/logo?v=1",
    "colours": email_colours("#005f56", "#27375f"),
    "help_email": "hello@quilt.example",
    "public_url": "http://localhost",
    "code": "012345",
    "my_url": "http://localhost/en/my/",
    "sign_in_url": "http://localhost/en/my/link/secret",
    "cause": "failures",
    "failed": 41,
    "started": 1060,
    "is_monthly": True,
    "note": "",
    "manage_url": "http://localhost/en/p/signed",
    "card": "Visa •••• 4242",
    "next_on": "1 January 2027",
    "opening": "",
    "closing": "",
    "expires_on": "31 January 2027",
    "next_try_on": "4 January 2027",
    "stops_on": "",
    "title": "Full house",
    "body": "**Forty** came. [More](/en/events/)",
    "text_language": "ru",
    "fallback_language": "Русский",
    "author": "Aigul",
    "published_on": "1 December 2026",
    "is_demo": True,
    "update_url": "http://localhost/en/updates/a",
    "unsubscribe_url": "http://localhost/en/updates/leave/signed",
    "grant_title": "Felt grant",
    "application_url": "http://localhost/en/applications/secret",
    "letter": "Dear Aigul,\n\nThe grant is yours.",
    "confirm_url": "http://localhost/en/updates/email/signed",
    "links_url": "http://localhost/en/p/all/signed",
    "transfer": TransferDue(
        amount="$25.50",
        reference="ABC123",
        url="http://localhost/sandbox/b/pi_1",
        accounts=[[("IBAN", "IE00")], [("Account number", "12")]],
    ),
    "change": "amount",
    "was": "$20",
    "is_open_ended": False,
    "campaign_ends_on": "30 June 2027",
    "last_on": "28 June 2027",
    "successor_title": "The second year",
    "successor_purpose": "Workshops",
    "continues_until": "31 December 2027",
    "reason": "funds",
    "end_reason": "asked",
    "pay_url": "http://localhost/sandbox/i/in_1",
    "headline": "Worker not responding",
    "sentence": "No mail leaves.",
    "action": "Start the worker.",
    "page": "docs/operations.md#worker-silent",
    "event": "sign_in",
    "device": "Firefox on Windows",
    "address": "aida@quilt.example",
    "invited_by": "Bermet",
    "is_reset": False,
    "staff_link_url": "http://localhost/staff/link/token",
    "is_reminder": True,
    "due_on": "30 November 2026",
    "desk_url": "http://localhost/staff/applications",
    "notice": "waiting",
    "state": "waiting",
    "places": 2,
    "place": "Osh",
    "begins": "5 December 2026, 10:00 UTC+6",
    "ends": "5 December 2026, 13:00 UTC+6",
    "event_url": "http://localhost/en/events/a",
    "sign_up_url": "http://localhost/en/events/place/signed",
    "problems": ["a.pdf was not taken."],
    "draft_url": "http://localhost/staff/updates/a",
    "since": "1 December 2026, 09:00 UTC",
    "campaign_name": "Quilt",
    "first_day": "24 November 2026",
    "last_day": "30 November 2026",
    "raised": "$1,200.00",
    "goal": "$5,000.00",
    "share": "24%",
    "days_left": "30",
    "week_raised": "$120.00",
    "week_before": "$80.00",
    "week_gifts": "4",
    "gifts_before": "3",
    "forecast": "$4,000.00",
    "milestone": "$2,000.00",
    "late_reports": "Felt day",
    "stop_url": "http://localhost/staff/weekly/signed",
}


def test_there_are_mails() -> None:
    assert {"receipt", "receipt_void", "refund"} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_mail_has_its_three_parts(kind: str) -> None:
    assert sorted(path.name for path in Path(TEMPLATES / "emails" / kind).iterdir()) == sorted(PARTS)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_test", [True, False])
def test_a_mail_renders_from_its_facts(app: Flask, kind: str, language: str, is_test: bool) -> None:
    strict = app.jinja_env.overlay(undefined=StrictUndefined)
    with app.test_request_context(), in_language(language):
        made = {
            part: strict.get_template(f"emails/{kind}/{part}").render(**FACTS, lang=language, is_test=is_test)
            for part in PARTS
        }
    assert "School Library Fund" in made["body.txt"]
    assert not any("Kurak" in text for text in made.values())
    band = made["body.html"].partition("</table>\n</td>")[0]
    assert "#8c1c2b" not in made["body.html"].replace(band, "")  # a colour of the patchwork alone
    assert len(made["subject.txt"].strip().splitlines()) == 1
    tells_of_a_gift = "purpose" in _source_of(f"emails/{kind}/body.txt")
    assert ("Events & the space" in made["body.txt"]) is tells_of_a_gift
    assert ("Events &amp; the space" in made["body.html"]) is tells_of_a_gift
    assert f'<html lang="{language}">' in made["body.html"]


def _source_of(template: str) -> str:
    """A template's own text and that of what it extends."""
    own = (TEMPLATES / template).read_text(encoding="utf-8")
    extended = re.search(r'{% extends "(.+?)" %}', own)
    return own + (_source_of(extended[1]) if extended else "")
