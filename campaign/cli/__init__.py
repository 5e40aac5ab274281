"""The commands of `flask --app wsgi`, one module a group; `environment` and `serve` are programs of their own."""

import sys
from contextlib import suppress
from copy import copy
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy.exc import DatabaseError, OperationalError

from campaign.database import DatabaseBusy

if TYPE_CHECKING:
    from flask import Flask


LOST_DATABASE = frozenset({DatabaseError, OperationalError})
"""Nobody answers, or the file is no database. Their subclasses are mistakes in what was said to it."""


def add_commands(app: "Flask") -> None:
    """Register every command."""
    from campaign.cli.backup import backup, restore  # late, so that `serve` starts at once: it needs none of this
    from campaign.cli.campaigns import campaign
    from campaign.cli.demo import demo
    from campaign.cli.doctor import doctor
    from campaign.cli.drill import drill
    from campaign.cli.inbox import inbox
    from campaign.cli.jobs import jobs
    from campaign.cli.languages import language
    from campaign.cli.ledger import ledger
    from campaign.cli.mail import mail
    from campaign.cli.prepare import prepare
    from campaign.cli.privacy import privacy
    from campaign.cli.reconcile import reconcile
    from campaign.cli.sandbox import sandbox
    from campaign.cli.staff import staff
    from campaign.cli.states import donation
    from campaign.cli.stripe import stripe

    own = (
        backup,
        campaign,
        demo,
        doctor,
        donation,
        drill,
        inbox,
        jobs,
        language,
        ledger,
        mail,
        prepare,
        privacy,
        reconcile,
        restore,
        sandbox,
        staff,
        stripe,
    )
    for command in own:
        app.cli.add_command(_in_one_sentence(command))


def _in_one_sentence(command: click.Command) -> click.Command:
    """Return a copy of the command that ends with one sentence, not a traceback, when the database cannot be used."""
    guarded = copy(command)  # commands are shared by all apps of a process: each app wraps its own

    def invoke_it(context: click.Context) -> Any:  # what a command returns is its own affair
        try:
            return command.invoke(context)
        except DatabaseBusy:
            sys.exit("kurak: the database is busy, or takes nothing for now: try again in a moment.")
        except DatabaseError as error:
            if _is_unprepared(context):
                sys.exit("kurak: the database has no tables of this version yet: run `flask --app wsgi prepare` first.")
            if type(error) not in LOST_DATABASE:  # a mistake in a statement is ours: its traceback is wanted
                raise
            reason = (str(error.orig).strip() or "no reason given").splitlines()[0]
            sys.exit(f"kurak: the database cannot be used ({reason}): see DATABASE_URL and INSTANCE_DIR.")

    guarded.invoke = invoke_it  # type: ignore[method-assign,assignment]  # commands are instances, made by decorators
    return guarded


def _is_unprepared(context: click.Context) -> bool:
    """Return whether the database answers, but was not migrated to this version."""
    from flask.cli import ScriptInfo  # late, as above

    from campaign.services.schema import schema_state

    with suppress(DatabaseError), context.ensure_object(ScriptInfo).load_app().app_context():
        state = schema_state()
        return not (state.is_ready or state.is_newer)
    return False
