"""`flask doctor`: what is configured, what is missing, and whether this installation may take real gifts."""

import re
import sqlite3
import sys
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError

from campaign.cli.doctor_erasures import examine_erasures, examine_second_list
from campaign.cli.environment import missing_libraries
from campaign.cli.findings import CheckResult, Verdict
from campaign.config import Config
from campaign.domain.drill import DrillOutcome
from campaign.gateway_registry import current_context
from campaign.i18n import in_language
from campaign.project import version
from campaign.services.drill.record import standing
from campaign.services.installation import contents
from campaign.services.live_scope import count_test_gifts
from campaign.services.organisation.setup import setup_steps
from campaign.services.schema import schema_state

MIN_SQLITE = (3, 39)
"""The first with FULL JOIN, which a trigger of the books needs."""


@click.command()
@click.option("--offline", is_flag=True, help="Ask neither Stripe nor our own address.")
@with_appcontext
def doctor(*, offline: bool) -> None:
    """Check everything that this installation needs. Exit 1 if it must not go live."""
    config: Config = current_app.config["KURAK"]
    click.echo(f"Kurak {version()}")
    findings = list(examine(config))
    if not offline and schema_is_ready():
        from campaign.cli.examining import (
            examine_outside,
        )  # Stripe's library is slow to load, and other commands need none

        findings += examine_outside(config, current_context())
    for finding in findings:
        click.echo(f"{finding.verdict.upper():<8}{finding.sentence}")
    unsafe = sum(finding.verdict is Verdict.UNSAFE for finding in findings)
    if unsafe:
        click.echo(f"\nMust not go live: {unsafe} of {len(findings)}.")
        sys.exit(1)
    click.echo("\nMay go live.")


def examine(config: Config) -> Iterator[CheckResult]:
    """Yield every result about this configuration and this machine."""
    yield from _settings(config)
    yield from _payments(config)
    yield from _machine(config)
    database = _database()
    yield database
    if database.verdict is Verdict.OK:
        yield from _contents()
        yield from _setup(config)
        yield from examine_erasures(config.instance_dir)
        yield from examine_second_list(config, current_context().erasures)
    if config.payment_mode == "live" and database.verdict is Verdict.OK:
        yield _drill()
        yield from _rehearsals()


def _rehearsals() -> Iterator[CheckResult]:
    """Yield what was tried in a database that takes live payments now."""
    if tests := count_test_gifts():
        yield CheckResult(
            Verdict.MISSING,
            f"Test gifts in this database: {tests}. No sum, list or file counts them; best begin with a new one.",
        )


def _settings(config: Config) -> Iterator[CheckResult]:
    if config.is_development:
        yield CheckResult(Verdict.UNSAFE, "APP_ENV is development: demo sign-ins work and mail is shown to everybody.")
    else:
        yield CheckResult(Verdict.OK, "APP_ENV is production.")
    if config.public_url.startswith("https://"):
        yield CheckResult(Verdict.OK, f"PUBLIC_URL is {config.public_url}.")
    else:
        yield CheckResult(Verdict.UNSAFE, f"PUBLIC_URL {config.public_url} is not https: passwords would be readable.")
    if config.mail_url:
        yield CheckResult(Verdict.OK, f"MAIL_URL is set; the sender is {config.mail_from}.")
        if config.mail_tls == "offered":
            yield CheckResult(
                Verdict.MISSING, "MAIL_TLS is offered: mail may leave unencrypted, with names and receipts."
            )
    else:
        yield CheckResult(Verdict.MISSING, "MAIL_URL is not set: receipts are made but stay in the outbox.")
    if re.search(r"\.(example|test|invalid|localhost)\b", config.mail_from):
        yield CheckResult(Verdict.MISSING, f"MAIL_FROM {config.mail_from} is an example: filters refuse it.")
    if config.limits_url.startswith("memory:"):
        yield CheckResult(Verdict.MISSING, "LIMITS_URL is memory://: each process counts requests for itself.")
    if not config.proxies:
        yield CheckResult(
            Verdict.UNSAFE,
            "PROXIES is 0: without a proxy that takes bodies in whole, a few slow senders stop every form and delivery "
            "(docs/operations.md).",
        )


