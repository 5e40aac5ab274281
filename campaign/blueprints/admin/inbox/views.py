"""The inbox at the desk: what the provider told, what became of it, and telling it again, one event or many."""

from collections.abc import Mapping
from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.form_values import Asked, asked_in_address, asked_in_form
from campaign.blueprints.admin.frame import done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.inbox import words
from campaign.domain.errors import DomainError
from campaign.domain.provider_events import ATTENTION_EVENT_STATES, RETIRED_EVENT_STATES, EventState, event_types
from campaign.gateway_registry import gateways
from campaign.jobs import wake
from campaign.services.inbox import listing
from campaign.services.inbox.listing import COUNT_MAX, InboxFilter
from campaign.services.inbox.replays import MANY_MAX, preview_of, replay, replay_many, set_aside

PAGE_ROWS = 50
ALL, LOOK = "all", "attention"
AGES: Mapping[str, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
"""Older than so much."""
FILTERS = ("state", "type", "age", "gift")


@bp.get("/inbox")
def inbox() -> ResponseReturnValue:
    """Events by state; those that stand still are shown first, unless another state is asked for."""
    asked, counts = asked_in_address(), listing.count_by_state()
    needs_attention = sum(counts.get(state, 0) for state in ATTENTION_EVENT_STATES)
    state = _state(asked) or (LOOK if needs_attention else ALL)
    rows = listing.events(_wanted(asked, state, before_id=asked.number("before")), limit=PAGE_ROWS)
    return render_template(
        "admin/inbox/list.html",
        asked=asked,
        state=state,
        rows=rows,
        counts=counts,
        needs_attention=needs_attention,
        count_max=COUNT_MAX,
        meanings=words,
        types=sorted(event_types()),
        oldest=listing.oldest_waiting(),
        older_url=asked.with_(before=str(rows[-1].id)) if len(rows) == PAGE_ROWS else None,
    )


@bp.get("/inbox/<event_id>")
def inbox_event(event_id: str) -> ResponseReturnValue:
    """One event, word for word, and why it stands still."""
    return render_template("admin/inbox/event.html", event=listing.event(event_id), meanings=words)


@bp.post("/inbox/<event_id>/replay")
def replay_event(event_id: str) -> ResponseReturnValue:
    """Work it off again; what was done is not done twice."""
    try:
        replay(event_id, actor_id=person().id, clock=gateways().clock)
    except DomainError as error:
        return refused(error, "admin.inbox_event", event_id=event_id)
    wake("inbox")
    return done(_("The event will be processed again within a minute."), "admin.inbox_event", event_id=event_id)


@bp.post("/inbox/<event_id>/set-aside")
def set_event_aside(event_id: str) -> ResponseReturnValue:
    """Nothing will come of it: it asks for no attention any more, and is kept."""
    try:
        set_aside(event_id, actor_id=person().id, clock=gateways().clock)
    except DomainError as error:
        return refused(error, "admin.inbox_event", event_id=event_id)
    return done(_("The event is set aside and stored."), "admin.inbox_event", event_id=event_id)


@bp.post("/inbox/replay")
def replay_events() -> ResponseReturnValue:
    """Many at once: the ticked ones, or all that the filter means. First how many they are, then the act."""
    asked = asked_in_form()
    chosen = tuple(request.form.getlist("event"))[:PAGE_ROWS]
    wanted = InboxFilter(event_ids=chosen) if chosen else _wanted(asked, _state(asked))
    is_meant = bool(chosen) or asked.text("step") in {"all", "confirm"}
    if not is_meant:
        return done(_("Select at least one event."), "admin.inbox", **_kept(asked))
    up_to_id = asked.number("up_to")
    if asked.text("step") == "confirm" and up_to_id is not None:
        count = replay_many(wanted, up_to_id=up_to_id, actor_id=person().id, clock=gateways().clock)
        wake("inbox")
        told = ngettext("%(num)s event is processed again.", "%(num)s events are processed again.", count)
        return done(told, "admin.inbox", **_kept(asked))
    preview = preview_of(wanted)
    return render_template(
        "admin/inbox/replay.html", asked=asked, chosen=chosen, preview=preview, most=MANY_MAX, filters=FILTERS
    )


def _state(asked: Asked) -> str:
    return asked.filter_choice("state", (*EventState, ALL, LOOK), retired=RETIRED_EVENT_STATES)


def _wanted(asked: Asked, state: str, *, before_id: int | None = None) -> InboxFilter:
    """What the filters of the page mean."""
    states = ATTENTION_EVENT_STATES if state == LOOK else () if state in {ALL, ""} else (EventState(state),)
    age = AGES.get(asked.filter_choice("age", AGES))
    return InboxFilter(
        states=states,
        type=asked.text("type"),
        until=gateways().clock.now() - age if age else None,
        gift=asked.text("gift"),
        before_id=before_id,
    )


def _kept(asked: Asked) -> dict[str, str]:
    """The filters for the address of the page to go back to."""
    return {name: asked.text(name) for name in FILTERS if asked.text(name)}
