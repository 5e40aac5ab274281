"""The examination that every fetched page goes through finds what it is for."""

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

from tests.support.pages import Page, examined

GOOD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title>'
    '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/s.css"></head><body><main>'
    "<h1>Heading</h1>%s</main></body></html>"
)


def answer_with(html: str, *, policy: str = "default-src 'none'") -> TestResponse:
    request = EnvironBuilder("/page").get_request()
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
    return TestResponse([html.encode()], "200 OK", Headers(headers), request)


def problems(html: str, **changed: str) -> list[str]:
    return examined(answer_with(html, **changed))[1]


def test_a_good_page_has_no_problem() -> None:
    form = '<form method="post" action="/x"><label for="a">A</label><input id="a" name="a"><button>Go</button></form>'
    assert problems(GOOD % form) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<p>open<div></p></div>", "not HTML5"),
        ('<p id="a"></p><p id="a"></p>', "id a stands 2 times"),
        ('<a href="#gone">x</a>', "#gone leads nowhere"),
        ('<input name="amount">', "input amount has no label"),
        ("<form></form>", "a form without method or action"),
        ("<h1>Another</h1>", "2 h1"),
        ('<img src="/a.png">', "has no alt"),
        ('<img src="https://elsewhere.example/a.png" alt="">', "fetched from elsewhere.example"),
        ("<script>1</script>", "a script in the page"),
        ('<p style="color: red">x</p>', "a style in the page"),
        ('<p onclick="x()">x</p>', "a handler in the page"),
        ("<p>Thank you, None</p>", "unfinished text: None"),
        ("<p>%%(name)s gave</p>", "unfinished text: %(name)"),
        ("<button></button>", "a button without words"),
    ],
)
def test_a_bad_page_is_found(body: str, problem: str) -> None:
    assert problem in " | ".join(problems(GOOD.replace("%s", body.replace("%%", "%"))))


def test_a_page_without_its_policy_is_found() -> None:
    assert problems(GOOD % "", policy="default-src 'self'")


def test_a_form_is_filled_as_a_browser_would() -> None:
    page = Page(
        answer_with(
            GOOD % '<form method="post" action="/x"><input type="hidden" name="id" value="7">'
            '<label><input type="radio" name="r" value="1"></label>'
            '<label><input type="radio" name="r" value="2" checked></label>'
            '<label><select name="s"><option value="a">A</option></select></label>'
            '<label><textarea name="t">hi</textarea></label><label><input type="checkbox" name="c"></label></form>'
        )
    )
    assert page.filled(t="typed") == {"id": "7", "r": "2", "s": "a", "t": "typed"}
