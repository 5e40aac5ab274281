"""Emails: what was sent, is waiting or failed, and sending one again, to a corrected address too."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import covers_organisation, draft_fields, person, person_can
from campaign.blueprints.admin.mail import words as mail_words
from campaign.blueprints.admin.mail.forms import ResendForm
from campaign.domain.errors import DomainError, FormReused
from campaign.domain.mail import RETIRED_MAIL_STATES
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.mail import listing, resending
from campaign.services.mail.listing import MailFilter, MailRow
from campaign.services.mail.resending import ResendOrder


@bp.get("/mails")
def mails() -> ResponseReturnValue:
    """Fifty emails a page, of one state or all, found by address, receipt or gift."""
    filters = list_filters()
    criteria = MailFilter(
        campaign_id=campaign().id,
        with_shared=covers_organisation(),
        state=filters.choice("state", words.MAIL, retired=RETIRED_MAIL_STATES),
        text=filters.text("text"),
        before=filters.text("before"),
    )
    rows, has_more = listing.mails(criteria)
    return render_template(
        "admin/mail/list.html",
        filters=filters,
        state=criteria.state,
        rows=rows,
        mail_words=mail_words,
        pager=filters.pager(rows[-1].public_id if has_more else None),
    )


@bp.get("/mails/<public_id>/again")
def mail_again(public_id: str) -> ResponseReturnValue:
    """The form: to which address, and why."""
    mail = _mail(public_id)
    if not mail.is_resendable:
        return refused(resending.refusal_of(mail), "admin.mails")
    return _form_page(mail, ResendForm(data={"recipient": mail.recipient, **draft_fields()}))


@bp.post("/mails/<public_id>/again")
def send_mail_again(public_id: str) -> ResponseReturnValue:
    """Queue it once more, to another address too for a person who may correct one; the audit trail holds the reason."""
    mail, form = _mail(public_id), ResendForm()
    if not _may_redirect():
        del form.recipient
    if not form.validate():
        return _form_page(mail, form), form.status
    try:
        resending.resend(_order(mail, form), clock=current_context().clock)
    except FormReused as error:
        form.refuse_rule(error)
        return _form_page(mail, form), form.status
    except DomainError as error:
        return refused(error, "admin.mails")
    wake("outbox")
    return done(_("The email will be sent within a minute."), "admin.mails")


def _order(mail: MailRow, form: ResendForm) -> ResendOrder:
    return ResendOrder(
        campaign_id=campaign().id,
        mail_public_id=mail.public_id,
        recipient=form.recipient.data if "recipient" in form else mail.recipient,
        reason=form.reason.data,
        actor_id=person().id,
        public_id=form.form_id.data,
        with_shared=covers_organisation(),
    )


def _mail(public_id: str) -> MailRow:
    return listing.mail(campaign().id, public_id, with_shared=covers_organisation())


def _form_page(mail: MailRow, form: ResendForm) -> str:
    return render_template(
        "admin/mail/resend.html", mail=mail, form=form, mail_words=mail_words, may_redirect=_may_redirect()
    )


def _may_redirect() -> bool:
    """Whether this person may send an email to another address: only those who may correct a donor's address."""
    return person_can("admin.correct_donation")