def _payments(config: Config) -> Iterator[CheckResult]:
    match config.payment_mode:
        case "none":
            yield CheckResult(Verdict.MISSING, "STRIPE_SECRET_KEY is not set: no card gifts are taken.")
            return
        case "live":
            yield CheckResult(Verdict.OK, "STRIPE_SECRET_KEY is a live key.")
        case mode:
            yield CheckResult(Verdict.UNSAFE, f"STRIPE_SECRET_KEY is a {mode} key: gifts are pretended.")
    secrets = config.stripe_webhook_secrets
    if not secrets:
        yield CheckResult(Verdict.UNSAFE, "STRIPE_WEBHOOK_SECRET is not set: paid gifts would not be heard of.")
    elif not all(secret.startswith("whsec_") for secret in secrets):
        yield CheckResult(Verdict.UNSAFE, "STRIPE_WEBHOOK_SECRET is not a signing secret: each begins with whsec_.")
    else:
        yield CheckResult(Verdict.OK, "STRIPE_WEBHOOK_SECRET is set.")


def _machine(config: Config) -> Iterator[CheckResult]:
    missing = missing_libraries()
    if missing:
        yield CheckResult(Verdict.UNSAFE, f"{' and '.join(missing)} cannot be loaded: no receipt can be made.")
    else:
        yield CheckResult(Verdict.OK, "Pango and HarfBuzz are there for receipts.")
    if config.database_url.startswith("sqlite"):
        if sqlite3.sqlite_version_info < MIN_SQLITE:
            yield CheckResult(Verdict.UNSAFE, f"SQLite is {sqlite3.sqlite_version}; the books need 3.39 or newer.")
        else:
            yield CheckResult(Verdict.OK, f"SQLite is {sqlite3.sqlite_version}.")


def schema_is_ready() -> bool:
    """Return whether the database answers and is migrated, so that anything else can be queried."""
    try:
        return schema_state().is_ready
    except DatabaseError:
        return False


def _database() -> CheckResult:
    try:
        state = schema_state()
    except DatabaseError as error:
        return CheckResult(Verdict.UNSAFE, f"The database does not answer: {str(error.orig).strip().splitlines()[0]}.")
    if not state.is_ready:
        at = state.current or "empty"
        return CheckResult(Verdict.UNSAFE, f"The database is at {at}, not at {state.head}: flask --app wsgi prepare.")
    return CheckResult(Verdict.OK, f"The database is at migration {state.current}.")


def _contents() -> Iterator[CheckResult]:
    """Check that there is a real campaign and people who manage it; demo data would look real."""
    counts = contents()
    if not counts.campaigns:
        yield CheckResult(Verdict.UNSAFE, "There is no campaign: nobody can give.")
    elif counts.demo_campaigns:
        yield CheckResult(Verdict.UNSAFE, f"Demo data is in this database: {', '.join(counts.demo_campaigns)}.")
    else:
        yield CheckResult(Verdict.OK, f"Campaigns: {counts.campaigns}, none of them a demonstration.")
    if counts.active_staff:
        yield CheckResult(Verdict.OK, f"People who can sign in: {counts.active_staff}.")
    else:
        yield CheckResult(
            Verdict.UNSAFE, "Nobody can sign in to the desk: flask --app wsgi staff add EMAIL --role admin."
        )


def _setup(config: Config) -> Iterator[CheckResult]:
    """Yield each step of the set-up as the staff page shows it."""
    with in_language("en"):
        for step in setup_steps(config, None):
            missing = ", ".join(item.label for item in step.missing)
            verdict = Verdict.MISSING if missing else Verdict.OK
            sentence = f"missing: {missing}. See /staff/setup." if missing else "done."
            yield CheckResult(verdict, f"Set-up, {step.heading.lower()}: {sentence}")


def _drill() -> CheckResult:
    """Allow live payments only for a version that passed a fire drill, or for a stored reason."""
    record = standing()
    match record.outcome:
        case DrillOutcome.PASSED:
            return CheckResult(
                Verdict.OK, f"A fire drill of version {record.version} was held on {record.at:%Y-%m-%d}."
            )
        case DrillOutcome.WAIVED:
            return CheckResult(Verdict.OK, f"No fire drill of version {record.version}, because: {record.reason}")
        case DrillOutcome.FAILED:
            verdict = f"The last fire drill of version {record.version} failed"
        case _:
            verdict = f"No fire drill of version {record.version} was held"
    return CheckResult(
        Verdict.UNSAFE,
        f"{verdict}: play `flask --app wsgi drill` beside a sandbox, then here `flask --app wsgi drill accept report.json`.",
    )
