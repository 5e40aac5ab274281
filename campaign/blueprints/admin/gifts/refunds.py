"""Sending money back: how much and why, what it will do, then the request; a job brings it to the provider."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.form_values import ASK_FOR_AMOUNT, Asked, asked_in_form
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person, typed
from campaign.domain.donation import RefundTooLarge
from campaign.domain.errors import DomainError
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.gateway_registry import gateways
from campaign.jobs import wake
from campaign.services.gifts.refunds import RefundOrder
from campaign.services.gifts.refunds import request_refund as write_down
from campaign.services.gifts.timeline import DonationStory, donation_story


@bp.get("/donations/<public_id>/refund")
def refund(public_id: str) -> ResponseReturnValue:
    """The form; what was typed before the password was asked for again is still there."""
    gift = donation_story(campaign().id, public_id, sees_donors=True)
    if gift.left is None:
        return refused(gift.refund_blocker, "admin.donation", public_id=public_id)
    return _form(gift, Asked({"form_id": new_public_id(), "amount": "", **typed()}))


@bp.post("/donations/<public_id>/refund")
def request_refund(public_id: str) -> ResponseReturnValue:
    """First the preview, then, confirmed, the request."""
    gift = donation_story(campaign().id, public_id, sees_donors=True)
    asked = asked_in_form(form_id=new_public_id())
    if gift.left is None:
        return refused(gift.refund_blocker, "admin.donation", public_id=public_id)
    form_id = asked.form_id(told_at="reason")
    amount, reason = _amount(asked, gift.left), asked.required("reason", _("Say why."))
    if asked.mistakes or amount is None or asked.text("step") == "change":
        return _form(gift, asked), 422 if asked.mistakes else 200
    if asked.text("step") != "confirm":
        return render_template("admin/gifts/refund_preview.html", gift=gift, asked=asked, amount=amount, reason=reason)
    order = RefundOrder(
        donation_public_id=public_id,
        amount=amount,
        reason=reason,
        actor_id=person().id,
        public_id=form_id,
    )
    try:
        write_down(order, clock=gateways().clock)
    except DomainError as error:
        return refused(error, "admin.donation", public_id=public_id)
    wake("refunds")
    return done(
        _("The refund is requested. The payment provider is notified within a minute."),
        "admin.donation",
        public_id=public_id,
    )


def _amount(asked: Asked, left: Money) -> Money | None:
    """All that is left, or the part that was typed."""
    if asked.text("how_much") == "whole":
        return left
    if not asked.text("amount"):
        asked.mistakes.append(("amount", str(ASK_FOR_AMOUNT)))
    amount = asked.money("amount", left.currency)
    if amount is not None and not 0 < amount.minor <= left.minor:
        asked.mistakes.append(("amount", words.sentence_of(RefundTooLarge())))
    return amount


def _form(gift: DonationStory, asked: Asked) -> str:
    return render_template("admin/gifts/refund.html", gift=gift, asked=asked)
