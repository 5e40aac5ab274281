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
from campaign.gateways.file_store import FileStoreUnavailable
from campaign.services.privacy import donor_data, reapplying, second_list
from campaign.services.privacy import retention as retention_job
from campaign.services.privacy.reapplying import FILE_NAME, UnreadableErasures

privacy = AppGroup("privacy", help="Personal data.")


@privacy.command()
@click.option("--dry-run", is_flag=True, help="Only say how much is due.")
def retention(*, dry_run: bool) -> None:
    """Delete the personal data whose time is over; the worker does so every night."""
    config: Config = current_app.config["KURAK"]
    context = current_context()
    rules, clock = retention_job.rules_for(config.retention_days, store=context.files), context.clock
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


@privacy.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
def reapply(file: Path | None) -> None:
    """Erase again, after a backup was restored, whoever was erased since it was made.

    FILE is erasures.jsonl of the instance folder that was in use; without it, that of this one, with what ERASURES_URL has.
    """
    if file is None:
        _share()
    source = file or current_app.config["KURAK"].instance_dir / FILE_NAME
    try:
        erasures = reapplying.read_file(source)
    except OSError as error:
        sys.exit(f"kurak: {source} cannot be read: {error.strerror}.")
    except (UnreadableErasures, UnicodeDecodeError):
        sys.exit(f"kurak: {source} has a line that is no erasure. Nothing was changed.")
    again = reapplying.reapply(erasures, clock=current_context().clock)
    click.echo(f"{len(erasures)} erasures are noted; {again} were done again.")
    note()


@privacy.command("note")
def note_command() -> None:
    """Add to erasures.jsonl of the instance folder the erasures of this database that it does not have."""
    note()


def note() -> None:
    """Add the missing erasures to the file, and say how many they were."""
    folder: Path = current_app.config["KURAK"].instance_dir
    try:
        missing = reapplying.note_missing(folder)
    except (OSError, UnreadableErasures, UnicodeDecodeError) as error:
        sys.exit(f"kurak: {folder / FILE_NAME} cannot be read or written: {error}.")
    click.echo(f"{missing} erasures were added to {folder / FILE_NAME}.")
    _share()


def _share() -> None:
    """Bring the list and its second copy to what either has."""
    if not (store := current_context().erasures):
        return
    try:
        missing = second_list.share_lists(current_app.config["KURAK"].instance_dir, store)
    except (OSError, FileStoreUnavailable, UnreadableErasures, UnicodeDecodeError) as error:
        sys.exit(f"kurak: the list at ERASURES_URL cannot be read or written: {error}.")
    click.echo(f"{missing} erasures were added at ERASURES_URL.")
