"""What protects every answer and every unsafe request: headers, the Content-Security-Policy, the origin check."""

from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, current_app, request

from campaign.config import Config
from campaign.gateway_registry import current_context

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
UNCHECKED_ENDPOINTS = frozenset({"webhooks.stripe"})
"""A delivery by the provider is checked by its signature instead."""

ENDPOINTS_WITHOUT_REFERRER = frozenset({"admin.use_link"})
"""Their pages send no referrer, so browsers without Sec-Fetch-Site call their origin "null"; their form has a token too."""


def init_app(app: Flask) -> None:
    """Check every request and add the headers to every answer."""
    app.before_request(refuse_nul)
    app.before_request(refuse_foreign_origin)
    app.after_request(add_headers)


def refuse_nul() -> None:
    """400 for a NUL in an address or at the desk: neither files nor PostgreSQL can hold one.

    What donors paste into public forms may bring one along; there it is taken out.
    """
    if "\0" in request.path or b"%00" in request.query_string:
        abort(400)
    if request.blueprint in {"admin", "security"} and any("\0" in typed for typed in request.form.values()):
        abort(400)


def refuse_foreign_origin() -> None:
    """403 for an unsafe request that another site made the browser send.

    Browsers tell where a request comes from (Sec-Fetch-Site, else Origin). Without either it is no browser with our
    cookies in it: the donation form has no session at stake; the desk asks for its token too.
    """
    if request.method in SAFE_METHODS or request.endpoint in UNCHECKED_ENDPOINTS:
        return
    if not _is_own(request):
        abort(403)


def _is_own(incoming: Request) -> bool:
    site = incoming.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = incoming.headers.get("Origin")
    if origin == "null" and incoming.endpoint in ENDPOINTS_WITHOUT_REFERRER:
        return True
    return origin is None or origin in {
        incoming.host_url.rstrip("/"),
        _origin_of(current_app.config["KURAK"].public_url),
    }


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def add_headers(response: Response) -> Response:
    """Headers for every answer, errors too. A blueprint that needs another policy sets it first and keeps it."""
    for name, value in headers_of_all().items():
        response.headers.setdefault(name, value)
    return response


def discreet(answer: Response) -> Response:
    """Forbid caching and indexing of a page that is somebody's own, and hide its address, which may be the key, from other sites.

    Not `no-referrer`: under it a browser tells no origin of its own forms either, and older ones would be refused here.
    """
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def headers_of_all() -> dict[str, str]:
    """The headers of each response."""
    config: Config = current_app.config["KURAK"]
    headers = {
        "Content-Security-Policy": content_security_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if config.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def content_security_policy() -> str:
    """Our own files only, nothing inline; a form may lead to the payment page (Chromium checks the redirect too)."""
    payments = current_context().payments
    elsewhere = [payments.checkout_origin, payments.pledges.card_page_origin] if payments.checkout_origin else []
    form_action = " ".join(["'self'", *filter(None, elsewhere)])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    )
