"""What people paste: 200 KB out of Word, 10,000 letters, scripts and direction marks. Nothing is lost, nothing runs."""

import pytest
from flask import Flask

from tests.blueprints.admin.client import sign_in_as
from tests.support.builders import a_campaign
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")
WORD = '<p class="MsoNormal" style="margin:0"><o:p>Китептер </o:p><script>alert(1)</script></p>\n'
PASTED = (WORD * 3000)[:200_000].strip()
LETTERS = "ң" * 10_000
DIRECTED = "Айгүл\u202e <img src=x onerror=alert(1)> \u2066gpj.xls"
LONG = {
    "/staff/updates/new": ("form#update", {"title_en": LETTERS, "body_ky": PASTED, "author_ru": LETTERS}),
    "/staff/plan/new/event": ("main form", {"title-en": LETTERS, "summary-ky": PASTED, "place-ru": LETTERS}),
    "/staff/consents/new": ("main form", {"person": LETTERS, "purpose": PASTED}),
    "/staff/campaign/close": ("main form", {"reason-en": LETTERS, "reason-ky": PASTED}),
    "/staff/organisation": ("main form", {"legal_name-en": LETTERS, "address-ru": PASTED, "links": LETTERS}),
}


@pytest.mark.faults  # a page with 200 KB in it takes long to examine
@pytest.mark.parametrize("address", LONG)
def test_what_is_too_long_is_refused_beside_its_field_and_stays_there(
    app: Flask, clock: SettableClock, address: str
) -> None:
    a_campaign()
    form, typed = LONG[address]
    staff = sign_in_as(app, clock, role="admin" if "organisation" in address else "campaign").client
    page = Page(fetch_address(staff, address).submit(staff, form, **typed))
    assert page.answer.status_code == 422
    shown = page.filled(form)
    assert {name: len(shown[name].strip()) for name in typed} == {name: len(text) for name, text in typed.items()}
    for name in typed:
        assert page.soup.select(f"[name='{name}'][aria-invalid=true]"), name
    assert not page.soup.select("main script, main img")


def test_marks_and_scripts_in_an_update_are_text_on_its_public_page(app: Flask, clock: SettableClock) -> None:
    a_campaign()
    staff = sign_in_as(app, clock, role="campaign").client
    typed = {"title_en": DIRECTED, "body_en": WORD * 3 + "<javascript:alert(1)>", "author_en": DIRECTED}
    form = fetch_address(staff, "/staff/updates/new")
    refused = form.submit(staff, "form#update", **{**typed, "body_en": "[x](javascript:alert(1))", "then": "publish"})
    assert refused.status_code == 422
    written = form.submit(staff, "form#update", **typed, then="publish")
    public = fetch_address(app.test_client(), fetch_address(staff, written.location).link("Open the public page"))
    assert public.h1 == "Айгүл <img src=x onerror=alert(1)> gpj.xls"
    assert not public.soup.select("main script, main img[onerror], main a[href^=javascript]")
