"""The donation form: it is shown, checked, and leads to the payment page."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from limits import RateLimitItemPerMinute

from campaign.blueprints.donations import bp, choices
from campaign.blueprints.donations.abuse_check import RETRY_AFTER_SECONDS as PAUSE_SECONDS
from campaign.blueprints.donations.abuse_check import AbuseCheck, abuse_check_of
from campaign.blueprints.donations.draft import LAST, draft_in_address, signed_draft, store_draft
from campaign.blueprints.donations.form_id import sign_form_id
from campaign.blueprints.donations.gift_cookie import gifts_in_cookie, remember_gift
from campaign.blueprints.donations.gift_form import GiveForm
from campaign.blueprints.donations.prefill import has_unknown_currency, of_address, of_gift
from campaign.blueprints.donations.redraw import has_usable_form_id, is_redraw, redraw
from campaign.blueprints.donations.summary import summary_of
from campaign.config import Config
from campaign.database import DatabaseBusy
from campaign.days import local_day
from campaign.domain.donation import DonationAlreadyPaid, DonationClosed, DonationState
from campaign.domain.errors import DomainError
from campaign.domain.gift_source import PARAMETERS
from campaign.domain.visits import is_counted
from campaign.extensions import limiter, visitor_key
from campaign.gateway_registry import current_context
from campaign.gateways.payments import PaymentRefused, PaymentsNotConfigured, PaymentsUnavailable
from campaign.i18n import page_language
from campaign.jobs import wake
from campaign.services.campaigns.cards import campaign_named
from campaign.services.campaigns.form_options import GivingOptions, giving_options
from campaign.services.campaigns.form_views import count_form_view
from campaign.services.drill.gate import lacks_drill, takes_card_gifts
from campaign.services.gifts.checkout import CheckoutStarted, NotAdmitted, start_checkout
from campaign.services.gifts.checkout_terms import CampaignEnded
from campaign.services.gifts.donor_view import DonorGiftView, gift_named, gift_of_form
from campaign.services.gifts.page_closing import PaidOnEarlierPage

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = {HTTPStatus.SERVICE_UNAVAILABLE: 60, HTTPStatus.TOO_MANY_REQUESTS: PAUSE_SECONDS}
SUBMIT_LIMIT = "600 per 10 minutes"
COUNTED_VIEWS = RateLimitItemPerMinute(10, 5)
"""How many opened forms of one network address are counted for the campaign’s staff."""
"""Per address, whatever the outcome: behind a mobile carrier's address hundreds of people give in an hour."""
FILLED_IN = ("amount", "campaign", "cover_fees", "currency", "frequency", "fund", "left", *PARAMETERS)
"""What an address may fill in."""
WAITING = {DonationState.CREATED, DonationState.OPEN}
UNPAID = {DonationState.CREATED, DonationState.OPEN, DonationState.EXPIRED, DonationState.FAILED}


class ForeignCheckout(DomainError):
    """The payment page's address is neither the provider's nor ours."""


@bp.get("/<language:lang>/donate")
def donate(lang: str) -> ResponseReturnValue:
    """The empty form, or one filled in from the address, or from this browser's gift whose payment page was left."""
    left = _left_gift()
    if left is not None and left.state not in UNPAID:
        return redirect(url_for(".thanks", lang=lang, s=left.checkout_id), code=303)
    options = giving_options(left.campaign_slug if left else request.args.get("campaign"))
    check = abuse_check_of(options)
    draft, data = draft_in_address(), of_gift(left) if left else of_address(options)
    if draft is not None:
        data, check.wants_code = draft
    form = GiveForm(check.options(options), clock=current_context().clock, data=data)
    shown_form = _shown_form(left or _waiting_gift(options))
    if draft is None or shown_form is not None or not has_usable_form_id(form):
        form.form_id.data = sign_form_id(shown_form, clock=current_context().clock)
    if draft is None and shown_form is None:
        _count_view(options, lang)
    return _page(form, check, left=left)


