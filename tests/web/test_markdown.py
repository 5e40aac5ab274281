"""Markdown of people becomes HTML that can do no harm."""

import pytest

from campaign.web.markdown import to_html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and *soft*", "<p><strong>bold</strong> and <em>soft</em></p>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("[us](/en/about)", '<p><a href="/en/about" rel="nofollow noopener">us</a></p>\n'),
        ("[us](https://kurak.example)", '<p><a href="https://kurak.example" rel="nofollow noopener">us</a></p>\n'),
    ],
)
def test_light_markdown_is_shown(written: str, shown: str) -> None:
    assert to_html(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html,evil)",
        "[x](//evil.example)",
        "![x](https://evil.example/pixel.png)",
        '<a href="https://x.example" style="position:fixed">x</a>',
    ],
)
def test_markup_that_could_harm_is_not_shown(written: str) -> None:
    html = to_html(written)
    assert not any(part in html for part in ("<script", "<img", "<a href", 'style="position', 'onerror="alert'))


@pytest.mark.parametrize(("language", "quoted"), [("en", "“word”"), ("ru", "«word»"), ("ky", "«word»")])
def test_quotation_marks_are_those_of_the_language(language: str, quoted: str) -> None:
    assert quoted in to_html('a "word"', language)


def test_a_draft_that_is_far_too_long_is_shown_in_part() -> None:
    assert len(to_html("word " * 200_000)) < 26_000  # pairs of quotation marks, as many, took minutes
