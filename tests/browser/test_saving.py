"""A form that is saved while somebody types, on a line that loses answers."""

from playwright.sync_api import Browser, Route

from tests.support.tree import ROOT

PAGE = """<!doctype html><title>Form</title><form method="post" action="/sent" data-draft="/autosave"
data-offline="Offline"><input type="hidden" name="revision" value="0"><textarea name="body"></textarea>
<span data-save-status></span><button>Save</button></form>
<script type="module" src="/js/draft.js"></script>"""


def test_after_a_lost_answer_the_same_fields_are_sent_before_newer_ones_and_the_form_waits(chromium: Browser) -> None:
    page = chromium.new_page()
    arrived: list[str] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix("http://desk.example")
        if path.startswith("/js/"):
            text = (ROOT / "campaign" / "static" / path[1:]).read_text(encoding="utf-8")
            route.fulfill(content_type="text/javascript", body=text)
        elif path == "/form":
            route.fulfill(content_type="text/html", body=PAGE)
        else:
            body = route.request.post_data or ""
            arrived.append(path + " " + next(word for word in ("third", "second", "first") if word in body))
            if len(arrived) in {1, 3}:
                route.abort()  # the server has it, and nobody hears of that
            else:
                reply = '{"revision": 7, "problems": {}, "message": "Saved"}'
                route.fulfill(content_type="application/json", body=reply)

    page.route("**/*", answer)
    page.goto("http://desk.example/form")
    for text, status in (("first", "Offline"), ("second", "Saved"), ("second", "Offline")):
        page.fill("textarea", text)
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_function(f"document.querySelector('span').textContent === '{status}'")
    page.fill("textarea", "third")
    with page.expect_navigation():
        page.click("button")
    assert arrived == [f"/autosave {word}" for word in ("first", "first", "second", "second")] + ["/sent third"]
    page.close()
