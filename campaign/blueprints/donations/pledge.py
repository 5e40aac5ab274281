"""A donor's page of a monthly gift, by a signed link and without signing in. GET changes nothing."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.blueprints.donations import bp, choices, pledge_words
from campaign.blueprints.donations.gift_form import FormNotValid
from campaign.blueprints.donations.mailbox_proof import CodeStep, ask_for_code, is_proven, remember_proof
from campaign.blueprints.donations.pledge_form import PledgeForm
from campaign.config import Config
from campaign.database import DatabaseBusy
from campaign.days import local_day
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.identity import new_public_id
from campaign.domain.pledge import Act, PledgeRequestState, PledgeUnchanged
from campaign.domain.pledge_dates import end_of_skip
from campaign.domain.succession import SuccessionAnswer
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.gateways.payments import PaymentRefused, PaymentsNotConfigured, PaymentsUnavailable
from campaign.jobs import wake
from campaign.services.campaigns.cards import campaign_named
from campaign.services.campaigns.form_options import Offer, giving_options
from campaign.services.pledges.card_refusals import card_refusal_words
from campaign.services.pledges.links import PledgeLink, read
from campaign.services.pledges.page import PledgePage, pledge_page, receipt_of_month
from campaign.services.pledges.requests import PledgeOrder, ask, execute, expedite
from campaign.services.pledges.succession import answer_question
from campaign.services.receipts.files import receipt_pdf
from campaign.web.security_headers import discreet

ACTS = ",".join(act for act in Act if act is not Act.USE_CARD)
"""What the page of one monthly gift offers, as its addresses say it; another card for all gifts has a page of its own."""
CHARGED_AGAIN = {Act.RESUME, Act.KEEP}
"""What makes money flow again, as a higher amount does: a link that was forwarded is not enough for it."""


@bp.get("/<language:lang>/p/<token>")
@limiter.limit("300 per 10 minutes")
def pledge(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """Amount, next date, months so far with receipts, and what can be done; what was just done is said on top."""
    page = _page_of(read(token))
    if "back" in request.args and expedite(page.public_id, request.args["back"], clock=current_context().clock):
        wake("pledges")
    return _page(page, token, PledgeForm(page), notice=pledge_words.notice_of(request.args))


@bp.post("/<language:lang>/p/<token>")
@limiter.limit("300 per 10 minutes")
def redraw_pledge(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """The page in another language with what was typed; nothing is checked and nothing changes."""
    page = _page_of(read(token))
    form = PledgeForm(page, _offer(page))
    form.step = CodeStep.shown_again()
    return _page(page, token, form)


@bp.post(f"/<language:lang>/p/<token>/<any({ACTS}):act>")
@limiter.limit("60 per 10 minutes")
def ask_of_pledge(lang: str, token: str, act: str) -> ResponseReturnValue:
    """Carry out one request; where the provider does not answer, a worker retries and the page says so."""
    link = read(token)
    page, requested = _page_of(link), Act(act)
    form = PledgeForm(page, _offer(page))
    needs_proof = requested in CHARGED_AGAIN
    try:
        order = PledgeOrder(
            pledge_public_id=page.public_id,
            act=requested,
            detail=_detail(requested, page, form),
            public_id=form.request_id.data,
        )
        needs_proof = needs_proof or (requested is Act.CHANGE and form.is_more_than(page.least_charge))
        if needs_proof and page.can(requested) and (step := ask_for_code(page, act, language=lang)):
            form.step = step
            return _page(page, token, form, status=step.status)
        ask(order, clock=current_context().clock)
    except FormNotValid:
        return _page(page, token, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except NotFound:
        raise
    except DatabaseBusy:
        return _page(page, token, form, problem=pledge_words.TRY_AGAIN, status=HTTPStatus.SERVICE_UNAVAILABLE)
    except DomainError as broken:
        return _refused(lang, token, page, form, broken)
    if requested is Act.UPDATE_CARD:
        return _to_card_page(lang, token, page, order)
    answer = make_response(redirect(url_for(".pledge", lang=lang, token=token, **_done(order)), code=303))
    if needs_proof:
        remember_proof(answer, page)
    return answer


@bp.post("/<language:lang>/p/<token>/successor/<any(yes,no):answer>")
@limiter.limit("60 per 10 minutes")
def answer_succession(lang: str, token: str, answer: str) -> ResponseReturnValue:
    """Store whether the gift continues in the campaign that follows; the donor gets an email about a yes."""
    page = _page_of(read(token))
    try:
        answer_question(page.public_id, SuccessionAnswer(answer), clock=current_context().clock)
    except NotFound:
        raise
    except DatabaseBusy:
        form = PledgeForm(page, formdata=None)
        return _page(page, token, form, problem=pledge_words.TRY_AGAIN, status=HTTPStatus.SERVICE_UNAVAILABLE)
    except DomainError as broken:
        return _refused(lang, token, page, PledgeForm(page, formdata=None), broken)
    wake("pledges")
    wake("outbox")
    return redirect(url_for(".pledge", lang=lang, token=token, answered=answer, _anchor="successor"), code=303)


def _refused(lang: str, token: str, page: PledgePage, form: PledgeForm, broken: DomainError) -> ResponseReturnValue:
    """Show the broken rule; an amount that is already in force is not an error."""
    if isinstance(broken, PledgeUnchanged):
        return redirect(url_for(".pledge", lang=lang, token=token, unchanged=Act.CHANGE.value), code=303)
    return _page(page, token, form, problem=pledge_words.sentence_of(broken), status=HTTPStatus.CONFLICT)


@bp.post("/<language:lang>/p/<token>/receipts")
@limiter.limit("60 per 10 minutes")
def show_pledge_receipts(lang: str, token: str) -> ResponseReturnValue:
    """Let this browser download the receipts, once it has shown that it reads the mailbox they went to."""
    page = _page_of(read(token))
    if step := ask_for_code(page, "receipts", language=lang):
        form = PledgeForm(page, formdata=None)
        form.step = step
        return _page(page, token, form, status=step.status)
    answer = make_response(redirect(url_for(".pledge", lang=lang, token=token, _anchor="receipts"), code=303))
    remember_proof(answer, page)
    return answer


@bp.get("/<language:lang>/p/<token>/receipt/<number>")
@limiter.limit("30 per minute")
def pledge_receipt(lang: str, token: str, number: str) -> ResponseReturnValue:
    """The PDF of one month's receipt, for donors who proved their mailbox; others are led to the code."""
    link = read(token)
    known = receipt_of_month(link, number, at=current_context().clock.now())
    if not is_proven(_page_of(link)):
        return redirect(url_for(".pledge", lang=lang, token=token, _anchor="receipts"), code=303)
    pdf = receipt_pdf(known)
    answer = discreet(make_response(pdf))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return answer


