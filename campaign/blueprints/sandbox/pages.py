"""Hands the hosted pages' requests to the sandbox's listener and its answers back, byte for byte."""

import http.client
from urllib.parse import quote, urlsplit

from flask import Response, current_app, render_template, request

from campaign.blueprints.sandbox import bp

# The sandbox waits up to 10 s for our webhook before it sends a donor back, as Stripe does.
_TIMEOUT_SECONDS = 20.0
_HANDED_ON = ("Accept", "Accept-Language", "Content-Type", "User-Agent")
_HANDED_BACK = (
    "Cache-Control",
    "Content-Security-Policy",
    "Content-Type",
    "Location",
    "Referrer-Policy",
    "X-Content-Type-Options",
)


@bp.route("/", methods=["GET", "POST"])
def console() -> Response:
    """The console, for whoever is in training."""
    return _handed_on("/sandbox/")


@bp.route("/c/<path:page>", methods=["GET", "POST"])
def checkout(page: str) -> Response:
    """A hosted checkout or its 3-D Secure step."""
    return _handed_on(f"/sandbox/c/{quote(page)}")


@bp.route("/p/<page>", methods=["GET", "POST"])
def portal(page: str) -> Response:
    """The billing portal of one donor."""
    return _handed_on(f"/sandbox/p/{quote(page)}")


@bp.route("/i/<page>", methods=["GET", "POST"])
def invoice(page: str) -> Response:
    """The hosted page of one invoice."""
    return _handed_on(f"/sandbox/i/{quote(page)}")


@bp.get("/b/<page>")
def bank_transfer(page: str) -> Response:
    """How the money of a bank transfer is to be sent."""
    return _handed_on(f"/sandbox/b/{quote(page)}")


@bp.get("/static/<path:name>")
def asset(name: str) -> Response:
    """The pages' style sheet."""
    return _handed_on(f"/sandbox/static/{quote(name)}")


def _handed_on(path: str) -> Response:
    address = urlsplit(current_app.config["KURAK"].sandbox_url)
    query = f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""
    headers = {name: request.headers[name] for name in _HANDED_ON if name in request.headers}
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request(request.method, path + query, request.get_data(), headers)
        answer = connection.getresponse()
        headers = {name: value for name in _HANDED_BACK if (value := answer.getheader(name)) is not None}
        return Response(answer.read(), answer.status, headers)
    except (OSError, http.client.HTTPException):
        return Response(render_template("sandbox/unreachable.html"), 502)
    finally:
        connection.close()
