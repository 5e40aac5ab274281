"""After the payment page: what our books say of the gift, never what an address bar says."""

import re

from flask import Response, abort, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from limits import parse
from limits.errors import StorageError

from campaign.blueprints.donations import bp, choices
from campaign.blueprints.donations.draft import delete_draft
from campaign.blueprints.donations.gift_cookie import gifts_in_cookie
from campaign.domain.donation import DonationFrequency, DonationState
from campaign.domain.errors import DomainError
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.campaigns.cards import campaign_named
from campaign.services.gifts.donor_view import DonorGiftView, gift_of_checkout
from campaign.services.gifts.progress import step_of
from campaign.services.gifts.settlement import refresh_checkout
from campaign.services.gifts.thank_you_page import afterwards_of, is_address_refused
from campaign.services.pledges.links import token_of_gift
from campaign.services.receipts.files import receipt_pdf
from campaign.services.receipts.listing import ReceiptView, receipt_of
from campaign.services.transfer_instructions import transfer_due

CHECKOUT_ID = re.compile(r"cs_[A-Za-z0-9_]{4,200}")
LOOK = parse("1 per 2 seconds")
"""How often views of our page may query the provider about one payment page."""
STATES = {
    DonationState.PAID: "paid",
    DonationState.EXPIRED: "failed",
    DonationState.FAILED: "failed",
}
"""What the page tells of a gift; of the other states it tells that we are confirming."""


@bp.get("/<language:lang>/thanks")
def thanks(lang: str) -> ResponseReturnValue:  # noqa: ARG001
    """Paid, confirming, failed or unknown, with names and receipt only for the browser that gave."""
    gift = _gift_now(request.args.get("s", ""))
    own = _if_own(gift)
    paid = gift if gift and gift.state is DonationState.PAID else None
    transfer = transfer_due(gift.public_id) if gift else None
    answer = _discreet(
        render_template(
            "donations/thanks.html",
            gift=gift,
            state=_state_of(gift),
            is_own=own is not None,
            receipt=receipt_of(own.public_id) if own else None,
            is_transfer=transfer is not None,
            transfer=transfer if own else None,
            pledge_token=_pledge_token(own) if own else None,
            afterwards=afterwards_of(paid.public_id) if paid else None,
            choices=choices,
            step=step_of(paid.public_id) if paid else None,
            same_page=_same_page,
            **_in_name_of(gift),
        )
    )
    if own and paid:
        delete_draft(answer)
    return answer


@bp.get("/<language:lang>/thanks/state")
def thanks_state(lang: str) -> ResponseReturnValue:  # noqa: ARG001
    """The state, and what became of the receipt, for the script of the page; the latter for the browser that gave alone."""
    gift = _gift_now(request.args.get("s", ""))
    is_paid_here = gift is not None and gift.state is DonationState.PAID and gift.public_id in gifts_in_cookie()
    receipt = receipt_of(gift.public_id) if gift and is_paid_here else None
    return _discreet(
        jsonify(
            state=_state_of(gift),
            has_receipt=receipt is not None and receipt.is_ready,
            is_address_refused=receipt is not None and is_address_refused(receipt.donation_public_id),
        )
    )


@bp.get("/<language:lang>/thanks/receipt/<number>")
@limiter.limit("30 per minute")
def own_receipt(lang: str, number: str) -> ResponseReturnValue:  # noqa: ARG001
    """The receipt's PDF for the browser that gave; for everybody else there is no such page."""
    mine: list[ReceiptView | None] = [receipt_of(public_id) for public_id in gifts_in_cookie()]
    if number not in {receipt.number for receipt in mine if receipt}:
        abort(404)
    answer = _discreet(receipt_pdf(number))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return answer


def _if_own(gift: DonorGiftView | None) -> DonorGiftView | None:
    """The gift, for the browser that gave; nothing for every other."""
    return gift if gift and gift.public_id in gifts_in_cookie() else None


def _pledge_token(gift: DonorGiftView) -> str | None:
    return (
        token_of_gift(gift.public_id, at=current_context().clock.now())
        if gift.frequency == DonationFrequency.MONTHLY
        else None
    )


def _gift_now(checkout_id: str) -> DonorGiftView | None:
    """The gift of a payment page; where its state is not final, the provider is queried first, within a limit."""
    if not CHECKOUT_ID.fullmatch(checkout_id):
        return None
    gift = gift_of_checkout(checkout_id)
    if gift is None or gift.state in STATES or not _may_look(checkout_id):
        return gift
    context = current_context()
    try:
        refresh_checkout(checkout_id, context=context)
    except DomainError:
        return gift  # not reached now; the webhook or the next look will tell
    wake("outbox")
    return gift_of_checkout(checkout_id)


def _may_look(checkout_id: str) -> bool:
    try:
        return not limiter.enabled or limiter.limiter.hit(LOOK, "look at checkout", checkout_id)
    except StorageError:
        return False  # the store of the limits is down; the webhook will tell


def _in_name_of(gift: DonorGiftView | None) -> dict[str, object]:
    """The gift's own campaign speaks; where there is no gift, the featured one."""
    return {"site": campaign_named(gift.campaign_slug)} if gift else {}


def _same_page(language: str) -> str:
    return url_for(".thanks", lang=language, s=request.args.get("s"))


def _state_of(gift: DonorGiftView | None) -> str:
    return STATES.get(gift.state, "confirming") if gift else "unknown"


def _discreet(page: str | bytes | Response) -> Response:
    """Forbid caching and indexing, and hide the address from other sites."""
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
