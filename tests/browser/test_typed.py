"""What is typed into a long form stays in the browser until it is saved."""

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from campaign.services.staff.accounts import DEMO_PASSWORD, add_demo_staff
from tests.journeys.site import Site
from tests.support.builders import a_campaign
from tests.support.tree import ROOT

ADDRESS = "http://desk.example/form"
SCRIPT = (ROOT / "campaign" / "static" / "js" / "typed.js").read_text(encoding="utf-8")
FORM = """<!doctype html><title>Form</title>{notice}
<template id="typed-offer" data-person="7"><div id="offer"><button data-restore>Bring it back</button><button data-discard>
Discard it</button></div></template><form {name}{more}><textarea name="body">{text}</textarea></form>
<script type="module">{script}</script>"""

SAVED = "<p class='notice good'>Saved.</p>"
NAMED = 'data-typed="update.a" data-typed-first="update.new"'


def show(page: Page, *, text: str, notice: str = "", more: str = "", name: str = NAMED) -> None:
    """Open the form as the server sends it."""
    page.unroute_all()

    def answer(route: Route) -> None:
        body = FORM.format(text=text, notice=notice, more=more, name=name, script=SCRIPT)
        route.fulfill(content_type="text/html", body=body)

    page.route(ADDRESS, answer)
    page.goto(ADDRESS)


def test_a_text_that_was_not_saved_is_offered_again_and_a_saved_one_is_not(chromium: Browser) -> None:
    page = chromium.new_page()
    show(page, text="saved")
    page.fill("textarea", "typed for an hour")
    show(page, text="saved")  # the session had ended
    page.click("text=Bring it back")
    assert page.input_value("textarea") == "typed for an hour"
    show(page, text="typed for an hour.", notice=SAVED)
    assert page.is_hidden("#offer")
    show(page, text="typed for an hour.")
    assert page.is_hidden("#offer")
    page.fill("textarea", " typed for an hour.  ")  # saved without the spaces, and “Saved” was shown in no page
    show(page, text="typed for an hour.")
    assert page.is_hidden("#offer")
    page.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())")
    page.fill("textarea", "lib")
    page.evaluate("document.forms[0].requestSubmit()")
    show(page, text="LIB", more=" data-unsaved")  # refused for another field
    assert page.is_hidden("#offer")
    page.fill("textarea", "saved, and left by going back")
    page.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())")
    page.evaluate("(document.forms[0].requestSubmit(), localStorage.clear(), dispatchEvent(new Event('pagehide')))")
    assert page.evaluate("localStorage.length") == 0
    page.close()


def test_choices_come_back_with_the_text(chromium: Browser) -> None:
    page = chromium.new_page()
    fields = """<input type=radio name=size value=small><input type=radio name=size value=large checked>
        <input type=checkbox name=terms value=yes checked>
        <input type=checkbox name=days value=mon><input type=checkbox name=days value=tue>
        <select name=place><option value=osh>Osh<option value=naryn>Naryn</select>
        <input type=email name=email><input type=date name=day><input type=password name=secret>
        <input type=hidden name=token value={token}>"""
    more = "><fieldset>{fields}</fieldset"
    show(page, text="saved", more=more.format(fields=fields.format(token="old")))
    page.check("[value=small]")
    page.uncheck("[name=terms]")
    page.check("[value=tue]")
    page.select_option("select", "naryn")
    page.fill("[name=email]", "aida@example.org")
    page.fill("[name=day]", "2026-12-31")
    page.fill("[name=secret]", "never stored")
    assert "never stored" not in page.evaluate(
        "(window.dispatchEvent(new Event('pagehide')), JSON.stringify(localStorage))"
    )
    show(page, text="saved", more=more.format(fields=fields.format(token="new")))  # the line had broken
    page.click("text=Bring it back")
    sent = page.evaluate("[...new FormData(document.forms[0])].map((pair) => pair.join('='))")
    expected = ["size=small", "days=tue", "place=naryn", "email=aida@example.org", "day=2026-12-31", "secret="]
    assert sent == [*expected, "token=new", "body=saved"]
    page.close()


def test_where_a_page_has_other_forms_their_answer_drops_nothing(chromium: Browser) -> None:
    page = chromium.new_page()
    show(page, text="saved", more=" data-typed-own")
    page.fill("textarea", "typed for an hour")
    show(page, text="saved", notice=SAVED, more=" data-typed-own")  # a cost was added by another form
    assert page.is_visible("#offer")
    page.click("text=Bring it back")
    page.evaluate("document.forms[0].requestSubmit()")
    show(page, text="typed for an hour", notice=SAVED, more=" data-typed-own")
    show(page, text="another text by now", more=" data-typed-own")
    assert page.is_hidden("#offer")
    page.close()


def test_every_form_with_prose_is_remembered_for_its_person_until_what_was_sent_is_saved(chromium: Browser) -> None:
    page = chromium.new_page()
    show(page, text="", name="method=post")
    page.fill("textarea", "A reason")
    page.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())")
    page.evaluate("document.forms[0].requestSubmit()")
    show(page, text="", notice="<i data-typed-confirm></i>", name="method=post data-typed=off")  # asks to confirm it
    assert page.evaluate("Object.keys(localStorage)") == ["kurak.typed.7./form"]
    assert page.is_hidden("#offer")
    show(page, text="", notice=SAVED, name="")
    assert page.evaluate("localStorage.length") == 0
    page.close()


def editing(chromium: Browser, site: Site) -> Page:
    """A browser of its own in which campaign staff have opened a text."""
    page = chromium.new_context(base_url=site.url).new_page()
    page.set_default_timeout(10_000)
    page.goto("/staff/login")
    page.fill("#email", "campaign@demo.kurak.example")
    page.fill("#password", DEMO_PASSWORD)
    page.click("main form button")
    page.goto("/staff/texts/hero")
    return page


@pytest.mark.browser
@pytest.mark.faults
@pytest.mark.database("sqlite")
def test_of_two_browsers_with_one_text_the_second_is_warned_and_loses_nothing(chromium: Browser, site: Site) -> None:
    a_campaign()
    add_demo_staff(clock=site.clock)
    first, second = editing(chromium, site), editing(chromium, site)
    first.fill("[name='title.en']", "Their title")
    first.fill("[name='summary.en']", "Their summary")
    expect(first.locator("[data-save-status]")).to_contain_text("Saved")
    second.fill("[name='title.en']", "My title")
    second.fill("[name='kicker.en']", "My kicker")
    expect(second.locator("[data-save-status]")).to_contain_text("a colleague has changed this text")
    expect(second.locator("[name='title.en']")).to_have_value("My title")
    second.click("button[value=save]")
    expect(second.locator(".notice h2")).to_have_text("A colleague has changed this text")
    expect(second.locator("del")).to_have_text("Their")
    second.click("button[value=save]")
    expect(second.locator("[data-save-status]")).to_be_attached()
    first.reload()
    for page in (first, second):
        for name, text in (("title", "My title"), ("summary", "Their summary"), ("kicker", "My kicker")):
            expect(page.locator(f"[name='{name}.en']")).to_have_value(text)
        page.context.close()
