"""Whether this browser has shown that it reads the mailbox of a monthly gift: a code by mail, then a cookie for an hour.

A link can be forwarded, so what would harm the donor in other hands needs this: a higher amount, charges that begin again,
receipts with a full name.
"""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from flask import Response, current_app, request
from flask_babel import gettext as _

from campaign.domain.typed_text import one_line
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.pledges.page import PledgePage
from campaign.services.shield.codes import PLEDGE_KIND, CodeFor, has_tries_left, is_right_code, mail_code
from campaign.web.signed_cookie import SignedCookie

COOKIE = SignedCookie(name="mailbox", purpose="mailbox of a monthly gift", life=timedelta(hours=1))
MAX_REMEMBERED = 5

STEPS = ("change", "resume", "keep", "receipts")


@dataclass(frozen=True, slots=True)
class CodeStep:
    """The form that asks for the code, and what is wrong with the one that was typed."""

    action: str  # one of STEPS: what is done once the code is right
    error: str | None = None
    is_without_address: bool = False
    typed: str = ""
    is_used_up: bool = False  # too many wrong codes: none is taken for an hour, and none is mailed

    @classmethod
    def shown_again(cls) -> "CodeStep | None":
        """The step of a page that is only drawn in another language: no code is checked or mailed."""
        action = request.form.get("step", "")
        return cls(action, typed=one_line(request.form.get("code", ""))[:12]) if action in STEPS else None

    @property
    def status(self) -> HTTPStatus:
        return HTTPStatus.CONFLICT if self.is_without_address else HTTPStatus.UNPROCESSABLE_ENTITY


def is_proven(page: PledgePage) -> bool:
    """Whether a code for this monthly gift was entered in this browser within the hour."""
    return page.public_id in _proven()


def ask_for_code(page: PledgePage, action: str, *, language: str) -> CodeStep | None:
    """Check the code that was sent with the form, or mail one; None when the mailbox is proven."""
    if is_proven(page):
        return None
    if page.email is None:
        return CodeStep(action, is_without_address=True)
    code = CodeFor(
        form=f"pledge:{page.public_id}",
        email=page.email,
        address=request.remote_addr,
        campaign=page.campaign_slug,
        language=language,
        kind=PLEDGE_KIND,
    )
    return _checked(code, action)


def _checked(code: CodeFor, action: str) -> CodeStep | None:
    """Check the typed code, or mail one where none was typed; None when it is right."""
    clock, secret = current_context().clock, str(current_app.secret_key)
    typed = "".join(one_line(request.form.get("code", "")).split())[:12]
    if typed and is_right_code(typed, code, clock=clock, secret=secret):
        return None
    if not has_tries_left(code, clock=clock, secret=secret):
        return _used_up(action)
    if typed:
        return CodeStep(action, _("This is not the code from the latest email, or it has expired."))
    mail_code(code, clock=clock, secret=secret)
    wake("outbox")
    return CodeStep(action)


def _used_up(action: str) -> CodeStep:
    return CodeStep(action, _("Too many wrong codes were entered. Please try again in about an hour."), is_used_up=True)


def remember_proof(response: Response, page: PledgePage) -> None:
    """Let this browser go on for an hour without another code."""
    proven = [page.public_id, *(known for known in _proven() if known != page.public_id)][:MAX_REMEMBERED]
    COOKIE.put(response, COOKIE.sign(proven))


def _proven() -> list[str]:
    return [str(public_id) for public_id in COOKIE.read() or ()]
