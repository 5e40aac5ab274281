"""The inbox for staff: filtered without reading it whole, and replayed one or many, with the trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event as hook
from sqlalchemy import insert, select, text

from campaign.database import transaction
from campaign.domain.errors import NotFound
from campaign.domain.provider_events import ATTENTION_EVENT_STATES, EventReason, EventState
from campaign.extensions import db
from campaign.models.inbox import ProviderEvent
from campaign.models.staff import AuditEvent
from campaign.services.inbox import listing, replays
from campaign.services.inbox.listing import MAX_COUNT, InboxFilter
from campaign.services.inbox.replays import MAX_MANY, preview_of, replay_many
from tests.services.engine import Engine
from tests.support.builders import NOW, a_campaign, a_donation

TYPES = ("charge.updated", "payment_intent.succeeded", "checkout.session.completed")
STATES = (
    *(EventState.PROCESSED, EventState.PROCESSED, EventState.PROCESSED, EventState.IGNORED),
    *(EventState.FAILED_PERMANENTLY, EventState.FAILED, EventState.WAITING_FOR_PARENT, EventState.NEW),
)


def fill(count: int, **facts: object) -> None:
    """So many events, one a minute, of every state and type in turn."""
    rows = [
        {
            "event_id": f"evt_{number:06}",
            "type": TYPES[number % len(TYPES)],
            "object_id": f"ch_{number}",
            "livemode": False,
            "created_at": NOW,
            "raw": b"{}",
            "received_at": NOW + timedelta(minutes=number),
            "state": STATES[number % len(STATES)],
            "next_try_at": NOW,
            **facts,
        }
        for number in range(count)
    ]
    with transaction() as session:
        session.execute(insert(ProviderEvent), rows)


def names(filters: InboxFilter, *, limit: int = 50) -> list[str]:
    return [row.event_id for row in listing.events(filters, limit=limit)]


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that the database gets in this block, with their values written in."""
    executed: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        executed.append(statement)

    hook.listen(db.engine, "before_cursor_execute", keep)
    try:
        yield executed
    finally:
        hook.remove(db.engine, "before_cursor_execute", keep)


def test_events_are_listed_newest_first_a_page_at_a_time(app: Flask) -> None:
    fill(20)
    first = listing.events(InboxFilter(), limit=8)
    second = listing.events(InboxFilter(before_id=first[-1].id), limit=8)
    assert [row.event_id for row in (*first, *second)] == [f"evt_{number:06}" for number in range(19, 3, -1)]


@pytest.mark.parametrize("state", sorted(set(STATES)))
def test_a_state_is_paged_without_a_gap_or_a_double(app: Flask, state: EventState) -> None:
    fill(60)
    listed, before = [], None
    while page := listing.events(InboxFilter(states=(state,), before_id=before), limit=4):
        listed += [row.event_id for row in page]
        before = page[-1].id
    expected = [f"evt_{number:06}" for number in reversed(range(60)) if STATES[number % len(STATES)] == state]
    assert listed == expected


def test_several_states_are_one_list(app: Flask) -> None:
    fill(16)
    assert names(InboxFilter(states=ATTENTION_EVENT_STATES)) == [f"evt_{number:06}" for number in (14, 13, 12, 6, 5, 4)]
    assert names(InboxFilter(states=ATTENTION_EVENT_STATES), limit=2) == ["evt_000014", "evt_000013"]


def test_type_and_state_and_age_narrow_together(app: Flask) -> None:
    fill(48)
    filters = InboxFilter(states=(EventState.PROCESSED,), type="charge.updated", until=NOW + timedelta(minutes=20))
    assert names(filters) == ["evt_000018", "evt_000009", "evt_000000"]
    assert names(InboxFilter(until=NOW - timedelta(minutes=1))) == []


def test_a_gifts_events_are_found_by_its_public_id(app: Flask) -> None:
    gift = a_donation(campaign=a_campaign())
    fill(3, donation_id=gift.id)
    [*rows] = listing.events(InboxFilter(gift=gift.public_id), limit=5)
    assert len(rows) == 3
    assert rows[0].gift == gift.public_id
    assert names(InboxFilter(gift="nobody")) == []


