"""`flask staff`: staff accounts."""

import sys

import click
from flask.cli import AppGroup

from campaign.domain.errors import NotFound
from campaign.gateway_registry import current_context
from campaign.services.staff.accounts import ROLES, StaffExists, UnknownCampaign, add_staff
from campaign.services.staff.first_passwords import reset_password

TERMS = "It is valid for 72 hours and one sign-in; they then choose their own."

staff = AppGroup("staff", help="Members of staff.")


@staff.command()
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be given again.")
@click.option(
    "--campaign", default=None, metavar="SLUG", help="The only campaign for which the roles hold; all otherwise."
)
@click.option("--name", default="", help="As colleagues know her; the address otherwise.")
def add(email: str, roles: tuple[str, ...], campaign: str | None, name: str) -> None:
    """Add a member of staff; print a first password that they change."""
    try:
        given = add_staff(email, name=name, roles=roles, campaign=campaign, clock=current_context().clock)
    except StaffExists:
        sys.exit(f"kurak: {email} sits at the desk already.")
    except UnknownCampaign:
        sys.exit(f"kurak: there is no campaign {campaign}.")
    click.echo(f"{given.email} may sign in at /staff/login with the password {given.password}")
    click.echo(TERMS)


@staff.command("reset-password")
@click.argument("email")
def reset(email: str) -> None:
    """Give a member of staff a new first password; it ends their sessions."""
    try:
        password = reset_password(email, clock=current_context().clock)
    except NotFound:
        sys.exit(f"kurak: there is nobody with the address {email}.")
    click.echo(f"{email} may sign in at /staff/login with the password {password}")
    click.echo(TERMS)
