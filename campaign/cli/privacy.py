"""`flask privacy`: personal data, from the command line."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from campaign.config import Config
from campaign.domain.donor_consent import DonorErased
from campaign.domain.errors import NotFound
from campaign.gateway_registry import current_context
from campaign.services.privacy import donor_data
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


@privacy.command()
@click.argument("email")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(email: str, folder: Path) -> None:
    """Write everything that is stored about a donor into FOLDER: data.json and data.pdf. It is in the audit trail."""
    from campaign.services.privacy.donor_pdf import data_pdf  # late: it loads the renderer

    try:
        public_id = donor_data.donor_with_email(email)
        data = donor_data.hand_out(public_id, file_format="json, pdf", actor_id=None, clock=current_context().clock)
    except NotFound:
        sys.exit("kurak: nobody gave with this address.")
    except DonorErased:
        sys.exit("kurak: the personal data of this donor were erased.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, body in (("data.json", data.to_json()), ("data.pdf", data_pdf(data))):
            (folder / name).write_bytes(body)
    except OSError as error:
        sys.exit(f"kurak: {folder} cannot be written: {error.strerror}.")
    click.echo(f"{folder} has data.json and data.pdf. Hand them to the donor alone, then delete them.")