def _offer(page: PledgePage) -> Offer | None:
    return giving_options(page.campaign_slug).offer_for(page.gift.currency)


def _page_of(link: PledgeLink) -> PledgePage:
    return pledge_page(link, at=current_context().clock.now())


def _detail(act: Act, page: PledgePage, form: PledgeForm) -> dict[str, object]:
    """What an act needs to know besides its name; FormNotValid where that was typed wrong."""
    if act is Act.CHANGE:
        gift, cover = form.amounts()
        return {"gift_minor": gift.minor, "cover_minor": cover.minor}
    if act is Act.PAUSE and page.can(act):
        months = form.months([offered for offered, _at in _pauses(page)])
        return {"until": _after_months(page, months)} if months else {}
    return {"until": _after_months(page, 1)} if act is Act.SKIP else {}


def _after_months(page: PledgePage, months: int) -> str | None:
    """Until when to pause so that so many gifts are left out."""
    last = page.charge_after(months - 1)
    return end_of_skip(last).isoformat() if last else None


def _done(order: PledgeOrder) -> dict[str, Any]:  # values of an address
    context = current_context()
    try:
        state = execute(order.public_id, context=context)
    except (PaymentsUnavailable, PaymentsNotConfigured, DatabaseBusy):
        state = PledgeRequestState.REQUESTED
    if state == PledgeRequestState.REQUESTED:
        wake("pledges")
    wake("outbox")
    return {state: order.act.value}


def _to_card_page(lang: str, token: str, page: PledgePage, order: PledgeOrder) -> ResponseReturnValue:
    """Redirect to the provider's page for another card; the new card is picked up when the donor returns, or by a worker."""
    config: Config = current_app.config["KURAK"]
    back = config.public_url + url_for(".pledge", lang=lang, token=token, back=order.public_id)
    try:
        address = current_context().payments.pledges.card_page(page.customer_id, return_url=back, language=lang)
    except (PaymentsUnavailable, PaymentsNotConfigured, PaymentRefused):
        return _page(
            page,
            token,
            PledgeForm.of(page),
            problem=pledge_words.NO_CARD_PAGE,
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        )
    return redirect(address, code=303)


def _page(
    page: PledgePage,
    token: str,
    form: PledgeForm,
    *,
    notice: "pledge_words.Notice | None" = None,
    problem: object = None,
    status: int = 200,
) -> Response:
    answer = make_response(
        render_template(
            "donations/pledge.html",
            site=campaign_named(page.campaign_slug),
            pledge=page,
            takes_gifts=giving_options(page.campaign_slug).is_open_on(local_day(current_context().clock.now())),
            token=token,
            form=form,
            notice=notice,
            problem=problem,
            is_proven=is_proven(page),
            takes_currency=_offer(page) is not None,
            request_id=new_public_id(),
            pauses=_pauses(page),
            is_being_charged=page.is_last_being_charged(current_context().clock.now()),
            words=pledge_words,
            refusal=card_refusal_words(page.due.reason).page if page.due else None,
            choices=choices,
            Act=Act,
            same_page=lambda code: url_for(".pledge", lang=code, token=token),
            switches=lambda code: url_for(".redraw_pledge", lang=code, token=token),
        ),
        status,
    )
    return discreet(answer)


def _pauses(page: PledgePage) -> list[tuple[int, datetime]]:
    """How many gifts may be left out, and when the next one would be, before the campaign ends."""
    last = page.last_charge_at
    offered = [(months, page.charge_after(months)) for months in (1, 2, 3, 6, 12)]
    return [(months, at) for months, at in offered if at and last and at <= last]
