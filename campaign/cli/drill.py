"""`flask drill`: a synthetic week against the running installation, and the report that going live requires."""

import json
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from campaign.config import Config
from campaign.gateway_registry import current_context
from campaign.gateways.clock import SystemClock
from campaign.gateways.sandbox_console import SandboxConsole
from campaign.gateways.worker_process import KINDS, pid_file
from campaign.jobs import wake
from campaign.services.drill import record
from campaign.services.drill.playing import figures, open_campaign, play_week
from campaign.services.drill.report import DrillReport, Outcome, report_of
from campaign.services.drill.stage import DrillContext
from campaign.services.drill.version import fingerprint


@click.group(invoke_without_command=True)
@click.pass_context
def drill(context: click.Context) -> None:
    """Play a week of gifts, faults and refunds at the running installation's sandbox, on a campaign of its own.

    Writes drill/report.html, .txt and .json into the instance folder. Exit 1 when a scene failed. The sandbox's time
    moves forward by about three months, for good.
    """
    if context.invoked_subcommand is None:
        _play()


@with_appcontext
def _play() -> None:
    config: Config = current_app.config["KURAK"]
    if config.sandbox_url is None or config.stripe_secret_key is None:
        sys.exit("kurak: a drill is played at the sandbox, and none is running here; `make run` starts one.")
    clock, began_at = current_context().clock, SystemClock().now()
    stage = DrillContext(
        site=config.public_url,
        campaign=open_campaign(clock=clock),
        console=SandboxConsole(config.sandbox_url, config.stripe_secret_key),
        context=current_context(),
        outage=config.instance_dir / "sandbox" / "mail_is_down",
        worker_pids=tuple(pid_file(config.instance_dir, kind) for kind in KINDS),
        wake=wake,
    )
    outcomes = play_week(stage, say=_say)
    report = DrillReport(
        version=fingerprint(),
        began_at=began_at,
        ended_at=SystemClock().now(),
        address=config.public_url,
        database=config.database_url.partition(":")[0].partition("+")[0],
        outcomes=tuple(outcomes),
        figures=figures(stage.campaign),
    )
    folder = _write(report, config.instance_dir / "drill")
    record.record_drill(report, clock=clock)
    click.echo(f"\n{report.verdict}\nReport: {folder / 'report.html'}")
    sys.exit(0 if report.has_passed else 1)


@drill.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def accept(file: Path) -> None:
    """Accept the report.json of a drill that was run elsewhere with this very version."""
    try:
        report = report_of(json.loads(file.read_text(encoding="utf-8")))
        record.record_drill(report, clock=current_context().clock)
    except record.OtherVersion as other:
        sys.exit(f"kurak: that drill was of version {other}; this is {fingerprint()}.")
    except (ValueError, KeyError, TypeError):
        sys.exit(f"kurak: {file} is no report of a drill.")
    click.echo(report.verdict)
    sys.exit(0 if report.has_passed else 1)


@drill.command()
@click.option("--reason", required=True, help="Why this version may take real money without one; it is kept.")
@with_appcontext
def waive(reason: str) -> None:
    """Let this version go live without a drill."""
    try:
        record.waive(reason, clock=current_context().clock)
    except record.ReasonTooShort:
        sys.exit(f"kurak: a reason has at least {record.MIN_REASON} letters.")
    click.echo(f"Version {fingerprint()} may go live without a drill. The reason is in the audit trail.")


def _say(outcome: Outcome) -> None:
    click.echo(f"{'passed' if outcome.has_passed else 'FAILED'} {outcome.seconds:5.1f} s  {outcome.tried}")
    if outcome.wrong:
        click.echo(f"                {outcome.wrong}")


def _write(report: DrillReport, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "report.html").write_text(report.as_html(), encoding="utf-8")
    (folder / "report.txt").write_text(report.as_text(), encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(report.as_facts(), indent=2) + "\n", encoding="utf-8")
    return folder
