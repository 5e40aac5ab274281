"""Error pages: each broken rule has a status and a text in the reader's language, never a stack trace."""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import lazy_gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from campaign.database import DatabaseBusy
from campaign.domain.disputes import DisputeLost, DisputeOpen
from campaign.domain.donation import DonationAlreadyPaid, DonationClosed, NotRefundable, RefundTooLarge
from campaign.domain.erasure import ReceiptErased
from campaign.domain.errors import Conflict, DomainError, NoCampaign, NotFound, UnreadableFilter
from campaign.domain.event_sign_up import SignUpDeleted, SignUpLinkBroken, SignUpLinkExpired, TooManySignUps
from campaign.domain.grant_application import ApplicationLinkBroken
from campaign.domain.news import NewsLinkBroken, NewsLinkExpired, UpdateWithdrawn
from campaign.domain.picture import PictureGone
from campaign.domain.pledge import PledgeLinkBroken
from campaign.domain.receipt import ReceiptLinkBroken, ReceiptLinkExpired
from campaign.gateways.file_store import FileStoreUnavailable
from campaign.gateways.payments import PaymentsNotConfigured, PaymentsUnavailable

log = logging.getLogger(__name__)

STATUSES: dict[type[DomainError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NoCampaign: HTTPStatus.SERVICE_UNAVAILABLE,
    Conflict: HTTPStatus.CONFLICT,
    DonationAlreadyPaid: HTTPStatus.CONFLICT,
    DonationClosed: HTTPStatus.GONE,
    ReceiptLinkBroken: HTTPStatus.NOT_FOUND,
    ReceiptLinkExpired: HTTPStatus.GONE,
    ReceiptErased: HTTPStatus.GONE,
    UpdateWithdrawn: HTTPStatus.GONE,
    NewsLinkBroken: HTTPStatus.NOT_FOUND,
    NewsLinkExpired: HTTPStatus.GONE,
    SignUpLinkBroken: HTTPStatus.NOT_FOUND,
    SignUpLinkExpired: HTTPStatus.GONE,
    SignUpDeleted: HTTPStatus.GONE,
    TooManySignUps: HTTPStatus.TOO_MANY_REQUESTS,
    PictureGone: HTTPStatus.GONE,
    ApplicationLinkBroken: HTTPStatus.NOT_FOUND,
    NotRefundable: HTTPStatus.CONFLICT,
    DisputeOpen: HTTPStatus.CONFLICT,
    DisputeLost: HTTPStatus.CONFLICT,
    RefundTooLarge: HTTPStatus.UNPROCESSABLE_ENTITY,
    PaymentsUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    PaymentsNotConfigured: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    FileStoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The nearest class wins; a DomainError that is not named here is 422."""

MESSAGES: dict[int, tuple[object, object]] = {
    400: (_("Bad request"), _("Go back and try again.")),
    403: (_("This is not allowed"), _("The request came from another site, or your role does not allow it.")),
    404: (_("Page not found"), _("The address may be wrong, or the page may have moved.")),
    405: (_("Method not allowed"), _("Go back and use the buttons of the page.")),
    409: (_("This has changed"), _("Someone else acted first. Reload the page, then decide.")),
    410: (_("This page is closed"), _("What it was for has ended.")),
    413: (_("This is too big"), _("Send less at a time.")),
    422: (_("This cannot be done"), _("Check your entries and try again.")),
    429: (_("Too many requests"), _("Please wait a minute, then try again.")),
    500: (
        _("Something went wrong on our side"),
        _("Nothing has been lost. We have been notified and will look into it."),
    ),
    503: (_("This isn’t working right now"), _("This is our fault, not yours. Please try again in a minute.")),
}
"""Status → heading and what to do."""

MESSAGES_OF: dict[type[DomainError], tuple[object, object]] = {
    UnreadableFilter: (
        _("A filter in this address cannot be read"),
        _(
            "Write days like 2026-12-31 and amounts like 35.50. The last day must not be before the first one. "
            "Choose the other filters on the page."
        ),
    ),
    ReceiptErased: (
        _("This receipt is no longer shown"),
        _("The personal data of its donor were erased. Its number can still be checked."),
    ),
    PledgeLinkBroken: (
        _("This link doesn’t work any more"),
        _("It may be incomplete, withdrawn or too old. We can email you a new one."),
    ),
    ReceiptLinkBroken: (_("This link is not complete"), _("Open it from the email again, or contact us.")),
    NewsLinkBroken: (_("This link is not complete"), _("Open it from the email again, or contact us.")),
    SignUpLinkBroken: (_("This link is not complete"), _("Open it from the email again, or contact us.")),
    SignUpLinkExpired: (
        _("This event has begun"),
        _("A sign-up can be confirmed or cancelled until the event begins."),
    ),
    SignUpDeleted: (
        _("This sign-up is no longer stored"),
        _("A sign-up that nobody confirms within 48 hours is deleted. If the event is still to come, sign up again."),
    ),
    NewsLinkExpired: (_("This link has expired"), _("Enter your address again, and we’ll send you a new one.")),
    ApplicationLinkBroken: (
        _("This link doesn’t open an application"),
        _(
            "It may be incomplete, or the application was deleted. Enter your address on the grant’s page for a new link."
        ),
    ),
    PictureGone: (
        _("This picture is no longer shown"),
        _("It was removed, or the people on it no longer agree to it."),
    ),
    UpdateWithdrawn: (_("This update was withdrawn"), _("It is no longer published. Read the other updates.")),
    ReceiptLinkExpired: (
        _("This link has expired"),
        _("Your receipt is attached to the email as a PDF. If you need it again, contact us."),
    ),
}
"""The texts of broken rules that say more than their status."""

ACTIONS_OF: dict[type[DomainError], tuple[object, str]] = {
    PledgeLinkBroken: (_("Send me a new link"), "p/"),
    UpdateWithdrawn: (_("All updates"), "updates/"),
    NewsLinkExpired: (_("News by email"), "updates/email"),
    SignUpLinkExpired: (_("Events"), "events/"),
    SignUpDeleted: (_("Events"), "events/"),
    ApplicationLinkBroken: (_("Grants"), "grants/"),
}
"""A button besides, and where it leads to within the reader's language."""

ADVICE_AT_THE_DESK: dict[int, object] = {
    400: _("Your session has changed, or the form was open for too long. Reload the page and try again."),
    403: _("Your role does not allow this. Ask a colleague whose role does, or ask an administrator for another role."),
    404: _("Nothing was found under this number or address. It may belong to another campaign."),
    409: _("A colleague acted first, so nothing was changed. Reload the page, then decide."),
    500: _("The unfinished change was rolled back, so nothing is half done. Tell an administrator when this happened."),
    503: _("The database or the payment provider is not responding. Nothing was changed. Try again in a minute."),
}
"""The advice for staff, who can do something about it."""


def init_app(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(OperationalError, on_database_gone)
    app.after_request(_say_when_to_retry)
    app.register_error_handler(Exception, on_unexpected)  # last: what nobody foresaw


def status_of(error: DomainError) -> HTTPStatus:
    """Return the HTTP status of a broken rule: that of its nearest class in `STATUSES`, else 422."""
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return HTTPStatus.UNPROCESSABLE_ENTITY


def on_domain_error(error: DomainError) -> Response:
    """Answer a broken rule that no view has caught."""
    log.info("%s refused: %s", request.endpoint, type(error).__name__)
    g.error_action = ACTIONS_OF.get(type(error))
    return error_page(status_of(error), words=MESSAGES_OF.get(type(error)))


def on_http_error(error: HTTPException) -> Response:
    """Answer an HTTP error with its page."""
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    if isinstance(error, SecurityError):  # requested under a host name that is not ours: there is no page for it
        return make_response(
            "This is not the address of a site that is served here.\n", 400, {"Content-Type": "text/plain"}
        )
    cause = getattr(error, "original_exception", None)
    if isinstance(cause, DomainError):  # raised after the view, where Flask sees an error of the program
        return on_domain_error(cause)
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    answer = error_page(error.code)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            answer.headers[name] = value
    return answer


def on_database_gone(error: OperationalError) -> Response:
    """Nobody answers there, or whoever did was stopped: nothing was done, and trying again may help."""
    log.error("the database does not answer in %s: %s", request.endpoint, str(error.orig).partition("\n")[0])
    return error_page(HTTPStatus.SERVICE_UNAVAILABLE)


def on_unexpected(error: Exception) -> Response:
    """Log what nobody foresaw and answer 500."""
    log.error("unexpected error in %s", request.endpoint, exc_info=error)
    return error_page(HTTPStatus.INTERNAL_SERVER_ERROR)


def error_page(status: int, *, words: tuple[object, object] | None = None) -> Response:
    """The page of a status, as JSON for the API; when even the template fails, plain words in three languages.

    `words` are another heading and advice than the status has.
    """
    heading, advice = words or MESSAGES.get(status, MESSAGES[500 if status >= 500 else 400])
    if request.path.startswith(("/api/", "/webhooks/", "/healthz", "/readyz")):
        answer = make_response({"error": str(heading)}, status)
    elif "person" in g:  # a signed-in person gets the staff frame
        staff_advice = ADVICE_AT_THE_DESK.get(status, advice)
        at_desk = _rendered("admin/error.html", status=status, heading=heading, advice=staff_advice)
        answer = at_desk or _public_page(status, heading, advice)
    else:
        answer = _public_page(status, heading, advice)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _say_when_to_retry(answer: Response) -> Response:
    if answer.status_code in RETRY_AFTER_SECONDS:
        answer.headers.setdefault("Retry-After", RETRY_AFTER_SECONDS[answer.status_code])
    return answer


def _public_page(status: int, heading: object, advice: object) -> Response:
    g.pop("person", None)  # nothing of the desk is drawn here, which may be what failed
    answer = _rendered("errors/error.html", status=status, heading=heading, advice=advice)
    return answer or make_response(LAST_RESORT, status)


def _rendered(template: str, *, status: int, heading: object, advice: object) -> Response | None:
    """Render the page; None when rendering fails, so that a simpler one is sent."""
    try:
        return make_response(render_template(template, status=status, heading=heading, advice=advice), status)
    except Exception:  # an error page must not fail
        log.exception("the error page %s failed", template)
        return None


RETRY_AFTER_SECONDS = {429: "60", 503: "30"}
"""The `Retry-After` header by status."""

LAST_RESORT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Something went wrong</title>
<h1>Something went wrong on our side. Nothing has been lost.</h1>
<p lang="ru">На нашей стороне произошла ошибка. Ничего не потеряно.</p>
<p lang="ky">Биз тарапта ката кетти. Эч нерсе жоголгон жок.</p></html>"""
