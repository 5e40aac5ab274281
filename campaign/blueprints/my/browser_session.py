"""Who is signed in by this browser: two signed cookies, one while a donor signs in, one afterwards."""

import hashlib
import hmac
from datetime import UTC, datetime

from flask import (
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from campaign.blueprints.my import bp
from campaign.domain.donor_session import LONGEST, REMEMBERED, SIGN_IN_LIFE, SignInRequest
from campaign.domain.typed_text import one_line
from campaign.gateway_registry import current_context
from campaign.services.donor_account.sessions import SignedInDonor, donor_of_session
from campaign.web.page_cache import card_of
from campaign.web.security_headers import discreet
from campaign.web.signed_cookie import SignedCookie

REQUEST = SignedCookie(name="donor-sign-in", purpose="sign-in of a donor", life=SIGN_IN_LIFE)
SESSION = SignedCookie(name="donor", purpose="session of a donor", life=REMEMBERED)
SHORT_SESSION = SignedCookie(name=SESSION.name, purpose=SESSION.purpose, life=LONGEST)


@bp.url_defaults
def stay_with_campaign(_endpoint: str, values: dict[str, object]) -> None:
    """Let every address of these pages name the campaign from which the donor came."""
    if has_request_context() and "campaign" in request.args:
        values.setdefault("campaign", request.args["campaign"])


def remember_request(answer: Response, sign_in: SignInRequest) -> None:
    """Let this browser, and no other, use the link and the code of a request."""
    REQUEST.put(answer, REQUEST.sign([sign_in.id, sign_in.email, int(sign_in.requested_at.timestamp())]))


def pending_request() -> SignInRequest | None:
    """Return the request that this browser made; None where there is none or it has expired."""
    value = REQUEST.read()
    if not isinstance(value, list) or len(value) != 3:  # as `remember_request` writes it
        return None
    sign_in = SignInRequest(id=value[0], email=value[1], requested_at=datetime.fromtimestamp(value[2], UTC))
    return sign_in if sign_in.is_valid(current_context().clock.now()) else None


def begin_session(answer: Response, session_id: str, *, is_remembered: bool) -> None:
    """Sign this browser in."""
    cookie = SESSION if is_remembered else SHORT_SESSION
    cookie.put(answer, cookie.sign(session_id))
    REQUEST.drop(answer)


def current_donor() -> SignedInDonor | None:
    """Return who is signed in by this browser; looked up once a request."""
    if "donor" not in g:
        value = SESSION.read()
        g.donor = donor_of_session(value, clock=current_context().clock) if isinstance(value, str) else None
    donor: SignedInDonor | None = g.donor
    return donor


def form_token(donor: SignedInDonor) -> str:
    """Return the word that the forms of a session carry, beside the check of the origin of every form."""
    key = hashlib.sha256(f"forms of a donor:{current_app.secret_key!s}".encode()).digest()
    return hmac.digest(key, donor.session_id.encode(), "sha256").hex()


def check_form(donor: SignedInDonor) -> None:
    """403 for a form that is not of this session."""
    typed = one_line(request.form.get("form_token", ""))
    if not hmac.compare_digest(typed.encode("utf-8", "surrogatepass"), form_token(donor).encode()):
        abort(403)


def to_sign_in(lang: str) -> ResponseReturnValue:
    """Lead somebody who is not signed in to the first page; from there they go nowhere else."""
    return discreet(make_response(redirect(url_for("my.home", lang=lang), code=303)))


def page(template: str, *, status: int = 200, **facts: object) -> Response:
    """Return a page that nobody stores or finds."""
    donor = current_donor()
    token = form_token(donor) if donor else ""
    text = render_template(template, site=card_of(request.args.get("campaign")), donor=donor, form_token=token, **facts)
    return discreet(make_response(text, status))
