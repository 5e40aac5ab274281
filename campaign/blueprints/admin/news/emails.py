"""The sending of an update by email: begin, follow, pause and resume."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.mail import words as mail_words
from campaign.blueprints.admin.news import words as news_words
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.languages import language_name
from campaign.services.news import mailing
from campaign.services.news import updates as update_list
from campaign.services.news.mailing_view import mailing_view
from campaign.services.news.readers import confirmed_count

ACTS = {"start": mailing.start_mailing, "pause": mailing.pause_mailing, "resume": mailing.resume_mailing}


@bp.get("/updates/<public_id>/emails")
def emails_of_update(public_id: str) -> ResponseReturnValue:
    """Whom it would go to; then what has been sent, waits and failed."""
    view = update_list.one_update(campaign().id, public_id)
    return render_template(
        "admin/news/emails.html",
        update=view,
        mailing=mailing_view(campaign().id, public_id),
        readers=confirmed_count(campaign().id),
        missing=[language_name(code) for code in campaign().languages if code not in view.languages],
        mail_words=mail_words,
        news_words=news_words,
    )


@bp.post("/updates/<public_id>/emails")
def act_on_emails(public_id: str) -> ResponseReturnValue:
    """Begin, pause or resume."""
    name = request.form.get("act", "")
    if name not in ACTS:
        abort(400)
    try:
        ACTS[name](campaign().id, public_id, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.emails_of_update", public_id=public_id)
    wake("outbox")
    return done(_sentence(name), "admin.emails_of_update", public_id=public_id)


def _sentence(act: str) -> str:
    match act:
        case "start":
            return str(_("The emails are being sent."))
        case "pause":
            return str(_("Paused. No more emails leave until you resume."))
        case _name:
            return str(_("Resumed."))
