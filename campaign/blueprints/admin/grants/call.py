"""The call of a grant: whether people apply here, and the questions that they answer."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.grants.call_forms import FORMS, CallForm, QuestionForm
from campaign.blueprints.admin.grants.words import CALL_STATES, QUESTION_KINDS
from campaign.blueprints.admin.guard import person
from campaign.days import local_day
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.grant_call import CallIncomplete, OptionsFixed, Question, QuestionKind
from campaign.gateway_registry import current_context
from campaign.services.grants import call_changes
from campaign.services.grants.call import CallView, call_of
from campaign.services.grants.call_changes import CallEditor

KIND_IN_PATH = f"any({','.join(QuestionKind)})"


@bp.get("/plan/<public_id>/call")
def grant_call(public_id: str) -> ResponseReturnValue:
    """Show the questions, and whether applications are taken."""
    call = call_of(campaign().id, public_id)
    return _page(call, CallForm(formdata=None, data=_settings(call)))


@bp.post("/plan/<public_id>/call")
def save_grant_call(public_id: str) -> ResponseReturnValue:
    """Let people apply here, or not."""
    call, form = call_of(campaign().id, public_id), CallForm()
    if not form.validate():
        return _page(call, form), form.status
    try:
        call_changes.save_call(_editor(public_id), **form.settings)
    except CallIncomplete as error:
        form.refuse("is_online", words.sentence_of(error))
        return _page(call, form), form.status
    return done(_("Saved."), "admin.grant_call", public_id=public_id)


@bp.get(f"/plan/<public_id>/call/new/<{KIND_IN_PATH}:question_kind>")
def question_form(public_id: str, question_kind: str) -> ResponseReturnValue:
    """Show the form for a new question."""
    call = call_of(campaign().id, public_id)
    return _question_page(call, FORMS[QuestionKind(question_kind)](data={"is_required": True, "needs_yes": "yes"}))


@bp.post(f"/plan/<public_id>/call/new/<{KIND_IN_PATH}:question_kind>")
def add_question(public_id: str, question_kind: str) -> ResponseReturnValue:
    """Add a question at the end."""
    call, form = call_of(campaign().id, public_id), FORMS[QuestionKind(question_kind)]()
    if not form.validate():
        return _question_page(call, form), form.status
    try:
        call_changes.add_question(_editor(public_id), form.draft, form_id=form.new_id)
    except DomainError as error:
        return refused(error, "admin.grant_call", public_id=public_id)
    return done(_("Added."), "admin.grant_call", public_id=public_id)


@bp.get("/plan/<public_id>/call/<question_id>")
def question(public_id: str, question_id: str) -> ResponseReturnValue:
    """Show one question, to be changed."""
    call = call_of(campaign().id, public_id)
    known = _known(call, question_id)
    return _question_page(call, FORMS[known.kind](data=_data(known)), known)


@bp.post("/plan/<public_id>/call/<question_id>")
def save_question(public_id: str, question_id: str) -> ResponseReturnValue:
    """Change a question."""
    call = call_of(campaign().id, public_id)
    known = _known(call, question_id)
    form = FORMS[known.kind]()
    if not form.validate():
        return _question_page(call, form, known), form.status
    try:
        call_changes.change_question(_editor(public_id), question_id, form.draft)
    except OptionsFixed as error:
        form.refuse("options", words.sentence_of(error))
        return _question_page(call, form, known), form.status
    except DomainError as error:
        return refused(error, "admin.grant_call", public_id=public_id)
    return done(_("Saved."), "admin.grant_call", public_id=public_id)


@bp.post("/plan/<public_id>/call/<question_id>/up")
def move_question(public_id: str, question_id: str) -> ResponseReturnValue:
    """Move a question one place up."""
    call_changes.move_question(_editor(public_id), question_id)
    return done(_("Moved up."), "admin.grant_call", public_id=public_id)


@bp.post("/plan/<public_id>/call/<question_id>/remove")
def remove_question(public_id: str, question_id: str) -> ResponseReturnValue:
    """Ask a question no more."""
    call_changes.remove_question(_editor(public_id), question_id)
    return done(_("Removed."), "admin.grant_call", public_id=public_id)


def _settings(call: CallView) -> dict[str, object]:
    terms = call.terms
    return {"is_online": terms.is_online, "places": terms.places, "reviews_due_on": call.reviews_due_on}


def _editor(public_id: str) -> CallEditor:
    return CallEditor(campaign_id=campaign().id, grant=public_id, actor_id=person().id, clock=current_context().clock)


def _known(call: CallView, question_id: str) -> Question:
    known = next((each for each in call.questions if each.public_id == question_id), None)
    if known is None:
        raise NotFound(f"question:{question_id}")
    return known


def _data(known: Question) -> dict[str, object]:
    codes = {code for option in known.options for code in option}
    return {
        "label": dict(known.label),
        "hint": dict(known.hint),
        "is_required": known.is_required,
        "needs_yes": "yes" if known.needs_yes else "no",
        "max_length": known.max_length,
        "options": {code: "\n".join(option.get(code, "") for option in known.options) for code in codes},
    }


def _page(call: CallView, form: CallForm) -> str:
    today = local_day(current_context().clock.now())
    return render_template(
        "admin/grants/call.html",
        call=call,
        form=form,
        kinds=QUESTION_KINDS,
        state=CALL_STATES[call.state_on(today)],
    )


def _question_page(call: CallView, form: QuestionForm, known: Question | None = None) -> str:
    return render_template(
        "admin/grants/question.html", call=call, form=form, known=known, kind_name=QUESTION_KINDS[form.kind]
    )