def test_counts_stop_where_nobody_counts_any_more(app: Flask) -> None:
    fill(MAX_COUNT + 5, state="processed")
    assert listing.count_by_state() == {"processed": MAX_COUNT}


def test_the_oldest_waiting_event_is_not_a_finished_one(app: Flask) -> None:
    assert listing.oldest_waiting() is None
    fill(8)
    assert listing.oldest_waiting() == NOW + timedelta(minutes=5)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    "filters",
    [
        InboxFilter(states=(EventState.FAILED_PERMANENTLY,)),
        InboxFilter(states=ATTENTION_EVENT_STATES),
        InboxFilter(type="charge.updated"),
        InboxFilter(states=(EventState.FAILED,), type="charge.updated"),
        InboxFilter(until=NOW),
        InboxFilter(gift="x"),
        InboxFilter(before_id=10),
        InboxFilter(event_ids=("evt_000001",)),
    ],
)
def test_no_filter_reads_the_whole_inbox(app: Flask, filters: InboxFilter) -> None:
    fill(10)
    gift = a_donation(campaign=a_campaign(), public_id="x")
    assert gift.id
    with statements() as executed:
        listing.events(filters, limit=5)
        listing.count_by_state()
        listing.oldest_waiting()
    selects = [statement for statement in executed if "provider_event" in statement]
    for statement in selects:
        plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {bound(statement)}")).all()
        assert not [step for *_ids, step in plan if "SCAN provider_event" in step], statement
    assert len(selects) <= 5


def bound(statement: str) -> str:
    """The statement with a value in place of every parameter: for a plan, any does."""
    return statement.replace("?", "1")


def test_the_number_of_queries_does_not_grow_with_the_inbox(app: Flask) -> None:
    counts = []
    for _ in range(2):
        with statements() as executed:
            listing.events(InboxFilter(states=ATTENTION_EVENT_STATES, until=NOW + timedelta(days=1)), limit=50)
        counts.append(len(executed))
        if len(counts) == 1:
            fill(300)
    assert counts[0] == counts[1]


@pytest.mark.database("sqlite")
def test_the_reason_is_shown_whatever_the_technical_line_says(app: Flask) -> None:
    fill(1, state=EventState.FAILED, reason=EventReason.MISMATCH, error="Not possible now: reworded")
    assert listing.event("evt_000000").row.reason is EventReason.MISMATCH


def test_what_settlement_writes_is_read_by_the_staff_pages(engine: Engine) -> None:
    engine.tell("checkout.session.completed", engine.checkout_of(engine.open()), event_id="evt_away")
    engine.payments.is_down = True
    engine.work()
    assert listing.event("evt_away").row.reason is EventReason.PROVIDER_UNAVAILABLE


