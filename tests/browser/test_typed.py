"""What is typed into a long form stays in the browser until it is saved."""

from playwright.sync_api import Browser, Page, Route

from tests.support.tree import ROOT

ADDRESS = "http://desk.example/form"
SCRIPT = (ROOT / "campaign" / "static" / "js" / "typed.js").read_text(encoding="utf-8")
FORM = """<!doctype html><title>Form</title>{notice}
<div data-typed-offer hidden><button data-restore>Bring it back</button><button data-discard>Discard it</button></div>
<form data-typed="update.a" data-typed-first="update.new"{more}><textarea name="body">{text}</textarea></form>
<script type="module">{script}</script>"""

SAVED = "<p class='notice good'>Saved.</p>"


def show(page: Page, *, text: str, notice: str = "", more: str = "") -> None:
    """Open the form as the server sends it."""
    page.unroute_all()

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/html", body=FORM.format(text=text, notice=notice, more=more, script=SCRIPT))

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
    assert page.is_hidden("[data-typed-offer]")
    show(page, text="typed for an hour.")
    assert page.is_hidden("[data-typed-offer]")
    page.close()


def test_where_a_page_has_other_forms_their_answer_drops_nothing(chromium: Browser) -> None:
    page = chromium.new_page()
    show(page, text="saved", more=" data-typed-own")
    page.fill("textarea", "typed for an hour")
    show(page, text="saved", notice=SAVED, more=" data-typed-own")  # a cost was added by another form
    assert page.is_visible("[data-typed-offer]")
    page.click("text=Bring it back")
    page.evaluate("document.forms[0].requestSubmit()")
    show(page, text="typed for an hour", notice=SAVED, more=" data-typed-own")
    show(page, text="another text by now", more=" data-typed-own")
    assert page.is_hidden("[data-typed-offer]")
    page.close()
