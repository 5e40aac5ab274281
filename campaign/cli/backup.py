"""`flask backup` and `flask restore`: the whole state in one file, and back."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from campaign.config import Config
from campaign.days import local_time, offset_name
from campaign.domain.money import CURRENCIES
from campaign.gateway_registry import current_context
from campaign.gateways.worker_process import KINDS, living_worker, pid_file
from campaign.services.backup.manifest import KIND_NAMES, Manifest
from campaign.services.backup.problems import BackupProblem
from campaign.services.backup.restoring import Restored, restore_backup
from campaign.services.backup.taking import files_left_out, take_backup
from campaign.services.ledger.check import CHECKS
from campaign.services.ledger.entry_check import ENTRIES_RULE
from campaign.services.receipts.check import RULES

BROKEN_BOOKS = 3
"""The exit code of a restore that is complete, but whose books do not add up."""
STEPS = {
    "reading": "Checking the backup …",
    "loading": "Loading the database …",
    "verifying": "Comparing the totals …",
    "checking": "Checking the books and receipts …",
}


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file where it exists.")
@with_appcontext
def backup(file: Path, force: bool) -> None:
    """Write the whole state into FILE, while the site and its workers go on.

    The file holds personal data and no secrets: keep it private, and keep SECRET_KEY and the other settings elsewhere.
    """
    config: Config = current_app.config["KURAK"]
    with _problems_printed():
        manifest = take_backup(file, instance=config.instance_dir, clock=current_context().clock, replace=force)
    click.echo(f"The backup is complete: {file}, {file.stat().st_size:,} bytes.")
    _describe(manifest)
    for left in files_left_out(config.instance_dir):
        click.echo(f"{left} is not in it: it has {left.stat().st_size:,} bytes. Copy it yourself.", err=True)
    click.echo("SECRET_KEY and the other settings are not in it. Keep them in another safe place.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Restore FILE into an empty database and instance folder, verify it and check the ledger.

    Exit 1 when nothing was restored, 3 when all was restored but the ledger check failed.
    """
    config: Config = current_app.config["KURAK"]
    with _problems_printed(), _nothing_running(config.instance_dir):
        restored = restore_backup(
            file,
            instance=config.instance_dir,
            clock=current_context().clock,
            on_step=lambda name: click.echo(STEPS[name], err=True),
        )
    click.echo("The backup is restored, and its totals are those of its manifest.")
    _describe(restored.manifest)
    _print_problems(restored)
    click.echo("\nBefore you start Kurak:")
    for number, task in enumerate(_tasks(restored, config), start=1):
        click.echo(f"{number}. {task}")
    sys.exit(BROKEN_BOOKS if restored.problems else 0)


@contextmanager
def _problems_printed() -> Iterator[None]:
    try:
        yield
    except BackupProblem as problem:
        sys.exit(f"kurak: {problem}")


@contextmanager
def _nothing_running(instance: Path) -> Iterator[None]:
    """Lock the instance folder, so that nobody starts Kurak in it meanwhile."""
    from campaign.cli.serve import CannotStart, alone_in  # late: not needed for a backup

    try:
        with alone_in(instance):
            if any(living_worker(pid_file(instance, kind)) for kind in KINDS):
                raise BackupProblem(f"A worker runs from {instance}: stop it first.")
            yield
    except CannotStart as problem:
        raise BackupProblem(str(problem)) from None


def _describe(manifest: Manifest) -> None:
    click.echo(
        f"Made {_when(manifest.made_at)}, {KIND_NAMES[manifest.database]}, migration {manifest.schema}, "
        f"version {manifest.version}."
    )
    for code, totals in manifest.totals.currencies.items():
        click.echo(
            f"  {code}: {totals.get('gifts', 0):,} gifts, {_amount(totals.get('gifts_minor', 0), code)}; "
            f"{totals.get('receipts', 0):,} receipts; {totals.get('entries', 0):,} journal entries"
        )
    for series, number in manifest.totals.last_receipts.items():
        click.echo(f"  Last receipt of {series}: {number}")


def _print_problems(restored: Restored) -> None:
    checks = len(CHECKS) + len((ENTRIES_RULE, *RULES))
    if not restored.problems:
        click.echo(f"Books and receipts: {checks} checks, no problems.")
        return
    click.echo(f"The books do not add up: {len(restored.problems)} of {checks} checks found problems.")
    for problem in restored.problems:
        click.echo(f"  invariant {problem.invariant}: {problem.rule}")
    click.echo("`flask --app wsgi ledger check` names the rows. Allocate and pay nothing until the reason is known.")


def _tasks(restored: Restored, config: Config) -> Iterator[str]:
    """Return what a person has to do, one task each."""
    manifest, leftovers = restored.manifest, restored.leftovers
    made_at = _when(manifest.made_at)
    if manifest.time_zone != config.time_zone.key:
        yield f"Set TIME_ZONE to {manifest.time_zone}: it is {config.time_zone.key} here."
    yield "Set SECRET_KEY to that of the old installation. With another one, links in emails that were sent are void."
    yield (
        f"Ask the provider for what came after {made_at}: `flask --app wsgi reconcile --repair --days N`, where N covers "
        "the time since. It names payments whose gifts were begun after the backup, and cannot bring those gifts back."
    )
    yield (
        "Receipt numbers may have been issued after the backup, and would be issued again. Compare the last numbers "
        "above with the receipts that were sent since."
    )
    yield (
        "Erase again whoever was erased after the backup: `flask --app wsgi privacy reapply FILE`, where FILE is "
        "erasures.jsonl of the old instance folder; with ERASURES_URL set, without FILE."
    )
    if leftovers.waiting_mails:
        yield f"{leftovers.waiting_mails} emails were waiting when the backup was made. A worker sends them, perhaps again."
    if leftovers.open_refunds:
        yield f"{leftovers.open_refunds} refunds were not confirmed yet. Look for them in the provider’s dashboard first."
    yield "Run `flask --app wsgi doctor`, then start Kurak."


def _when(instant: datetime) -> str:
    return f"{local_time(instant):%Y-%m-%d %H:%M} ({offset_name(instant)})"


def _amount(minor: int, code: str) -> str:
    exponent = CURRENCIES[code].exponent if code in CURRENCIES else 0
    return f"{minor / 10**exponent:,.{exponent}f}"
