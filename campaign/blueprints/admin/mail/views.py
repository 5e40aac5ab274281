"""Mails at the desk: what was sent, what waits or could not leave, and sending one again, to a corrected address too."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.form_values import Asked, asked_in_address, asked_in_form
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person, person_can, typed
from campaign.blueprints.admin.mail import words as mail_words
from campaign.domain.errors import DomainError, FormReused
from campaign.domain.identity import new_public_id
from campaign.domain.mail import RETIRED_MAIL_STATES
from campaign.gateway_registry import gateways
from campaign.jobs import wake
from campaign.services.mail import listing, resending
from campaign.services.mail.listing import MailFilter, MailRow
from campaign.services.mail.resending import ResendOrder


@bp.get("/mails")
def mails() -> ResponseReturnValue:
    """Fifty mails a page, of one state or all, found by address, receipt or gift."""
    asked = asked_in_address()
    wanted = MailFilter(
        campaign_id=campaign().id,
        with_shared=person().is_for_all_campaigns,
        state=asked.filter_choice("state", words.MAIL, retired=RETIRED_MAIL_STATES),
        text=asked.text("text"),
        before=asked.text("before"),
    )
    rows, has_more = listing.mails(wanted)
    return render_template(
        "admin/mail/list.html",
        asked=asked,
        state=wanted.state,
        rows=rows,
        mail_words=mail_words,
        older_url=asked.with_(before=rows[-1].public_id) if has_more else None,
    )


@bp.get("/mails/<public_id>/again")
def mail_again(public_id: str) -> ResponseReturnValue:
    """The form: to which address, and why."""
    mail = _mail(public_id)
    if not mail.is_resendable:
        return refused(resending.refusal_of(mail), "admin.mails")
    return _form(mail, Asked({"recipient": mail.recipient, "form_id": new_public_id(), **typed()}))


@bp.post("/mails/<public_id>/again")
def send_mail_again(public_id: str) -> ResponseReturnValue:
    """Queue it once more, for another address too where this person looks after donors' data; why is in the audit trail."""
    mail, asked = _mail(public_id), asked_in_form(form_id=new_public_id())
    form_id = asked.form_id(told_at="reason")
    recipient = asked.email("recipient") if _may_redirect() else mail.recipient
    reason = asked.required("reason", _("Say why."))
    if asked.mistakes:
        return _form(mail, asked), 422
    order = ResendOrder(
        campaign_id=campaign().id,
        mail_public_id=public_id,
        recipient=recipient,
        reason=reason,
        actor_id=person().id,
        public_id=form_id,
        with_shared=person().is_for_all_campaigns,
    )
    try:
        resending.resend(order, clock=gateways().clock)
    except FormReused as error:
        asked.refuse("reason", error, words.sentence_of(error))
        return _form(mail, asked), 422
    except DomainError as error:
        return refused(error, "admin.mails")
    wake("outbox")
    return done(_("The email will be sent within a minute."), "admin.mails")


def _mail(public_id: str) -> MailRow:
    return listing.mail(campaign().id, public_id, with_shared=person().is_for_all_campaigns)


def _form(mail: MailRow, asked: Asked) -> str:
    return render_template(
        "admin/mail/resend.html", mail=mail, asked=asked, mail_words=mail_words, may_redirect=_may_redirect()
    )


def _may_redirect() -> bool:
    """An email brings a receipt or a link to a monthly gift: whoever may not correct an address sends it nowhere else."""
    return person_can("admin.correct_donation")
