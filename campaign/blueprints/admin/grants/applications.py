"""Applications for grants: the list, one of them with its reviews, scores, conflicts, the decision and the letter."""

from collections.abc import Callable
from io import BytesIO

from flask import Response, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign, done, file_answer, refused
from campaign.blueprints.admin.grants import words as grant_words
from campaign.blueprints.admin.grants.application_forms import AssignForm, ConflictForm, ScoresForm, scores_form
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.permissions import CAMPAIGN
from campaign.domain.errors import DomainError
from campaign.domain.grant_application import HANDED_IN
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services import audit
from campaign.services.exports.applications import applications_sheet
from campaign.services.grants import desk, reviewing
from campaign.services.grants.desk import DeskApplication, Reader
from campaign.services.grants.desk_files import desk_file
from campaign.services.spreadsheets import FileFormat


def reader() -> Reader:
    """Return who reads: campaign staff all applications, others those that they review."""
    return Reader(staff_id=person().id, campaign_id=campaign().id, reads_all=bool(person().roles & CAMPAIGN))


@bp.get("/applications")
def applications() -> ResponseReturnValue:
    """The submitted applications, the last one first."""
    filters = list_filters()
    state = filters.choice("state", sorted(HANDED_IN))
    rows, has_more = desk.list_applications(reader(), state=state, before=filters.text("before"))
    return render_template(
        "admin/grants/applications.html",
        rows=rows,
        state=state,
        filters=filters,
        counts=desk.states_count(reader()),
        grant_words=grant_words,
        pager=filters.pager(rows[-1].public_id if has_more else None),
    )


@bp.get("/applications/<public_id>")
def application(public_id: str) -> ResponseReturnValue:
    """One application."""
    return _page(desk.one_application(reader(), public_id))


@bp.get("/applications/<public_id>/files/<file_id>")
def application_file(public_id: str, file_id: str) -> Response:
    """Send a file of an application, to be saved; who opened it is in the audit trail."""
    content = desk_file(reader(), public_id, file_id)
    audit.record_access(
        actor_id=person().id,
        action="application:file",
        subject=f"application:{public_id}",
        detail={},
        clock=current_context().clock,
    )
    answer = send_file(
        BytesIO(content.body), mimetype=content.media_type, as_attachment=True, download_name=content.name, max_age=0
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@bp.get("/applications/file.<any(csv,xlsx):file_format>")
def applications_file(file_format: FileFormat) -> Response:
    """Download the submitted applications."""
    filters = list_filters()
    state = filters.choice("state", sorted(HANDED_IN))
    file = applications_sheet(reader(), state=state, file_format=file_format)
    audit.record_access(
        actor_id=person().id,
        action="applications:download",
        subject=f"campaign:{campaign().slug}",
        detail={"format": file_format},
        clock=current_context().clock,
    )
    return file_answer(file, "applications", file_format)


@bp.post("/applications/<public_id>/reviewers")
def assign_reviewer(public_id: str) -> ResponseReturnValue:
    """Assign one of the two reviewers."""
    form = AssignForm()
    answer = _act(
        public_id,
        lambda: reviewing.assign(reader(), public_id, form.staff_id, context=current_context()),
        _("Assigned."),
    )
    wake("outbox")
    return answer


@bp.post("/applications/<public_id>/reviewers/<int(max=2147483647):staff_id>/remove")
def unassign_reviewer(public_id: str, staff_id: int) -> ResponseReturnValue:
    """Take a reviewer off who has not given scores."""
    return _act(
        public_id,
        lambda: reviewing.unassign(reader(), public_id, staff_id, clock=current_context().clock),
        _("Removed."),
    )


@bp.post("/applications/<public_id>/scores")
def score_application(public_id: str) -> ResponseReturnValue:
    """Give one's own scores."""
    known = desk.one_application(reader(), public_id)
    form = scores_form(known.own.call.criteria if known.own else [])
    if not form.validate():
        return _page(known, scores=form), form.status
    return _act(
        public_id,
        lambda: reviewing.give_scores(
            reader(), public_id, form.scores, comment=form.comment.data, clock=current_context().clock
        ),
        _("Your scores are recorded."),
    )


@bp.post("/applications/<public_id>/conflict")
def declare_conflict(public_id: str) -> ResponseReturnValue:
    """Declare a conflict of interest."""
    form = ConflictForm()
    if not form.validate():
        return _page(desk.one_application(reader(), public_id), conflict=form), form.status
    return _act(
        public_id,
        lambda: reviewing.declare_conflict(reader(), public_id, reason=form.reason.data, clock=current_context().clock),
        _("Recorded. Others will review this application."),
    )


def _act(public_id: str, act: Callable[[], None], message: str) -> ResponseReturnValue:
    try:
        act()
    except DomainError as error:
        return refused(error, "admin.application", public_id=public_id)
    return done(message, "admin.application", public_id=public_id)


def _page(known: DeskApplication, *, scores: ScoresForm | None = None, conflict: ConflictForm | None = None) -> str:
    people = desk.candidates(campaign().id, known.public_id) if known.is_open and known.needs_reviewers else []
    return render_template(
        "admin/grants/application.html",
        it=known,
        people=people,
        scores=scores or scores_form(known.own.call.criteria if known.own else []),
        conflict=conflict or ConflictForm(formdata=None),
        grant_words=grant_words,
        allocation_words=words.ALLOCATION,
    )
