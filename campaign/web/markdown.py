"""Markdown of people into HTML that is safe to show: no raw HTML, no scripts, only links that lead where they say."""

from functools import lru_cache

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markupsafe import Markup

from campaign.domain.documents.links import is_plain_link

ALLOWED_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br", "hr", "code"}
MAX_SHOWN = 25_000
"""Characters of a text that are shown. Nothing longer is published; a draft may be longer, and some texts are parsed in a time
that grows with the square of their length."""
MAIL_LOOKS = {
    "<a ": '<a class="link" style="color: #8c1c2b;" ',
    "<h2>": '<h2 style="margin: 24px 0 12px; font-size: 21px; line-height: 1.3;">',
    "<h3>": '<h3 style="margin: 20px 0 8px; font-size: 19px; line-height: 1.3;">',
}
"""Tag → the same with its style, for mail programs drop style sheets."""
QUOTES = {"en": "“”‘’", "ru": "«»„“", "ky": "«»„“", "kk": "«»„“", "de": "„“‚‘"}
"""The quotation marks of a language, outer and inner; a language without its own has the English ones."""


def init_app(app: Flask) -> None:
    """Give templates the filter `markdown`."""
    app.jinja_env.filters.update(markdown=to_html, mail_links=mail_links)


@lru_cache(maxsize=512)
def to_html(source: str, language: str = "en") -> Markup:
    """The HTML of a Markdown text, with the quotation marks of its language."""
    rendered = _parser(language).render(source[:MAX_SHOWN])
    return Markup(  # noqa: S704  # nh3 has just removed whatever is not in the list
        nh3.clean(
            rendered,
            tags=ALLOWED_TAGS,
            attributes={"a": {"href"}},
            url_schemes={"https", "http", "mailto", "tel"},
            link_rel="nofollow noopener",
        )
    )


def mail_links(html: Markup, public_url: str) -> Markup:
    """The HTML of a Markdown text for an email: whole addresses, and the look that a style sheet would give it."""
    text = str(html).replace('href="/', f'href="{public_url}/')
    for tag, styled in MAIL_LOOKS.items():
        text = text.replace(tag, styled)
    return Markup(text)  # noqa: S704  # `to_html` has cleaned it


@lru_cache(maxsize=4)
def _parser(language: str) -> MarkdownIt:
    parser = MarkdownIt(
        "commonmark", {"html": False, "typographer": True, "quotes": QUOTES.get(language, QUOTES["en"])}
    )
    parser.enable(["smartquotes"])
    parser.validateLink = is_plain_link  # type: ignore[method-assign]  # the library's own hook
    return parser
