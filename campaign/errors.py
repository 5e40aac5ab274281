"""From a broken rule to a page and a status: one table, in the reader's language, never a stack."""

import logging
from http import HTTPStatus

from flask import Flask, Response, make_response, render_template, request
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import HTTPException

from campaign.database import DatabaseBusy
from campaign.domain.donation import DonationAlreadyPaid, DonationClosed, NotRefundable, RefundTooLarge
from campaign.domain.errors import Conflict, DomainError, NotFound
from campaign.gateways.payments import PaymentsNotConfigured, PaymentsUnavailable

log = logging.getLogger(__name__)

STATUSES: dict[type[DomainError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    DonationAlreadyPaid: HTTPStatus.CONFLICT,
    DonationClosed: HTTPStatus.GONE,
    NotRefundable: HTTPStatus.CONFLICT,
    RefundTooLarge: HTTPStatus.UNPROCESSABLE_ENTITY,
    PaymentsUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    PaymentsNotConfigured: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseBusy: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The nearest class wins; a DomainError that is not named here is 422."""

MESSAGES: dict[int, tuple[object, object]] = {
    400: (_("We did not understand this request"), _("Go back and try again.")),
    403: (_("This is not allowed"), _("The request came from another site, or your role does not include it.")),
    404: (_("There is no such page"), _("The address may be wrong, or the page may have moved.")),
    405: (_("This page does not take that"), _("Go back and use the buttons of the page.")),
    409: (_("This has changed meanwhile"), _("Somebody was quicker. Look at the page again, then decide.")),
    410: (_("This page is closed"), _("What it was for has ended.")),
    413: (_("This is too big"), _("Send less at once.")),
    422: (_("This cannot be done"), _("Check what you entered and try again.")),
    429: (_("That was a lot at once"), _("Wait a minute, then try again.")),
    500: (_("Something went wrong on our side"), _("Nothing has been lost. We have been told and will look into it.")),
    503: (_("This does not work for the moment"), _("It is our fault, not yours. Please try again in a minute.")),
}
"""Status → heading and what to do."""


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_unexpected)  # last: what nobody foresaw


def status_of(error: DomainError) -> HTTPStatus:
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return HTTPStatus.UNPROCESSABLE_ENTITY


def on_domain_error(error: DomainError) -> Response:
    log.info("%s refused: %s", request.endpoint, type(error).__name__)
    return error_page(status_of(error))


def on_http_error(error: HTTPException) -> Response:
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    answer = error_page(error.code)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            answer.headers[name] = value
    return answer


def on_unexpected(error: Exception) -> Response:
    log.error("unexpected error in %s", request.endpoint, exc_info=error)
    return error_page(HTTPStatus.INTERNAL_SERVER_ERROR)


def error_page(status: int) -> Response:
    """The page of a status, as JSON for the API; when even the template fails, plain words in three languages."""
    heading, advice = MESSAGES.get(status, MESSAGES[500 if status >= 500 else 400])
    if request.path.startswith(("/api/", "/webhooks/", "/healthz", "/readyz")):
        answer = make_response({"error": str(heading)}, status)
    else:
        try:
            answer = make_response(
                render_template("errors/error.html", status=status, heading=heading, advice=advice), status
            )
        except Exception:  # the error page is the last resort: it must not fail itself
            log.exception("the error page failed")
            answer = make_response(LAST_RESORT, status)
    answer.headers["Cache-Control"] = "no-store"
    if status in RETRY_AFTER_SECONDS:
        answer.headers["Retry-After"] = RETRY_AFTER_SECONDS[status]
    return answer


RETRY_AFTER_SECONDS = {429: "60", 503: "30"}
"""What a program is told that came too often, or at a bad moment."""

LAST_RESORT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Something went wrong</title>
<h1>Something went wrong on our side. Nothing has been lost.</h1>
<p lang="ru">На нашей стороне произошла ошибка. Ничего не потеряно.</p>
<p lang="ky">Биз тарапта ката кетти. Эч нерсе жоголгон жок.</p></html>"""
