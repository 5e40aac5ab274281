"""Applying for a grant: an address, a link by email, then a draft in steps. No account; the link is the key."""

from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus
from io import BytesIO

from flask import Response, current_app, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from campaign.blueprints.public import application_words, bp
from campaign.blueprints.public.application_forms import (
    AnswersForm,
    BeginForm,
    ConditionsForm,
    GranteeConsentForm,
    answers_form,
    choices_of,
    conditions_form,
    field_name,
)
from campaign.blueprints.public.frame import address
from campaign.days import local_day
from campaign.domain.errors import Conflict
from campaign.domain.grant_application import (
    ApplicationChanged,
    ApplicationIncomplete,
    FileFlaw,
    FileRefused,
    NotEligible,
    WrongApplicationState,
)
from campaign.domain.grant_call import CallClosed, CallState
from campaign.domain.picture import PicturesBusy
from campaign.domain.retention import DAYS, RetentionName
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.campaigns.cards import CampaignCard, campaign_with_id
from campaign.services.grants import answering, beginning, files
from campaign.services.grants.call import call_of
from campaign.services.grants.files import FileUpload
from campaign.services.grants.own_application import OwnApplication, own_application
from campaign.web.error_pages import error_page, on_http_error
from campaign.web.page_cache import card_of
from campaign.web.request_bodies import MAX_ATTACHMENT_BYTES, UPLOADED
from campaign.web.security_headers import discreet

WRITES = "120 per 10 minutes"
READS = "600 per 10 minutes"
UPLOAD = "public.attach_file"
LONG_FORMS = frozenset({"public.save_answers", UPLOAD})


class ApplicationStep(StrEnum):
    """The pages of a draft, in their order."""

    CONDITIONS = "conditions"
    ANSWERS = "answers"
    FILES = "files"
    CHECK = "check"


STEP_IN_PATH = f"any({','.join(ApplicationStep)})"


