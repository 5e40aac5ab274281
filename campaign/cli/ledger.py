"""`flask ledger`: the check of the ledger."""

import json
import sys
from dataclasses import asdict

import click
from flask.cli import AppGroup

from campaign.gateway_registry import current_context
from campaign.services.alarms.scheduled_checks import run_all_checks
from campaign.services.ledger.check import CHECKS
from campaign.services.ledger.entry_check import ENTRIES_RULE
from campaign.services.receipts.check import RULES

ledger = AppGroup("ledger", help="The books.")


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def check(as_json: bool) -> None:
    """Check every invariant and the bytes of every receipt; exit 1 and name each problem if one is broken.

    The result is stored, so that staff pages and alarms report it.
    """
    checks = len(CHECKS) + len((ENTRIES_RULE, *RULES))
    problems = run_all_checks(clock=current_context().clock)
    if as_json:
        click.echo(json.dumps({"checks": checks, "problems": [asdict(problem) for problem in problems]}))
    else:
        for problem in problems:
            click.echo(f"invariant {problem.invariant}: {problem.rule}")
            for row in problem.rows:
                click.echo(f"  {row}")
        click.echo(f"{checks} checks, {len(problems)} problems")
    sys.exit(1 if problems else 0)
