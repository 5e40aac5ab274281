"""Markdown of people into HTML that is safe to show: no raw HTML, no scripts, only links that lead where they say."""

from functools import lru_cache

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markupsafe import Markup

from campaign.domain.documents.links import is_plain_link

ALLOWED_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br", "hr", "code"}
QUOTES = {"en": "“”‘’", "ru": "«»„“", "ky": "«»„“", "kk": "«»„“", "de": "„“‚‘"}
"""The quotation marks of a language, outer and inner; a language without its own has the English ones."""


def init_app(app: Flask) -> None:
    """Give templates the filter `markdown`."""
    app.jinja_env.filters.update(markdown=to_html, mail_links=mail_links)


@lru_cache(maxsize=512)
def to_html(source: str, language: str = "en") -> Markup:
    """The HTML of a Markdown text, with the quotation marks of its language."""
    rendered = _parser(language).render(source)
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
    """The HTML of a Markdown text for an email: links to paths of ours get the address of the site in front."""
    return Markup(str(html).replace('href="/', f'href="{public_url}/'))  # noqa: S704  # `to_html` has cleaned it


@lru_cache(maxsize=4)
def _parser(language: str) -> MarkdownIt:
    parser = MarkdownIt(
        "commonmark", {"html": False, "typographer": True, "quotes": QUOTES.get(language, QUOTES["en"])}
    )
    parser.enable(["smartquotes"])
    parser.validateLink = is_plain_link  # type: ignore[method-assign]  # the library's own hook
    return parser