class TestReplaying:
    """Many at once: previewed, bounded, and in the trail."""

    def test_all_events_of_a_state_are_replayed(self, app: Flask) -> None:
        fill(16)
        filters = InboxFilter(states=(EventState.FAILED_PERMANENTLY,))
        preview = preview_of(filters)
        assert (preview.count, preview.has_more) == (2, False)
        assert self.replay(app, filters, up_to_id=preview.up_to_id) == 2
        assert names(InboxFilter(states=(EventState.FAILED_PERMANENTLY,))) == []
        [act] = db.session.execute(select(AuditEvent)).scalars()
        assert (act.action, act.subject) == ("inbox:replay_many", "provider_events:failed_permanently/all")
        assert act.detail == {"count": 2, "events": ["evt_000004", "evt_000012"]}

    def test_only_the_ticked_events_are_replayed(self, app: Flask) -> None:
        fill(16)
        filters = InboxFilter(event_ids=("evt_000004", "evt_000005"))
        assert self.replay(app, filters, up_to_id=preview_of(filters).up_to_id) == 2
        assert len(names(InboxFilter(states=ATTENTION_EVENT_STATES))) == 4

    def test_what_came_after_the_preview_is_left(self, app: Flask) -> None:
        fill(8)
        filters = InboxFilter(states=(EventState.FAILED_PERMANENTLY,))
        preview = preview_of(filters)
        fill_more(8)
        assert self.replay(app, filters, up_to_id=preview.up_to_id) == 1
        assert names(filters) == ["evt_more"]

    def test_one_act_is_bounded_and_says_so(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(replays, "MAX_MANY", 3)
        fill(40)
        filters = InboxFilter(states=(EventState.FAILED_PERMANENTLY,))
        preview = preview_of(filters)
        assert (preview.count, preview.has_more) == (3, True)
        assert self.replay(app, filters, up_to_id=preview.up_to_id) == 3
        assert len(names(filters)) == 2
        assert MAX_MANY == 500

    def test_an_event_of_the_wrong_mode_stays_where_it_is(self, app: Flask) -> None:
        fill(2, state=EventState.FAILED_PERMANENTLY, reason=EventReason.WRONG_MODE)
        filters = InboxFilter(states=(EventState.FAILED_PERMANENTLY,))
        assert preview_of(filters).count == 0
        assert self.replay(app, filters, up_to_id=99) == 0
        assert db.session.execute(select(AuditEvent)).all() == []

    def replay(self, app: Flask, filters: InboxFilter, *, up_to_id: int) -> int:
        return replay_many(filters, up_to_id=up_to_id, actor_id=None, clock=app.extensions["context"].clock)


def fill_more(number: int) -> None:
    """One more event that failed permanently."""
    row = {
        "event_id": "evt_more",
        "type": TYPES[0],
        "object_id": f"ch_{number}",
        "livemode": False,
        "created_at": NOW,
        "raw": b"{}",
        "received_at": NOW,
        "state": EventState.FAILED_PERMANENTLY,
        "next_try_at": NOW,
    }
    with transaction() as session:
        session.execute(insert(ProviderEvent), [row])


@pytest.mark.parametrize("state", [EventState.FAILED_PERMANENTLY, EventState.WAITING_FOR_PARENT])
def test_an_event_of_which_nothing_will_come_is_set_aside_and_stays(app: Flask, state: EventState) -> None:
    fill(1, state=state, reason=EventReason.WRONG_MODE)
    clock = app.extensions["context"].clock
    replays.set_aside("evt_000000", actor_id=None, clock=clock)
    row = listing.event("evt_000000").row
    assert (row.state, row.reason) == (EventState.IGNORED, EventReason.WRONG_MODE)
    assert db.session.execute(select(AuditEvent.action)).scalars().all() == ["inbox:set_aside"]
    with pytest.raises(NotFound):
        replays.set_aside("evt_000000", actor_id=None, clock=clock)


class TestTheCommands:
    """`flask inbox`, with the same filters as the staff page."""

    def run(self, app: Flask, *arguments: str, answer: str = "") -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["inbox", *arguments], input=answer)
        return result.exit_code, result.output

    def test_list_takes_filters(self, app: Flask) -> None:
        fill(16)
        _code, output = self.run(app, "list", "--state", "attention", "--type", "charge.updated")
        assert [line.split()[0] for line in output.splitlines()] == ["evt_000012", "evt_000006"]

    def test_show_gives_the_reason_and_the_technical_line(self, app: Flask) -> None:
        fill(1, state=EventState.FAILED, reason=EventReason.PROGRAM_ERROR, error="KeyError: 'id'")
        _code, output = self.run(app, "show", "evt_000000")
        assert "The program failed on it." in output
        assert "KeyError: 'id'" in output
        assert self.run(app, "show", "evt_nobody") == (1, "kurak: there is no event evt_nobody.\n")

    def test_replaying_many_asks_with_the_count_and_takes_a_former_name_of_the_state(self, app: Flask) -> None:
        fill(16)
        code, output = self.run(app, "replay", "--state", "dead", answer="n\n")
        assert code == 1
        assert "Replay 2 events?" in output
        assert len(names(InboxFilter(states=(EventState.FAILED_PERMANENTLY,)))) == 2
        output = self.run(app, "replay", "--state", "failed_permanently", answer="y\n")[1]
        assert "Worked off again: 2 events." in output
        assert self.run(app, "replay", "--state", "failed_permanently", "--yes") == (
            0,
            "There is no such event that could be replayed.\n",
        )

    def test_replaying_nothing_in_particular_is_refused(self, app: Flask) -> None:
        assert self.run(app, "replay")[0] == 1
