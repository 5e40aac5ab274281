"""`flask staff`: who may sit at the desk."""

import sys

import click
from flask.cli import AppGroup

from campaign.services.staff import ROLES, StaffExists, UnknownCampaign, add_staff
from campaign.wiring import gateways

staff = AppGroup("staff", help="Members of staff.")


@staff.command()
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be given again.")
@click.option(
    "--campaign", default=None, metavar="SLUG", help="The only campaign for which the roles hold; all otherwise."
)
@click.option("--name", default="", help="As colleagues know her; the address otherwise.")
def add(email: str, roles: tuple[str, ...], campaign: str | None, name: str) -> None:
    """Let somebody in; prints a first password that she changes."""
    try:
        given = add_staff(email, name=name, roles=roles, campaign=campaign, clock=gateways().clock)
    except StaffExists:
        sys.exit(f"kurak: {email} sits at the desk already.")
    except UnknownCampaign:
        sys.exit(f"kurak: there is no campaign {campaign}.")
    click.echo(f"{given.email} may sign in at /staff/login with the password {given.password}")
