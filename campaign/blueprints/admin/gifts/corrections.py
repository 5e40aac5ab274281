"""Correcting the name on a gift's receipt and its donor's address; the receipt is replaced and emailed again."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.gifts.forms import CorrectionForm
from campaign.blueprints.admin.guard import draft_fields, person
from campaign.domain.donation import DonationState
from campaign.domain.errors import DomainError, FormReused
from campaign.domain.form_version import ChangedMeanwhile
from campaign.domain.receipt import ReceiptState
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.gifts.corrections import Correction, NothingToCorrect, NotPaid, correct, details_version
from campaign.services.gifts.receipts_on_hold import StillOnHold
from campaign.services.gifts.timeline import GiftDetails, gift_details

SHOWN_AT_NAME = (FormReused, NothingToCorrect, StillOnHold)


@bp.get("/donations/<public_id>/correct")
def correction(public_id: str) -> ResponseReturnValue:
    """The form, with what is known."""
    gift = gift_details(campaign().id, public_id, sees_donors=True)
    if gift.state != DonationState.PAID:
        return refused(NotPaid(), "admin.donation", public_id=public_id)
    return _form_page(gift, _stored(gift, **draft_fields()))


def _stored(gift: GiftDetails, **draft: str) -> CorrectionForm:
    """Return the form with what is stored now, and what was typed before a sign-in."""
    stored = {"receipt_name": gift.name_on_receipt, "email": gift.email}
    version = details_version(gift.name_on_receipt, gift.email)
    return CorrectionForm(has_email=bool(gift.email), formdata=None, data={"version": version, **stored, **draft})


@bp.post("/donations/<public_id>/correct")
def correct_donation(public_id: str) -> ResponseReturnValue:
    """Correct it, replace the receipt, and email the new one."""
    gift = gift_details(campaign().id, public_id, sees_donors=True)
    form = CorrectionForm(has_email=bool(gift.email))
    if not form.validate():
        return _form_page(gift, form), form.status
    try:
        number = correct(_order(public_id, form), context=current_context())
    except ChangedMeanwhile:
        gift = gift_details(campaign().id, public_id, sees_donors=True)
        if form.conflicts_with(_stored(gift, reason=form.reason.data)):
            return _form_page(gift, form), form.status
        return done(_message(None), "admin.donation", public_id=public_id)
    except SHOWN_AT_NAME as error:
        form.refuse_rule(error, "receipt_name")
        return _form_page(gift, form), form.status
    except DomainError as error:
        return refused(error, "admin.donation", public_id=public_id)
    wake("outbox")
    wake("receipts")
    return done(_message(number), "admin.donation", public_id=public_id)


def _order(public_id: str, form: CorrectionForm) -> Correction:
    return Correction(
        campaign_id=campaign().id,
        donation_public_id=public_id,
        receipt_name=form.receipt_name.data,
        email=form.email.data,
        reason=form.reason.data,
        actor_id=person().id,
        public_id=form.form_id.data,
        version=form.version.data,
    )


def _message(number: str | None) -> str:
    if not number:
        return str(_("Corrected."))
    return str(_("Corrected. Receipt %(number)s will be emailed within a minute.", number=number))


def _form_page(gift: GiftDetails, form: CorrectionForm) -> str:
    receipt = next((receipt for receipt in gift.receipts if receipt.state == ReceiptState.ISSUED), None)
    return render_template("admin/gifts/correction.html", gift=gift, form=form, receipt=receipt)
