"""Refunds: how much and why, a preview of the effect, then the request; a job sends it to the provider."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.gifts.forms import RefundForm
from campaign.blueprints.admin.guard import draft_fields, person
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.gifts import refunds as gifts_refunds
from campaign.services.gifts.refunds import RefundOrder
from campaign.services.gifts.timeline import gift_details


@bp.get("/donations/<public_id>/refund")
def refund(public_id: str) -> ResponseReturnValue:
    """The form; what was typed before the password was requested again is still there."""
    gift = gift_details(campaign().id, public_id, sees_donors=True)
    if (blocker := gift.refunding.blocker) is not None:
        return refused(blocker, "admin.donation", public_id=public_id)
    return render_template(
        "admin/gifts/refund.html", gift=gift, form=RefundForm(gift.refunding.remaining, data=draft_fields())
    )


@bp.post("/donations/<public_id>/refund")
def request_refund(public_id: str) -> ResponseReturnValue:
    """First show the preview, then, confirmed, request the refund."""
    gift = gift_details(campaign().id, public_id, sees_donors=True)
    if (blocker := gift.refunding.blocker) is not None:
        return refused(blocker, "admin.donation", public_id=public_id)
    form = RefundForm(gift.refunding.remaining)
    if not form.is_ready:
        return render_template("admin/gifts/refund.html", gift=gift, form=form), form.status
    if not form.is_confirmed:
        return render_template("admin/gifts/refund_preview.html", gift=gift, form=form)
    try:
        gifts_refunds.request_refund(_order(public_id, form), clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.donation", public_id=public_id)
    wake("refunds")
    message = _("The refund is requested. The payment provider is notified within a minute.")
    return done(message, "admin.donation", public_id=public_id)


def _order(public_id: str, form: RefundForm) -> RefundOrder:
    return RefundOrder(
        donation_public_id=public_id,
        amount=form.refund,
        reason=form.reason.data,
        actor_id=person().id,
        public_id=form.form_id.data,
    )
