"""Publishing an update: now or at a time, back to a draft, and withdrawing it."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.news.forms import PublishForm, RevisionForm, WithdrawForm
from campaign.domain.errors import DomainError
from campaign.domain.news import PublicationInPast
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.languages import language_name
from campaign.services.news import publishing
from campaign.services.news import updates as update_list
from campaign.services.news.publishing import UpdateAct
from campaign.services.news.readers import confirmed_count


@bp.get("/updates/<public_id>/publish")
def publish_form(public_id: str) -> ResponseReturnValue:
    """The form: now, or when."""
    view = update_list.one_update(campaign().id, public_id)
    return _publish_page(public_id, PublishForm(data={"revision": str(view.revision)}))


@bp.post("/updates/<public_id>/publish")
def publish_update(public_id: str) -> ResponseReturnValue:
    """Publish, or let a worker publish later."""
    form = PublishForm()
    if not form.validate():
        return _publish_page(public_id, form), form.status
    clock = current_context().clock
    try:
        if form.is_now:
            publishing.publish(_act(public_id, form), is_emailed=form.emailed.data, clock=clock)
            wake("outbox")
            return done(_("The update is published."), "admin.update", public_id=public_id)
        publishing.schedule(_act(public_id, form), publish_at=form.moment, is_emailed=form.emailed.data, clock=clock)
    except PublicationInPast as error:
        form.refuse("time", words.sentence_of(error))
        return _publish_page(public_id, form), form.status
    except DomainError as error:
        return refused(error, "admin.update", public_id=public_id)
    return done(_("The update is scheduled."), "admin.update", public_id=public_id)


@bp.post("/updates/<public_id>/unschedule")
def unschedule_update(public_id: str) -> ResponseReturnValue:
    """Make a scheduled update a draft again."""
    try:
        publishing.unschedule(_act(public_id, RevisionForm()), clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.update", public_id=public_id)
    return done(
        _("The update is a draft again. It will not be published automatically."), "admin.update", public_id=public_id
    )


@bp.get("/updates/<public_id>/withdraw")
def withdraw_form(public_id: str) -> ResponseReturnValue:
    """The form: why."""
    view = update_list.one_update(campaign().id, public_id)
    return _withdraw_page(public_id, WithdrawForm(data={"revision": str(view.revision)}))


@bp.post("/updates/<public_id>/withdraw")
def withdraw_update(public_id: str) -> ResponseReturnValue:
    """Take a published update off every page."""
    form = WithdrawForm()
    if not form.validate():
        return _withdraw_page(public_id, form), form.status
    try:
        publishing.withdraw(_act(public_id, form), reason=form.reason.data, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.update", public_id=public_id)
    return done(_("The update is withdrawn."), "admin.update", public_id=public_id)


def _act(public_id: str, form: RevisionForm) -> UpdateAct:
    return UpdateAct(campaign_id=campaign().id, public_id=public_id, revision=form.revision_read, actor_id=person().id)


def _publish_page(public_id: str, form: PublishForm) -> str:
    view = update_list.one_update(campaign().id, public_id)
    missing = [language_name(code) for code in campaign().languages if code not in view.languages]
    return render_template(
        "admin/news/publish.html",
        update=view,
        form=form,
        missing=missing,
        readers=confirmed_count(campaign().id),
        at=current_context().clock.now(),
    )


def _withdraw_page(public_id: str, form: WithdrawForm) -> str:
    return render_template(
        "admin/news/withdraw.html", update=update_list.one_update(campaign().id, public_id), form=form
    )
