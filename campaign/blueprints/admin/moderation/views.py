"""The queue of names and messages: those that wait, those that are shown, those that staff took off the list."""

from http import HTTPStatus
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import pgettext

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.filters import ListFilters, list_filters
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.moderation.forms import AFTER, BEFORE, DecisionForm, ReviewForm
from campaign.domain.form_version import ChangedMeanwhile
from campaign.domain.identity import is_public_id
from campaign.gateway_registry import current_context
from campaign.services.campaigns import moderation as queue
from campaign.services.campaigns.moderation import REVIEW_STATES


@bp.get("/moderation")
def moderation() -> ResponseReturnValue:
    """Twenty-five names a page, those that wait the longest first."""
    return _page(list_filters())


@bp.post("/moderation/<public_id>")
def moderate(public_id: str) -> ResponseReturnValue:
    """Approve a name, or take it off the list for a reason; the same once more changes nothing."""
    form = DecisionForm()
    if not form.validate():
        if form.act.errors:
            abort(HTTPStatus.BAD_REQUEST)
        return _page(list_filters(), form=form, refused=public_id), form.status
    queue.set_visibility(
        campaign().id,
        public_id,
        is_shown=form.is_approved,
        actor_id=person().id,
        reason=form.reason.data,
        clock=current_context().clock,
    )
    message = _("Approved.") if form.is_approved else _("The name and message are off the supporters list.")
    filters = list_filters()
    following = {"then": name} if is_public_id(name := filters.text("then")) else {}
    return done(message, "admin.moderation", state=_state(filters), **following)


@bp.post("/moderation/setting")
def set_review() -> ResponseReturnValue:
    """Show names before or after somebody has looked at them."""
    form = ReviewForm()
    if not form.validate():
        abort(HTTPStatus.BAD_REQUEST)
    by: Any = {"actor_id": person().id, "clock": current_context().clock}
    try:
        queue.set_names_need_review(campaign().id, needs_review=form.is_before, version=form.version.data, **by)
    except ChangedMeanwhile:
        form.conflicts_with(_stored_review(needs_review=not form.is_before))
        return _page(list_filters(), review=form), form.status
    message = (
        _("New names wait here until somebody approves them.") if form.is_before else _("New names are shown at once.")
    )
    return done(message, "admin.moderation")


def _stored_review(*, needs_review: bool) -> ReviewForm:
    data = {"review": BEFORE if needs_review else AFTER, "version": queue.review_version(needs_review)}
    return ReviewForm(formdata=None, data=data)


def _state(filters: ListFilters) -> str:
    return filters.choice("state", REVIEW_STATES) or REVIEW_STATES[0]


def _page(
    filters: ListFilters, *, form: DecisionForm | None = None, refused: str = "", review: ReviewForm | None = None
) -> str:
    state = _state(filters)
    page = queue.moderation_page(campaign().id, state=state, before=filters.text("before"))
    return render_template(
        "admin/moderation/queue.html",
        campaign=campaign(),
        it=page,
        state=state,
        states={
            "waiting": _("Not looked at yet"),
            "shown": pgettext("name", "Approved"),
            "hidden": _("Taken off the list"),
        },
        form=form,
        refused=refused,
        query=f"?state={state}",
        then=filters.text("then"),
        review=review or _stored_review(needs_review=page.needs_review),
        next_url=filters.with_(state=state, before=page.rows[-1].public_id) if page.has_more else None,
        is_first=not filters.text("before") or request.method == "POST",
    )
