"""Writing to a segment: the text, a preview with who gets it and who is left out, then the sending and its counts."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.donors.criteria import DonorChoices
from campaign.blueprints.admin.donors.words import LEFT_OUT, MAIL_PURPOSES
from campaign.blueprints.admin.donors.writing_forms import SegmentMailForm
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.guard import draft_fields, person
from campaign.blueprints.admin.news.words import MAILING
from campaign.domain.donor import SegmentUnreadable
from campaign.domain.donor_consent import ConsentPurpose
from campaign.domain.news import MailingState
from campaign.domain.segment_mailing import NobodyAgreed, TooManyRecipients
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.donors import writing
from campaign.services.donors.filters import DonorFilter
from campaign.services.donors.segments import SegmentView, segment
from campaign.services.segment_mailings import sending

ACTS = {"pause": MailingState.PAUSED, "resume": MailingState.RUNNING}


@bp.get("/donors/segments/<public_id>/write")
def segment_mail_form(public_id: str) -> ResponseReturnValue:
    """The form, beside how many donors each kind of email reaches."""
    it, filters = _segment(public_id)
    form = SegmentMailForm(formdata=None, **draft_fields())
    return _page("write", it, filters, form)


@bp.post("/donors/segments/<public_id>/write")
def write_to_segment(public_id: str) -> ResponseReturnValue:
    """First show the preview, then, confirmed, begin to send."""
    it, filters = _segment(public_id)
    form = SegmentMailForm()
    if not form.is_ready:
        return _page("write", it, filters, form), form.status
    if not form.is_confirmed:
        return _page("write_preview", it, filters, form)
    new = writing.NewSegmentMailing(
        public_id=form.form_id.data,
        segment_name=it.name,
        filters=filters,
        purpose=ConsentPurpose(form.purpose.data),
        title=form.title.data,
        body=form.body.data,
        actor_id=person().id,
    )
    try:
        writing.start_segment_mailing(new, clock=current_context().clock)
    except (NobodyAgreed, TooManyRecipients) as error:
        form.refuse_rule(error)
        return _page("write", it, filters, form), form.status
    wake("outbox")
    return done(_("The emails are being sent."), "admin.segment_mailing", public_id=new.public_id)


@bp.get("/donors/mailings/<public_id>")
def segment_mailing(public_id: str) -> ResponseReturnValue:
    """What has been sent, waits and failed, and who was left out."""
    it = sending.segment_mailing(campaign().id, public_id)
    return render_template(
        "admin/donors/mailing.html", it=it, states=MAILING, purposes=MAIL_PURPOSES, left_out_words=LEFT_OUT
    )


@bp.post("/donors/mailings/<public_id>")
def act_on_segment_mailing(public_id: str) -> ResponseReturnValue:
    """Pause or resume."""
    it = sending.segment_mailing(campaign().id, public_id)
    state = ACTS.get(request.form.get("act", ""))
    if state is None:
        abort(400)
    sending.set_state(campaign().id, it.public_id, state, actor_id=person().id, clock=current_context().clock)
    wake("outbox")
    message = _("Resumed.") if state == MailingState.RUNNING else _("Paused. No more emails leave until you resume.")
    return done(message, "admin.segment_mailing", public_id=public_id)


def _segment(public_id: str) -> tuple[SegmentView, DonorFilter]:
    it = segment(campaign().id, public_id, as_of=DonorChoices.of(campaign()).today)
    if it.filters is None:
        raise SegmentUnreadable(public_id)
    return it, it.filters


def _page(name: str, it: SegmentView, filters: DonorFilter, form: SegmentMailForm) -> str:
    return render_template(
        f"admin/donors/{name}.html",
        segment=it,
        form=form,
        reach=writing.reach_of(filters),
        purposes=MAIL_PURPOSES,
        left_out_words=LEFT_OUT,
    )