def _count_view(options: GivingOptions, lang: str) -> None:
    """Count a form that is opened anew, for the campaign's staff; see `domain.visits` for whom it leaves out."""
    agent, purpose = str(request.user_agent), request.headers.get("Sec-Purpose", "")
    if request.method != "GET" or not is_counted(agent, purpose=purpose, is_staff="_user_id" in session):
        return
    day = local_day(current_context().clock.now())
    if options.is_open_on(day) and _is_within_limit():
        count_form_view(options.slug, lang, day=day)


def _is_within_limit() -> bool:
    """Whether another form opened from this address is counted: nobody inflates the number by loading the page again.

    Many people share an address where phones reach the internet through one, so it is more than one form.
    """
    if not limiter.enabled:
        return True
    try:
        return limiter.limiter.hit(COUNTED_VIEWS, "form-view", visitor_key())
    except Exception:  # noqa: BLE001  # any of the store's errors: a count delays no form
        return False


@bp.post("/<language:lang>/donate")
@limiter.limit(SUBMIT_LIMIT)
def give(lang: str) -> ResponseReturnValue:
    """303 to the payment page; 422, 410, 429 or 503 with the form and everything that was typed.

    303 to the same form in another currency or language, where one of its switches was pressed.
    """
    options = giving_options(request.args.get("campaign"))
    check = abuse_check_of(options, is_switch=is_redraw())
    form = GiveForm(check.options(options), clock=current_context().clock)
    if is_redraw():
        return _redrawn(form, check, lang)
    if not form.validate_on_submit():
        return _page(form, check, status=422)
    if waiting := _waiting_gift(options):
        form.go_on_from(waiting)
    return _pay(form, check, lang)


def _redrawn(form: GiveForm, check: AbuseCheck, lang: str) -> ResponseReturnValue:
    """The way to the same form in another currency or language."""
    redraw(form)
    draft = signed_draft(form, wants_code=check.wants_code)
    if draft is None:
        return _page(form, check)
    answer = make_response(redirect(_draft_address(form.options, draft[0], lang=lang), code=303))
    store_draft(answer, draft[1])
    return answer


def _pay(form: GiveForm, check: AbuseCheck, lang: str) -> ResponseReturnValue:
    """Open the payment page of a valid form, or say why there is none."""
    gift = form.request_in(lang)
    try:
        started = _start_checkout(form, check, lang)
    except NotAdmitted as refusal:
        notice = check.explain(refusal.demand, form, lang)
        return _page(form, check, status=notice.status, problem=notice.problem)
    except PaidOnEarlierPage as error:
        return redirect(url_for(".thanks", lang=lang, s=error.checkout_id), code=303)
    except DonationAlreadyPaid:
        paid = gift_of_form(gift.form_id)
        return redirect(url_for(".thanks", lang=lang, s=paid.checkout_id if paid else None), code=303)
    except (DonationClosed, CampaignEnded) as closed:
        form.form_id.data = sign_form_id(clock=current_context().clock)
        return _page(form, check, status=410, problem=_sentence_of(closed))
    except (PaymentsUnavailable, PaymentsNotConfigured, PaymentRefused, ForeignCheckout, DatabaseBusy) as error:
        log.warning("no payment page could be opened: %s %s", type(error).__name__, error)
        return _page(
            form,
            check,
            status=503,
            problem=_(
                "Card payments aren’t working right now. You haven’t been charged, and your entries are "
                "saved. Please try again in a minute, or give in another way."
            ),
        )
    answer = make_response(redirect(started.url, code=303))
    remember_gift(answer, started.public_id)
    if started.has_superseded:
        wake("pages")
    return answer


def _sentence_of(closed: DonationClosed | CampaignEnded) -> str:
    if isinstance(closed, CampaignEnded):
        return str(_("The campaign closed meanwhile. You haven’t been charged."))
    return str(_("The payment page of this form has closed, and nothing was charged. Continue to open a new one."))


