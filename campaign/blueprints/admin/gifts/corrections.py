"""Correcting the name on a gift's receipt and its donor's address; the receipt is replaced and emailed again."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.form_values import Asked, asked_in_form
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person, typed
from campaign.config import Config
from campaign.domain.errors import DomainError, FormReused
from campaign.domain.identity import new_public_id
from campaign.domain.typed_text import one_line
from campaign.gateway_registry import gateways
from campaign.jobs import wake
from campaign.services.gifts.corrections import Correction, NothingToCorrect, NotPaid, correct
from campaign.services.gifts.held_receipts import StillHeld
from campaign.services.gifts.timeline import DonationStory, donation_story

AT_NAME = (NothingToCorrect, StillHeld)
NAME_MAX = 200


@bp.get("/donations/<public_id>/correct")
def correction(public_id: str) -> ResponseReturnValue:
    """The form, with what we have."""
    gift = donation_story(campaign().id, public_id, sees_donors=True)
    if gift.state != "paid":
        return refused(NotPaid(), "admin.donation", public_id=public_id)
    known = {"receipt_name": gift.name_on_receipt or "", "email": gift.email or "", "form_id": new_public_id()}
    return _form(gift, Asked({**known, **typed()}))


@bp.post("/donations/<public_id>/correct")
def correct_donation(public_id: str) -> ResponseReturnValue:
    """Correct it, replace the receipt, and email the new one."""
    gift = donation_story(campaign().id, public_id, sees_donors=True)
    asked = asked_in_form(form_id=new_public_id())
    form_id = asked.form_id(told_at="reason")
    email = asked.email("email") if asked.text("email") or gift.email else ""
    reason = asked.required("reason", _("Say why."))
    if asked.mistakes:
        return _form(gift, asked), 422
    order = Correction(
        campaign_id=campaign().id,
        donation_public_id=public_id,
        receipt_name=one_line(asked.text("receipt_name"))[:NAME_MAX],
        email=email,
        reason=reason,
        actor_id=person().id,
        public_id=form_id,
    )
    config: Config = current_app.config["KURAK"]
    try:
        number = correct(order, clock=gateways().clock, public_url=config.public_url)
    except (FormReused, *AT_NAME) as error:
        asked.refuse("receipt_name", error, words.sentence_of(error))
        return _form(gift, asked), 422
    except DomainError as error:
        return refused(error, "admin.donation", public_id=public_id)
    wake("outbox")
    wake("papers")
    message = (
        _("Corrected. Receipt %(number)s will be emailed within a minute.", number=number)
        if number
        else _("Corrected.")
    )
    return done(message, "admin.donation", public_id=public_id)


def _form(gift: DonationStory, asked: Asked) -> str:
    receipt = next((it for it in gift.receipts if it.state == "issued"), None)
    return render_template("admin/gifts/correction.html", gift=gift, asked=asked, receipt=receipt)
