"""The inbox: the provider's events, their states, and replaying one or many."""

from collections.abc import Mapping
from datetime import timedelta

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.filters import ListFilters, list_filters
from campaign.blueprints.admin.frame import done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.inbox import words
from campaign.blueprints.admin.inbox.forms import ReplayForm, ReplayStep
from campaign.domain.errors import DomainError
from campaign.domain.provider_events import ATTENTION_EVENT_STATES, RETIRED_EVENT_STATES, EventState, event_types
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.inbox import listing
from campaign.services.inbox.listing import MAX_COUNT, InboxFilter
from campaign.services.inbox.replays import MAX_MANY, preview_of, replay, replay_many, set_aside

PAGE_ROWS = 50
ALL, LOOK = "all", "attention"
AGES: Mapping[str, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
"""Older than so much."""


@bp.get("/inbox")
def inbox() -> ResponseReturnValue:
    """Events by state; without a filter, those that need attention are shown first."""
    filters, counts = list_filters(), listing.count_by_state()
    needs_attention = sum(counts.get(state, 0) for state in ATTENTION_EVENT_STATES)
    state = _state(filters) or (LOOK if needs_attention else ALL)
    rows = listing.events(_criteria(filters, state, before_id=filters.number("before")), limit=PAGE_ROWS)
    return render_template(
        "admin/inbox/list.html",
        filters=filters,
        state=state,
        rows=rows,
        counts=counts,
        needs_attention=needs_attention,
        count_max=MAX_COUNT,
        meanings=words,
        types=sorted(event_types()),
        oldest=listing.oldest_waiting(),
        pager=filters.pager(rows[-1].id if len(rows) == PAGE_ROWS else None),
    )


@bp.get("/inbox/<event_id>")
def inbox_event(event_id: str) -> ResponseReturnValue:
    """One event with its payload, and why it has not been processed."""
    return render_template("admin/inbox/event.html", event=listing.event(event_id), meanings=words)


@bp.post("/inbox/<event_id>/replay")
def replay_event(event_id: str) -> ResponseReturnValue:
    """Process it again; nothing is done twice."""
    try:
        replay(event_id, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.inbox_event", event_id=event_id)
    wake("inbox")
    return done(_("The event will be processed again within a minute."), "admin.inbox_event", event_id=event_id)


@bp.post("/inbox/<event_id>/set-aside")
def set_event_aside(event_id: str) -> ResponseReturnValue:
    """Set it aside: it stays stored and no longer needs attention."""
    try:
        set_aside(event_id, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.inbox_event", event_id=event_id)
    return done(_("The event is set aside and stored."), "admin.inbox_event", event_id=event_id)


@bp.post("/inbox/replay")
def replay_events() -> ResponseReturnValue:
    """Replay the ticked events, or all that the filters describe; how many they are is shown first."""
    form = ReplayForm()
    if not form.validate():
        abort(400)
    if not form.is_for_something:
        return done(_("Select at least one event."), "admin.inbox", **form.filters)
    criteria = _criteria_of_form(form)
    if form.step.data == ReplayStep.CONFIRM and form.up_to.data is not None:
        count = replay_many(criteria, up_to_id=form.up_to.data, actor_id=person().id, clock=current_context().clock)
        wake("inbox")
        message = ngettext("%(num)s event is processed again.", "%(num)s events are processed again.", count)
        return done(message, "admin.inbox", **form.filters)
    return render_template("admin/inbox/replay.html", form=form, preview=preview_of(criteria), max_events=MAX_MANY)


def _criteria_of_form(form: ReplayForm) -> InboxFilter:
    if form.event.data:
        return InboxFilter(event_ids=tuple(form.event.data[:PAGE_ROWS]))
    filters = ListFilters(form.filters)
    return _criteria(filters, _state(filters))


def _state(filters: ListFilters) -> str:
    return filters.choice("state", (*EventState, ALL, LOOK), retired=RETIRED_EVENT_STATES)


def _criteria(filters: ListFilters, state: str, *, before_id: int | None = None) -> InboxFilter:
    """What the filters of the page mean."""
    states = ATTENTION_EVENT_STATES if state == LOOK else () if state in {ALL, ""} else (EventState(state),)
    age = AGES.get(filters.choice("age", AGES))
    return InboxFilter(
        states=states,
        type=filters.text("type"),
        until=current_context().clock.now() - age if age else None,
        gift=filters.text("gift"),
        before_id=before_id,
    )
