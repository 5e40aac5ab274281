"""The program `kurak`, also `python -m campaign`: the commands of `flask --app wsgi`, and `kurak serve`."""

import sys
from typing import TYPE_CHECKING

import click
from flask.cli import FlaskGroup

from campaign.project import version

if TYPE_CHECKING:
    from flask import Flask


def _load_app() -> "Flask":
    from campaign.wsgi import app

    return app


@click.command()
def serve() -> None:
    """Run the web server, the workers and, without a Stripe key, the sandbox."""
    from campaign.cli import serve as program  # late: other commands do not need it

    sys.exit(program.main())


@click.group(cls=FlaskGroup, create_app=_load_app, add_version_option=False, load_dotenv=False, set_debug_flag=False)
@click.version_option(version(), prog_name="kurak")
def kurak() -> None:
    """Kurak, a crowdfunding campaign site: its server and its commands."""


kurak.add_command(serve)


def main() -> None:
    """Run the command that the command line names."""
    kurak(prog_name="kurak")


if __name__ == "__main__":
    main()
