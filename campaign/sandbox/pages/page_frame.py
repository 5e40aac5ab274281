"""What all pages of the stand-in have in common: language, token, policy, the banner."""

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import quote, urlencode, urlsplit

from flask import Response, make_response, render_template, request

from campaign.sandbox.core.box import Box
from campaign.sandbox.texts import LANGUAGES, TEXTS, amount_text


def token(box: Box, subject: str) -> str:
    """Return the token that a form about `subject` must send back, so that no other site can send it."""
    return hmac.new(box.page_secret.encode(), subject.encode(), hashlib.sha256).hexdigest()


def is_ours(box: Box, subject: str) -> bool:
    """Return whether the form is one of the sandbox's own."""
    return hmac.compare_digest(request.form.get("token", "").encode(), token(box, subject).encode())


def render(
    box: Box,
    template: str,
    subject: str,
    *,
    locale: str | None = None,
    leads_to: Iterable[str | None] = (),
    status: int = 200,
    **context: object,
) -> Response:
    """Render a page about `subject`; its forms may end at the origins of `leads_to`."""
    language = language_of(locale)
    html = render_template(
        template,
        token=token(box, subject) if subject else "",
        language=language,
        languages=LANGUAGES,
        text=TEXTS[language],
        own=own,
        other_language=_other_language,
        merchant=box.settings.merchant,
        amount=lambda minor, currency: amount_text(minor, currency, language),
        **context,
    )
    page = make_response(html, status)
    page.headers["Content-Security-Policy"] = _policy(leads_to)
    page.headers["Cache-Control"] = "no-store"
    page.headers["Referrer-Policy"] = "same-origin"
    page.headers["X-Content-Type-Options"] = "nosniff"
    return page


def language_of(locale: str | None) -> str:
    """Return the reader's language: their choice, else the session's, else the browser's if supported, else English.

    Stripe offers no such choice and has no Kyrgyz. Here staff and donors practise together, and everybody must be able
    to read the pages: so the reader's choice comes before the session's locale.
    """
    chosen = _chosen()
    if chosen is not None:
        return chosen
    if locale in {None, "auto"}:
        return _browsers_language() or "en"
    return locale if locale in LANGUAGES else "en"


def own(path: str, **query: str) -> str:
    """Return the address of a page of the sandbox, with the chosen language, so that forms and redirects keep it."""
    chosen = _chosen()
    arguments = urlencode({**query, "lang": chosen} if chosen is not None else query)
    return f"{path}?{arguments}" if arguments else path


def _chosen() -> str | None:
    choice = request.values.get("lang")
    return choice if choice in LANGUAGES else None


def _browsers_language() -> str | None:
    # By the first part alone: a browser with "ky-KG" and then "ru" gets Kyrgyz.
    tags = [tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0]
    return next((language for language in tags if language in LANGUAGES), None)


def _other_language(language: str) -> str:
    # A page that answers a form is shown again at the same address.
    return f"{quote(request.path)}?{urlencode({**request.args.to_dict(), 'lang': language})}"


def _policy(leads_to: Iterable[str | None]) -> str:
    parts = [urlsplit(url) for url in leads_to if url]
    origins = {f"{one.scheme}://{one.netloc}" for one in parts if one.netloc}
    allowed = " ".join(["'self'", *sorted(origins)])
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        f" frame-ancestors 'none'; form-action {allowed}"
    )
