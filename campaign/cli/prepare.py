"""`flask prepare`: a migrated database, and in development a demo campaign."""

import logging
import sys
from typing import NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy.exc import DatabaseError, OperationalError

from campaign.config import Config
from campaign.gateway_registry import current_context
from campaign.project import MIGRATIONS
from campaign.services.backup.restore_target import MARK
from campaign.services.campaigns.cards import all_campaigns
from campaign.services.schema import SchemaState, schema_state


@click.command()
@with_appcontext
def prepare() -> None:
    """Migrate the database; in development, load the demo campaign and its staff when there is no campaign.

    Prints the demo sign-ins. Everything is done once only, so it may run at every start.
    """
    config: Config = current_app.config["KURAK"]
    if (config.instance_dir / MARK).exists():
        sys.exit(
            "kurak: a restore was interrupted here: run `flask --app wsgi restore` again, and it says how to go on."
        )
    _migrate()
    if config.is_development:
        _load_demo()


def _migrate() -> None:
    state = _schema_state()
    try:
        if state.is_newer:
            sys.exit(
                f"kurak: the database is from a newer version (at {state.current}; this one knows {state.head}): "
                "update the program, or name another database with DATABASE_URL=…"
            )
        if not state.is_ready:
            click.echo("Making the database …" if state.current is None else "Updating the database …", err=True)
            logging.getLogger("alembic").setLevel(logging.WARNING)
            upgrade(str(MIGRATIONS))
    except OperationalError as error:
        _say_unusable(error)


def _schema_state() -> SchemaState:
    try:
        return schema_state()
    except DatabaseError as error:  # also a file that is no database, or an option that the driver does not know
        _say_unusable(error)


def _say_unusable(error: DatabaseError) -> NoReturn:
    reason = str(error.orig).strip().splitlines()[0]
    sys.exit(f"kurak: the database cannot be used ({reason}): see DATABASE_URL and INSTANCE_DIR.")


def _load_demo() -> None:
    """Load the demo campaign, where there is none at all, and its staff."""
    from campaign.services.demo.content import load_plan  # late: not needed where real campaigns run
    from campaign.services.demo.loader import load_campaign
    from campaign.services.staff.accounts import add_demo_staff

    clock = current_context().clock
    if not all_campaigns():
        click.echo("Loading the demo campaign …  (`flask --app wsgi demo load` gives it a past)", err=True)
        load_campaign(load_plan(), clock=clock)
    click.echo("Sign in at /staff/ as")
    for person in add_demo_staff(clock=clock):
        click.echo(f"  {', '.join(person.roles):<10} {person.email:<32} {person.password}")