def _start_checkout(form: GiveForm, check: AbuseCheck, lang: str) -> CheckoutStarted:
    config: Config = current_app.config["KURAK"]
    context = current_context()
    if lacks_drill(context.payments.mode):
        raise PaymentsNotConfigured("no fire drill of this version has held")
    started = start_checkout(
        form.request_in(lang),
        context=context,
        admit=check.admission(form, lang),
    )
    parts = urlsplit(started.url)
    if f"{parts.scheme}://{parts.netloc}" not in {config.public_url, context.payments.checkout_origin}:
        raise ForeignCheckout(started.url)
    return started


def _page(
    form: GiveForm,
    check: AbuseCheck,
    *,
    status: int = 200,
    left: DonorGiftView | None = None,
    problem: str | None = None,
) -> Response:
    """Render the form. Only the browser may cache it, for its back button."""
    context, options = current_context(), form.options
    at = context.clock.now()
    if not form.form_id.data or (form.form_id.errors and not form.is_too_young):
        form.form_id.data = sign_form_id(clock=context.clock)
    is_open = options.is_open_on(local_day(at))
    draft = signed_draft(form, wants_code=check.wants_code) if request.method == "POST" else None
    page = render_template(
        "donations/donate.html",
        site=campaign_named(options.slug),
        options=options,
        form=form,
        check=check,
        offer=form.offer,
        errors=_mistakes(form),
        left=left,
        problem=problem,
        has_unknown_currency=request.method == "GET" and "draft" not in request.args and has_unknown_currency(options),
        is_step=status == HTTPStatus.UNPROCESSABLE_ENTITY,
        is_open=is_open,
        state=options.state_on(local_day(at)),
        at=at,
        takes_gifts=is_open and (takes_card_gifts(context.payments.mode) or problem is not None),
        summary=summary_of(form),
        choices=choices,
        same_page=_same_form,
        switches=_switches(options),
        draft=_draft_address(options, LAST) if draft else None,
    )
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "private, no-cache"
    if draft is not None:
        store_draft(answer, draft[1])
    if status in RETRY_AFTER_SECONDS:
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS[HTTPStatus(status)])
    return answer


def _same_form(language: str) -> str:
    """This form in another language, filled in from the address as before."""
    arguments: dict[str, Any] = {name: request.args[name] for name in FILLED_IN if name in request.args}
    return url_for(".donate", lang=language, **arguments)


def _switches(options: GivingOptions) -> Callable[[str], str]:
    """Where the form goes to be drawn again in each language; everything else is in the form."""
    slug = None if options.is_featured else options.slug
    return lambda code: url_for(".give", lang=code, campaign=slug)


def _draft_address(options: GivingOptions, name: str, *, lang: str | None = None) -> str:
    """Where a form that was sent is an ordinary page again."""
    slug = None if options.is_featured else options.slug
    return url_for(".donate", lang=lang or page_language(), campaign=slug, draft=name)


def _left_gift() -> DonorGiftView | None:
    """The gift whose payment page was left, in the browser that gave it; the address alone leads to nobody's gift."""
    public_id = request.args.get("left", "")
    return gift_named(public_id) if public_id in gifts_in_cookie() else None


def _waiting_gift(options: GivingOptions) -> DonorGiftView | None:
    """The newest gift of this browser to this campaign, while its payment page is still open.

    Any form in this browser continues that gift: the same answers lead to the same page, changed answers close it. So
    nobody pays twice by the back button or in two tabs.
    """
    newest = next(iter(gifts_in_cookie()), None)
    gift = gift_named(newest) if newest else None
    if gift is None or gift.campaign_slug != options.slug or gift.state is not DonationState.OPEN:
        return None
    return gift if gift.page_ends_at > current_context().clock.now() else None


def _shown_form(gift: DonorGiftView | None) -> str | None:
    """The form that leads to an open page; none where the page has closed."""
    return gift.shown_form_id if gift is not None and gift.state in WAITING else None


def _mistakes(form: GiveForm) -> list[tuple[str, str]]:
    """(id of the input, message) in the order of the page."""
    ids = {
        "amount": "amount-0",
        "fund": "fund-0",
        "form_id": "continue",
        "currency": "amount-0",
        "frequency": "frequency-0",
        "homepage": "continue",
    }
    return [(ids.get(field.name, field.name), str(field.errors[0])) for field in form if field.errors]
