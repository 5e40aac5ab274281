"""Publishing a text: what will change, now or at a time, and back."""

from collections.abc import Callable

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.texts import words
from campaign.blueprints.admin.texts.forms import PublicationForm, ScheduleForm, UndoForm
from campaign.blueprints.admin.words import sentence_of
from campaign.days import local_day
from campaign.domain.campaign_state import CampaignStage
from campaign.domain.documents.differences import changes_between
from campaign.domain.documents.translation import TranslationState
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.i18n import moment
from campaign.services.content import publishing
from campaign.services.content.editing import DocumentState, document_state
from campaign.services.content.rows import kind_of


@bp.get("/texts/<document>/publish")
def check_text(document: str) -> ResponseReturnValue:
    """What a publication would change, what is in its way, and the buttons."""
    state = document_state(campaign().id, document)
    tomorrow = local_day(current_context().clock.now())
    return _check_page(state, ScheduleForm(data={"base": state.base, "day": tomorrow, "at": "09:00"}))


@bp.post("/texts/<document>/publish")
def publish_text(document: str) -> ResponseReturnValue:
    """Publish the draft now."""
    return publish_now(document, PublicationForm().base.data)


def publish_now(document: str, base: str) -> ResponseReturnValue:
    """Publish the draft with this fingerprint and lead back to its page."""

    def publish() -> None:
        publishing.publish_draft(
            campaign().id, document, base=base, actor_id=person().id, clock=current_context().clock
        )

    is_draft = campaign().stage == CampaignStage.DRAFT
    answer = (
        _("Published. Everybody sees it once the campaign is opened.")
        if is_draft
        else _("Published. The public page shows the new text.")
    )
    return _answer(document, publish, answer)


@bp.post("/texts/<document>/schedule")
def schedule_text(document: str) -> ResponseReturnValue:
    """Have the draft published at a time."""
    form = ScheduleForm()
    if not form.validate():
        return _check_page(document_state(campaign().id, document), form), form.status
    try:
        publishing.schedule_draft(
            campaign().id,
            document,
            base=form.base.data,
            publish_at=form.publish_at,
            actor_id=person().id,
            clock=current_context().clock,
        )
    except publishing.TimeHasPassed as error:
        form.refuse("day", sentence_of(error))
        return _check_page(document_state(campaign().id, document), form), form.status
    except DomainError as error:
        return refused(error, "admin.check_text", document=document)
    return done(_("It will be published on %(when)s.", when=moment(form.publish_at)), "admin.text", document=document)


@bp.post("/texts/<document>/unschedule")
def unschedule_text(document: str) -> ResponseReturnValue:
    """Cancel a planned publication."""

    def cancel() -> None:
        publishing.cancel_schedule(campaign().id, document, actor_id=person().id, clock=current_context().clock)

    return _answer(document, cancel, _("The planned publication is cancelled. The text stays in the draft."))


@bp.post("/texts/<document>/undo")
def undo_text(document: str) -> ResponseReturnValue:
    """Publish the version before the last one again."""
    form = UndoForm()
    number = int(form.number.data) if form.validate() else 0

    def undo() -> None:
        publishing.undo_publication(
            campaign().id, document, number, actor_id=person().id, clock=current_context().clock
        )

    return _answer(document, undo, _("The public page shows the version before again. Your text is in the draft."))


def _answer(document: str, act: Callable[[], None], message: str) -> ResponseReturnValue:
    try:
        act()
    except DomainError as error:
        return refused(error, "admin.text", document=document)
    return done(message, "admin.text", document=document)


def _check_page(state: DocumentState, form: ScheduleForm) -> str:
    translations = state.translations.items()
    return render_template(
        "admin/texts/publish.html",
        state=state,
        form=form,
        changes=changes_between(kind_of(state.name), state.published, state.draft, state.rules.languages),
        gaps={
            language: (
                sum(1 for (_path, code), each in translations if code == language and each is TranslationState.MISSING),
                sum(
                    1 for (_path, code), each in translations if code == language and each is TranslationState.OUTDATED
                ),
            )
            for language in state.rules.languages
        },
        texts=words,
    )
