"""What all pages of the stand-in have in common: language, token, policy, the banner."""

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request

from campaign.sandbox.box import Box
from campaign.sandbox.texts import LANGUAGES, TEXTS, amount_text


def token(box: Box, subject: str) -> str:
    """What a form about ``subject`` must bring back, so that no other site can send it."""
    return hmac.new(box.page_secret.encode(), subject.encode(), hashlib.sha256).hexdigest()


def is_ours(box: Box, subject: str) -> bool:
    """Whether the form that has come is one of our own."""
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
    """A page about ``subject``; its forms may end at the origins of ``leads_to``."""
    language = language_of(locale)
    html = render_template(
        template,
        token=token(box, subject) if subject else "",
        language=language,
        text=TEXTS[language],
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
    """The session's language, or the browser's, if we speak it; else English."""
    if locale in {None, "auto"}:
        return request.accept_languages.best_match(LANGUAGES) or "en"
    return locale if locale in LANGUAGES else "en"


def _policy(leads_to: Iterable[str | None]) -> str:
    parts = [urlsplit(url) for url in leads_to if url]
    origins = {f"{one.scheme}://{one.netloc}" for one in parts if one.netloc}
    allowed = " ".join(["'self'", *sorted(origins)])
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        f" frame-ancestors 'none'; form-action {allowed}"
    )
