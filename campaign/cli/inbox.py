"""`flask inbox`: what the provider told, and telling it again."""

import sys

import click
from flask.cli import AppGroup

from campaign.database import transaction
from campaign.domain.errors import NotFound
from campaign.jobs import wake
from campaign.services import audit, webhook_inbox
from campaign.wiring import gateways

inbox = AppGroup("inbox", help="Events of the payment provider.")


@inbox.command("list")
@click.option("--state", help="new, processed, ignored, foreign, parked, failed or dead.")
@click.option("--limit", default=50, show_default=True)
def list_events(state: str | None, limit: int) -> None:
    """The newest events, one a line: id, state, type, attempts, when, and why it failed."""
    for row in webhook_inbox.events(state=state, limit=limit):
        when = f"{row.received_at:%Y-%m-%d %H:%M:%S}"
        click.echo(
            f"{row.event_id}  {row.state:<9}  {row.type:<40} {row.attempts:>2}  {when}  {row.error or ''}".rstrip()
        )


@inbox.command()
@click.argument("event_id")
def replay(event_id: str) -> None:
    """Let an event be worked off again; what it did already is not done twice."""
    now = gateways().clock.now()
    try:
        with transaction() as session:
            webhook_inbox.replay_in(session, event_id, at=now)
            subject = f"event:{event_id}"
            audit.record(session, actor_id=None, action="event:replay", subject=subject, detail={}, at=now)
    except NotFound:
        sys.exit(f"kurak: there is no event {event_id} that could be replayed.")
    wake("inbox")
    click.echo(f"{event_id} is worked off again.")
