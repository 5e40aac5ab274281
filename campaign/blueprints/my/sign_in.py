"""Sign-in without a password. Opening a page changes nothing: programs that look at every link of an email press no button."""

from http import HTTPStatus

from flask import current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.my import bp
from campaign.blueprints.my.browser_session import (
    SESSION,
    begin_session,
    check_form,
    current_donor,
    page,
    pending_request,
    remember_request,
    to_sign_in,
)
from campaign.domain.donor_session import SignInRefused, SignInRequest, TooManyCodes
from campaign.domain.identity import new_public_id
from campaign.domain.typed_text import one_line
from campaign.domain.user_agent import browser_of, system_of
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.campaigns.cards import featured_campaign
from campaign.services.donor_account.sessions import end_session
from campaign.services.donor_account.sign_in import (
    SignInBrowser,
    is_link_of,
    send_sign_in,
    sign_in_by_code,
    sign_in_by_link,
)
from campaign.web.form_fields import EmailField, PostedForm
from campaign.web.security_headers import discreet


class SignInForm(PostedForm):
    """The address to which link and code are sent."""

    class Meta:
        csrf = False  # no session is at stake; the origin of the request is checked for every form

    email = EmailField()


@bp.post("/<language:lang>/my/")
@limiter.limit("30 per 10 minutes")
def request_sign_in(lang: str) -> ResponseReturnValue:
    """Mail link and code; the answer is the same for every address."""
    form = SignInForm()
    if not form.validate():
        return page("my/sign_in.html", form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    clock = current_context().clock
    sign_in = SignInRequest(id=new_public_id(), email=form.email.data, requested_at=clock.now())
    send_sign_in(
        sign_in,
        language=lang,
        campaign=featured_campaign().slug,
        address=request.remote_addr,
        clock=clock,
        secret=_secret(),
    )
    wake("outbox")
    answer = make_response(redirect(url_for(".code_form", lang=lang), code=303))
    remember_request(answer, sign_in)
    return discreet(answer)


@bp.get("/<language:lang>/my/code")
def code_form(lang: str) -> ResponseReturnValue:
    """Where the code is entered, by the browser that asked for it."""
    sign_in = pending_request()
    return page("my/code.html", email=sign_in.email, error=None) if sign_in else to_sign_in(lang)


@bp.post("/<language:lang>/my/code")
@limiter.limit("60 per 10 minutes")
def enter_code(lang: str) -> ResponseReturnValue:
    """Sign in with the code."""
    sign_in = pending_request()
    if sign_in is None:
        return to_sign_in(lang)
    typed = "".join(one_line(request.form.get("code", "")).split())[:12]
    try:
        session_id = sign_in_by_code(sign_in, typed, _browser(), clock=current_context().clock, secret=_secret())
    except SignInRefused:
        error = _("This is not the code from the latest email, or it has expired.")
    except TooManyCodes:
        error = _("Too many wrong codes were entered. Use the link in the email, or ask for a new code tomorrow.")
    else:
        return _signed_in(lang, session_id)
    return page("my/code.html", email=sign_in.email, error=error, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@bp.get("/<language:lang>/my/link/<token>")
@limiter.limit("300 per 10 minutes")
def link_form(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """A button, in the browser that asked; every other browser reads where the link or the code works."""
    sign_in = pending_request()
    is_own = sign_in is not None and is_link_of(sign_in, token, secret=_secret())
    return page("my/link.html", token=token, is_own=is_own, status=HTTPStatus.OK if is_own else HTTPStatus.NOT_FOUND)


@bp.post("/<language:lang>/my/link/<token>")
@limiter.limit("60 per 10 minutes")
def use_link(lang: str, token: str) -> ResponseReturnValue:
    """Sign in with the link."""
    sign_in = pending_request()
    if sign_in is None:
        return _link_refused(token)
    try:
        session_id = sign_in_by_link(sign_in, token, _browser(), clock=current_context().clock, secret=_secret())
    except SignInRefused:
        return _link_refused(token)
    return _signed_in(lang, session_id)


@bp.post("/<language:lang>/my/sign-out")
def sign_out(lang: str) -> ResponseReturnValue:
    """End the session of this browser."""
    donor = current_donor()
    if donor:
        check_form(donor)
        end_session(donor.donor_id, donor.session_id, clock=current_context().clock)
    answer = make_response(redirect(url_for(".home", lang=lang, out="1"), code=303))
    SESSION.drop(answer)
    return discreet(answer)


def _link_refused(token: str) -> ResponseReturnValue:
    return page("my/link.html", token=token, is_own=False, status=HTTPStatus.NOT_FOUND)


def _signed_in(lang: str, session_id: str) -> ResponseReturnValue:
    """Begin a session, which replaces the one that this browser had."""
    before = current_donor()
    if before:
        end_session(before.donor_id, before.session_id, clock=current_context().clock)
    answer = make_response(redirect(url_for(".home", lang=lang), code=303))
    begin_session(answer, session_id, is_remembered=_browser().is_remembered)
    return discreet(answer)


def _browser() -> SignInBrowser:
    user_agent = request.headers.get("User-Agent", "")
    return SignInBrowser(
        address=request.remote_addr,
        browser=browser_of(user_agent),
        system=system_of(user_agent),
        is_remembered=request.form.get("remember") == "yes",
    )


def _secret() -> str:
    return str(current_app.secret_key)
