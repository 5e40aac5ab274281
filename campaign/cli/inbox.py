"""`flask inbox`: the provider's events, one event word for word, and replays."""

import sys
from datetime import timedelta

import click
from flask.cli import AppGroup

from campaign.domain.errors import NotFound
from campaign.domain.provider_events import ATTENTION_EVENT_STATES, RETIRED_EVENT_STATES, EventReason, EventState
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.inbox import listing
from campaign.services.inbox.listing import EventRow, InboxFilter
from campaign.services.inbox.replays import MAX_MANY, preview_of, replay_many, set_aside
from campaign.services.inbox.replays import replay as replay_one

inbox = AppGroup("inbox", help="Events of the payment provider.")

STATE = click.Choice([*(state.value for state in EventState), "attention", *RETIRED_EVENT_STATES])
WHY = {
    EventReason.WRONG_MODE: "Test and live are mixed up: look at the keys.",
    EventReason.GIFT_UNKNOWN: "It names a gift that is not in our books.",
    EventReason.PROVIDER_UNAVAILABLE: "The provider did not answer, asked us to wait, or refused our key.",
    EventReason.CONCURRENT_UPDATES: "Other events about the same gift were being processed.",
    EventReason.MISMATCH: "The payment does not fit the gift: a person must look at both.",
    EventReason.PROGRAM_ERROR: "The program failed on it.",
}


@inbox.command("list")
@click.option("--state", type=STATE, help="attention: failed_permanently, failed and waiting_for_parent.")
@click.option("--type", "type_", default="", help="Such as charge.refunded.")
@click.option("--gift", default="", help="The public id of a gift.")
@click.option("--older-than", type=int, help="Minutes since they came.")
@click.option("--limit", default=50, show_default=True)
def list_events(*, state: str | None, type_: str, gift: str, older_than: int | None, limit: int) -> None:
    """List the newest events, one a line: id, state, type, attempts, time, and why it failed."""
    for row in listing.events(_filters(state, type_, gift=gift, older_than=older_than), limit=limit):
        when = f"{row.received_at:%Y-%m-%d %H:%M:%S}"
        click.echo(
            f"{row.event_id}  {row.state:<18}  {row.type:<40} {row.attempts:>2}  {when}  {row.error or ''}".rstrip()
        )


@inbox.command()
@click.argument("event_id")
def show(event_id: str) -> None:
    """Show one event: its state, why it waits, and its body."""
    try:
        detail = listing.event(event_id)
    except NotFound:
        sys.exit(f"kurak: there is no event {event_id}.")
    row = detail.row
    facts = {
        "type": row.type,
        "about": row.object_id,
        "gift": row.gift or "none known",
        "state": row.state,
        "attempts": str(row.attempts),
        "received": f"{row.received_at:%Y-%m-%d %H:%M:%S} UTC",
        "next try": _next_try(row),
        "version": detail.api_version or "not reported",
    }
    for name, value in facts.items():
        click.echo(f"{name:<10}{value}")
    if row.reason:
        click.echo(f"{'why':<10}{WHY[row.reason]}\n{'line':<10}{row.error}")
    click.echo(detail.payload)


@inbox.command()
@click.argument("event_ids", nargs=-1)
@click.option(
    "--state", type=STATE, help="All of a state instead; attention: failed_permanently, failed and waiting_for_parent."
)
@click.option("--type", "type_", default="", help="All of a type instead.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def replay(*, event_ids: tuple[str, ...], state: str | None, type_: str, yes: bool) -> None:
    """Process events again; what they did already is not done twice."""
    if len(event_ids) == 1:
        _replay_one(event_ids[0])
        return
    if not event_ids and not state and not type_:
        sys.exit("kurak: name events, or choose them by --state or --type.")
    filters = InboxFilter(event_ids=event_ids) if event_ids else _filters(state, type_)
    preview = preview_of(filters)
    more = f" (the oldest {MAX_MANY}; there are more)" if preview.has_more else ""
    if preview.count and (yes or click.confirm(f"Replay {_events(preview.count)}{more}?", abort=True)):
        count = replay_many(filters, up_to_id=preview.up_to_id, actor_id=None, clock=current_context().clock)
        wake("inbox")
        click.echo(f"Worked off again: {_events(count)}.")
    else:
        click.echo("There is no such event that could be replayed.")


@inbox.command("set-aside")
@click.argument("event_id")
def put_aside(event_id: str) -> None:
    """Close an event that was given up, or waits for its gift, and will never be processed; it stays stored."""
    try:
        set_aside(event_id, actor_id=None, clock=current_context().clock)
    except NotFound:
        sys.exit(f"kurak: there is no event {event_id} that was given up or waits for its gift.")
    click.echo(f"{event_id} is set aside.")


def _replay_one(event_id: str) -> None:
    try:
        replay_one(event_id, actor_id=None, clock=current_context().clock)
    except NotFound:
        sys.exit(f"kurak: there is no event {event_id} that could be replayed.")
    wake("inbox")
    click.echo(f"{event_id} is worked off again.")


def _filters(state: str | None, type_: str, *, gift: str = "", older_than: int | None = None) -> InboxFilter:
    states = ATTENTION_EVENT_STATES if state == "attention" else _states(state)
    until = current_context().clock.now() - timedelta(minutes=older_than) if older_than is not None else None
    return InboxFilter(states=states, type=type_, gift=gift, until=until)


def _states(state: str | None) -> tuple[EventState, ...]:
    return (RETIRED_EVENT_STATES.get(state) or EventState(state),) if state else ()


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"


def _next_try(row: EventRow) -> str:
    return f"{row.next_try_at:%Y-%m-%d %H:%M:%S} UTC" if row.is_waiting else "none"
