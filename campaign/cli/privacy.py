"""`flask privacy`: personal data, from the command line."""

import click
from flask import current_app
from flask.cli import AppGroup

from campaign.config import Config
from campaign.gateway_registry import current_context
from campaign.services.privacy import retention as retention_job

privacy = AppGroup("privacy", help="Personal data.")


@privacy.command()
@click.option("--dry-run", is_flag=True, help="Only say how much is due.")
def retention(*, dry_run: bool) -> None:
    """Delete the personal data whose time is over; the worker does so every night."""
    config: Config = current_app.config["KURAK"]
    rules, clock = retention_job.rules_for(config.retention_days), current_context().clock
    counts = retention_job.count_due(rules, clock=clock) if dry_run else retention_job.run(rules, clock=clock)
    for count in counts:
        click.echo(f"{count.name}: {count.rows} {'due' if dry_run else 'deleted'} (after {count.days} days)")