@bp.url_value_preprocessor
def allow_attachments(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Let long answers come in whole, and one endpoint take a body with a file in it."""
    if endpoint == UPLOAD and request.environ.get(UPLOADED):
        request.max_content_length = MAX_ATTACHMENT_BYTES
    if endpoint in LONG_FORMS:
        request.max_form_memory_size = request.max_content_length


@bp.errorhandler(RequestEntityTooLarge)
def on_too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say how large a file may be, where one is attached."""
    if request.endpoint != UPLOAD:
        return on_http_error(error)
    return error_page(413, words=(_("This file is too big"), application_words.FILE_FLAWS[FileFlaw.TOO_BIG]))


@bp.get("/<language:lang>/grants/<public_id>/apply")
def begin_form(lang: str, public_id: str) -> ResponseReturnValue:  # noqa: ARG001
    """The form for an address; after it was sent, the same answer for every address."""
    return _begin_page(public_id, BeginForm(), is_sent="sent" in request.args)


@bp.post("/<language:lang>/grants/<public_id>/apply")
@limiter.limit("30 per 10 minutes")
def begin_application(lang: str, public_id: str) -> ResponseReturnValue:
    """Mail the link to a draft."""
    card, form = _card(), BeginForm()
    if not form.validate():
        return _begin_page(public_id, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    order = beginning.LinkOrder(
        campaign_id=card.id, grant=public_id, email=form.email.data, language=lang, address=request.remote_addr
    )
    beginning.mail_link(order, clock=current_context().clock, secret=str(current_app.secret_key))
    wake("outbox")
    return redirect(address(f"grants/{public_id}/apply", card, language=lang, sent=1), code=303)


@bp.get("/<language:lang>/applications/<token>")
@limiter.limit(READS)
def application(lang: str, token: str) -> ResponseReturnValue:  # noqa: ARG001
    """The steps of a draft, or what became of an application."""
    known = own_application(token)
    consent = GranteeConsentForm(data={"shows_name": known.shows_name, "shows_place": known.shows_place})
    return _page("public/application.html", known, token, form=consent)


@bp.get(f"/<language:lang>/applications/<token>/<{STEP_IN_PATH}:step>")
@limiter.limit(READS)
def application_step(lang: str, token: str, step: str) -> ResponseReturnValue:
    """One step of a draft; the conditions come before anything else."""
    known = own_application(token)
    if not known.is_draft or (step != ApplicationStep.CONDITIONS and not known.is_eligible):
        return _to(lang, token, None if not known.is_draft else ApplicationStep.CONDITIONS)
    if step == ApplicationStep.CONDITIONS:
        return _conditions_page(known, token, conditions_form(known))
    if step == ApplicationStep.ANSWERS:
        return _answers_page(known, token, answers_form(known))
    return _page(f"public/application_{step}.html", known, token)


@bp.post("/<language:lang>/applications/<token>/conditions")
@limiter.limit(WRITES)
def save_conditions(lang: str, token: str) -> ResponseReturnValue:
    """Save the answers to the conditions; go on where they are met."""
    form = conditions_form(own_application(token))
    if not form.validate():
        return _conditions_page(own_application(token), token, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    known = answering.save_conditions(token, form.answers, clock=current_context().clock)
    if known.is_eligible:
        return _to(lang, token, ApplicationStep.ANSWERS)
    for question in form.conditions:
        if not form.answers[question.public_id]:
            form[field_name(question)].errors = [_("Answer this question.")]
    return _conditions_page(known, token, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@bp.post("/<language:lang>/applications/<token>/answers")
@limiter.limit(WRITES)
def save_answers(lang: str, token: str) -> ResponseReturnValue:
    """Save a draft as far as it is written; what cannot be saved stays in the form."""
    known = own_application(token)
    form = answers_form(known)
    if not form.validate():
        return _answers_page(known, token, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        answering.save_answers(token, form.written(lang), clock=current_context().clock)
    except ApplicationChanged:
        form.revision.data = str(known.revision)
        return _answers_page(known, token, form, is_changed=True, status=HTTPStatus.CONFLICT)
    except WrongApplicationState:
        return _answers_page(known, token, form, is_closed=True, status=HTTPStatus.CONFLICT)
    if "save" in request.form:
        return redirect(
            url_for("public.application_step", lang=lang, token=token, step=ApplicationStep.ANSWERS, saved=1), 303
        )
    return _to(lang, token, ApplicationStep.FILES if known.call.files else ApplicationStep.CHECK)


@bp.post("/<language:lang>/applications/<token>/files")
@limiter.limit("40 per 10 minutes")
def attach_file(lang: str, token: str) -> ResponseReturnValue:
    """Attach a file to a question."""
    sent = request.files.get("file")
    upload = FileUpload(
        question=request.form.get("question", ""),
        file_name=sent.filename or "" if sent else "",
        data=sent.read() if sent else b"",
    )
    try:
        files.attach(token, upload, clock=current_context().clock)
    except FileRefused as error:
        sentence = application_words.FILE_FLAWS[error.flaw]
        return _files_page(token, upload.question, str(sentence), HTTPStatus.UNPROCESSABLE_ENTITY)
    except PicturesBusy:
        sentence = _("Others are sending pictures at the moment. Try again in a minute.")
        return _files_page(token, upload.question, sentence, HTTPStatus.SERVICE_UNAVAILABLE)
    return _to(lang, token, ApplicationStep.FILES)


@bp.post("/<language:lang>/applications/<token>/files/<file_id>/remove")
@limiter.limit(WRITES)
def remove_file(lang: str, token: str, file_id: str) -> ResponseReturnValue:
    """Remove a file from a draft."""
    files.remove(token, file_id)
    return _to(lang, token, ApplicationStep.FILES)


@bp.get("/<language:lang>/applications/<token>/files/<file_id>")
@limiter.limit(READS)
def own_file(lang: str, token: str, file_id: str) -> Response:  # noqa: ARG001
    """Send a file back to its applicant, to be saved and not opened in this site's name."""
    content = files.own_file(token, file_id)
    answer = send_file(
        BytesIO(content.body), mimetype=content.media_type, as_attachment=True, download_name=content.name, max_age=0
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return discreet(answer)


@bp.post("/<language:lang>/applications/<token>/check")
@limiter.limit(WRITES)
def submit_application(lang: str, token: str) -> ResponseReturnValue:
    """Submit an application; what is missing is said."""
    try:
        answering.submit(token, language=lang, clock=current_context().clock)
    except NotEligible:
        return _to(lang, token, ApplicationStep.CONDITIONS)
    except (CallClosed, ApplicationIncomplete) as error:
        status = HTTPStatus.CONFLICT if isinstance(error, Conflict) else HTTPStatus.UNPROCESSABLE_ENTITY
        return _page("public/application_check.html", own_application(token), token, is_refused=True, status=status)
    wake("outbox")
    return _to(lang, token, None)


@bp.post("/<language:lang>/applications/<token>/withdraw")
@limiter.limit(WRITES)
def withdraw_application(lang: str, token: str) -> ResponseReturnValue:
    """Withdraw an application."""
    return _done(lang, token, lambda: answering.withdraw(token, clock=current_context().clock))


@bp.post("/<language:lang>/applications/<token>/reopen")
@limiter.limit(WRITES)
def reopen_application(lang: str, token: str) -> ResponseReturnValue:
    """Make a withdrawn application a draft again."""
    return _done(lang, token, lambda: answering.reopen(token, clock=current_context().clock))


@bp.post("/<language:lang>/applications/<token>/consent")
@limiter.limit(WRITES)
def change_consent(lang: str, token: str) -> ResponseReturnValue:
    """Change what everybody may read, should they get the grant."""
    form = GranteeConsentForm()
    answering.change_consent(
        token, shows_name=form.shows_name.data, shows_place=form.shows_place.data, clock=current_context().clock
    )
    return _to(lang, token, None)


def _done(lang: str, token: str, act: Callable[[], None]) -> ResponseReturnValue:
    try:
        act()
    except (CallClosed, WrongApplicationState):
        known = own_application(token)
        consent = GranteeConsentForm(
            data={"shows_name": known.shows_name, "shows_place": known.shows_place}, formdata=None
        )
        return _page("public/application.html", known, token, form=consent, is_refused=True, status=HTTPStatus.CONFLICT)
    return _to(lang, token, None)


def _to(lang: str, token: str, step: ApplicationStep | None) -> ResponseReturnValue:
    if step is None:
        return redirect(url_for("public.application", lang=lang, token=token), 303)
    return redirect(url_for("public.application_step", lang=lang, token=token, step=step), 303)


def _card() -> CampaignCard:
    return card_of(request.args.get("campaign"))


def _begin_page(
    public_id: str, form: BeginForm, *, is_sent: bool = False, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    card = _card()
    call = call_of(card.id, public_id)
    state = call.state_on(local_day(current_context().clock.now()))
    page = render_template(
        "public/application_begin.html",
        site=card,
        call=call,
        form=form,
        is_sent=is_sent,
        state=state,
        sentence=application_words.CALLS[state],
    )
    return discreet(make_response(page, status))


def _conditions_page(
    known: OwnApplication, token: str, form: ConditionsForm, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    return _page("public/application_conditions.html", known, token, form=form, status=status)


def _answers_page(
    known: OwnApplication,
    token: str,
    form: AnswersForm,
    *,
    is_changed: bool = False,
    is_closed: bool = False,
    status: int = HTTPStatus.OK,
) -> ResponseReturnValue:
    if "check" in request.args:
        form.show_flaws(dict(known.flaws))
    facts = {"is_changed": is_changed, "is_closed": is_closed, "is_saved": "saved" in request.args}
    return _page("public/application_answers.html", known, token, form=form, status=status, **facts)


def _files_page(token: str, question: str, sentence: str, status: int) -> ResponseReturnValue:
    known = own_application(token)
    return _page("public/application_files.html", known, token, refused=(question, sentence), status=status)


def _page(
    template: str, known: OwnApplication, token: str, *, status: int = HTTPStatus.OK, **facts: object
) -> ResponseReturnValue:
    view_args = dict(request.view_args or {})
    endpoint = "public.application" if request.method == "POST" else str(request.endpoint)
    given = {name: value for name, value in view_args.items() if request.method == "GET" or name == "token"}

    def same_page(code: str) -> str:
        return url_for(endpoint, **{**given, "lang": code})

    state = known.call.state_on(local_day(current_context().clock.now()))
    page = render_template(
        template,
        site=campaign_with_id(known.campaign_id),
        application=known,
        call=known.call,
        token=token,
        lang=view_args["lang"],
        call_state=state,
        is_open=state is CallState.OPEN,
        words=application_words,
        field_name=field_name,
        choices_of=choices_of,
        stored_days=DAYS[RetentionName.APPLICATIONS],
        same_page=same_page,
        **facts,
    )
    return discreet(make_response(page, status))
