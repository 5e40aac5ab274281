"""A donor stops the emails to which they had agreed, by the link in one of them, without sign-in (RFC 8058)."""

from contextlib import suppress

from flask import Response, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign.blueprints.public import bp
from campaign.domain.donor_consent import ConsentEnded, DonorErased
from campaign.domain.errors import NotFound
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.i18n import page_language
from campaign.services.campaigns.cards import campaign_with_id
from campaign.services.privacy.consents import withdraw_consent
from campaign.services.segment_mailings.mail_facts import read_leave_link
from campaign.web.security_headers import discreet


@bp.get("/<language:lang>/donors/leave/<token>")
@limiter.limit("300 per 10 minutes")
def leave_donor_mails_form(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """A button: programs that look at every link in an email press none."""
    return _page(token, is_done=False)


@bp.post("/<language:lang>/donors/leave/<token>")
@limiter.limit("300 per 10 minutes")
def leave_donor_mails(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """Withdraw the consent: by the button, or by a mail program that sends `List-Unsubscribe=One-Click`."""
    link = read_leave_link(token)
    with suppress(ConsentEnded, DonorErased, NotFound):  # it is withdrawn already, which is what the reader wants
        withdraw_consent(link.donor_public_id, link.purpose, actor_id=None, clock=current_context().clock)
    return _page(token, is_done=True)


def _page(token: str, *, is_done: bool) -> Response:
    link = read_leave_link(token)
    page = render_template(
        "public/donor_leave.html",
        site=campaign_with_id(link.campaign_id),
        purpose=link.purpose,
        token=token,
        lang=page_language(),
        is_done=is_done,
        same_page=lambda code: url_for("public.leave_donor_mails_form", lang=code, token=token),
    )
    return discreet(make_response(page))
