"""The browsers in which a donor is signed in."""

from flask import make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from campaign.blueprints.my import bp
from campaign.blueprints.my.browser_session import SESSION, check_form, current_donor, page, to_sign_in
from campaign.gateway_registry import current_context
from campaign.services.donor_account.sessions import end_all_sessions, end_session, sessions_of
from campaign.web.security_headers import discreet


@bp.get("/<language:lang>/my/sessions")
def sessions(lang: str) -> ResponseReturnValue:
    """List them."""
    donor = current_donor()
    if donor is None:
        return to_sign_in(lang)
    return page("my/sessions.html", rows=sessions_of(donor.donor_id, clock=current_context().clock))


@bp.post("/<language:lang>/my/sessions/<public_id>/end")
def end(lang: str, public_id: str) -> ResponseReturnValue:
    """End one."""
    donor = current_donor()
    if donor is None:
        return to_sign_in(lang)
    check_form(donor)
    end_session(donor.donor_id, public_id, clock=current_context().clock)
    return discreet(make_response(redirect(url_for(".sessions", lang=lang), code=303)))


@bp.post("/<language:lang>/my/sessions/end")
def end_all(lang: str) -> ResponseReturnValue:
    """End all, the one in use included."""
    donor = current_donor()
    if donor is None:
        return to_sign_in(lang)
    check_form(donor)
    end_all_sessions(donor.donor_id, clock=current_context().clock)
    answer = make_response(redirect(url_for(".home", lang=lang, out="1"), code=303))
    SESSION.drop(answer)
    return discreet(answer)
