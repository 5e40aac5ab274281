"""A new link to one's monthly gifts, by email, and the page of all of them, on which a new card is put in for all."""

from http import HTTPStatus

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.blueprints.donations import bp, pledge_words
from campaign.config import Config
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.gateways.payments import PaymentRefused, PaymentsNotConfigured, PaymentsUnavailable
from campaign.jobs import wake
from campaign.services.campaigns.cards import featured_campaign
from campaign.services.pledges.links import read_mailbox
from campaign.services.pledges.mailbox import (
    LinkRequest,
    MailboxPledge,
    ask_for_card,
    mailbox_pledges,
    request_links,
)
from campaign.services.pledges.requests import expedite
from campaign.web.form_fields import EmailField, PostedForm
from campaign.web.security_headers import discreet


class LinkForm(PostedForm):
    """The address to which a new link is sent."""

    class Meta:
        csrf = False  # no session is at stake; the origin of the request is checked for every form

    email = EmailField()


@bp.get("/<language:lang>/p/")
def pledge_links(lang: str) -> ResponseReturnValue:  # noqa: ARG001
    """The form for a new link; after it was sent, the same answer for every address."""
    return _form_page(LinkForm(), is_sent="sent" in request.args)


@bp.post("/<language:lang>/p/")
@limiter.limit("30 per 10 minutes")
def send_pledge_links(lang: str) -> ResponseReturnValue:
    """Mail the link to the typed address; only show it again where the language was changed."""
    form = LinkForm()
    if "to_language" in request.form:
        return _form_page(form)
    if not form.validate():
        return _form_page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    link_request = LinkRequest(
        email=form.email.data, language=lang, campaign=featured_campaign().slug, address=request.remote_addr
    )
    request_links(link_request, clock=current_context().clock, secret=str(current_app.secret_key))
    wake("outbox")
    return redirect(url_for(".pledge_links", lang=lang, sent="1"), code=303)


@bp.get("/<language:lang>/p/all/<token>")
@limiter.limit("300 per 10 minutes")
def mailbox_page(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """All monthly gifts of a mailbox, each with the link to its own page and what becomes of a new card."""
    clock = current_context().clock
    pledges = mailbox_pledges(read_mailbox(token), clock=clock)
    done = request.args.get("after", "")
    if done and expedite(done, request.args.get("back", ""), clock=clock):
        wake("pledges")
    return _page(pledges, token, is_back=bool(done))


@bp.post("/<language:lang>/p/all/<token>/card")
@limiter.limit("60 per 10 minutes")
def change_all_cards(lang: str, token: str) -> ResponseReturnValue:
    """To the provider's page for another card: for the chosen monthly gift alone, or once for all."""
    context, config = current_context(), _config()
    pledges = mailbox_pledges(read_mailbox(token), clock=context.clock)
    chosen = request.form.get("pledge", "")
    takers = [pledge for pledge in pledges if pledge.takes_card and chosen in {"", pledge.public_id}]
    if not takers:
        return redirect(url_for(".mailbox_page", lang=lang, token=token), code=303)
    target = next((pledge for pledge in takers if pledge.uses_card), takers[0])
    request_id = ask_for_card(pledges, target, is_for_all=not chosen, clock=context.clock)
    back = url_for(".mailbox_page", lang=lang, token=token, after=target.public_id, back=request_id)
    try:
        address = context.payments.pledges.card_page(
            target.customer_id, return_url=config.public_url + back, language=lang
        )
    except (PaymentsUnavailable, PaymentsNotConfigured, PaymentRefused):
        return _page(pledges, token, problem=pledge_words.NO_CARD_PAGE, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return redirect(address, code=303)


def _form_page(form: LinkForm, *, is_sent: bool = False, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    page = render_template(
        "donations/pledge_links.html",
        site=featured_campaign(),
        form=form,
        is_sent=is_sent,
        same_page=lambda code: url_for(".pledge_links", lang=code),
        switches=lambda code: url_for(".send_pledge_links", lang=code),
    )
    return discreet(make_response(page, status))


def _page(
    pledges: list[MailboxPledge],
    token: str,
    *,
    is_back: bool = False,
    problem: object = None,
    status: int = HTTPStatus.OK,
) -> ResponseReturnValue:
    page = render_template(
        "donations/pledges_of_mailbox.html",
        site=featured_campaign(),
        pledges=pledges,
        token=token,
        is_back=is_back,
        takers=[pledge for pledge in pledges if pledge.takes_card],
        problem=problem,
        words=pledge_words,
        same_page=lambda code: url_for(".mailbox_page", lang=code, token=token),
    )
    return discreet(make_response(page, status))


def _config() -> Config:
    config: Config = current_app.config["KURAK"]
    return config
