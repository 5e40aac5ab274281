"""`flask staff`: staff accounts."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from campaign.config import Config
from campaign.domain.errors import NotFound
from campaign.gateway_registry import current_context
from campaign.i18n import LANGUAGES
from campaign.services.staff import resets
from campaign.services.staff.accounts import ROLES, Grant, NewPerson, StaffExists, UnknownCampaign, invite
from campaign.services.staff.links import NewLink, address_of

TERMS = "The link works once, within 72 hours. Hand it over in person or by a message that only they can read."

staff = AppGroup("staff", help="Members of staff.")


@staff.command()
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be given again.")
@click.option(
    "--campaign", default=None, metavar="SLUG", help="The only campaign for which the roles hold; all otherwise."
)
@click.option("--name", default="", help="As colleagues know them; they may change it.")
@click.option("--language", default="en", type=click.Choice(list(LANGUAGES)), help="Of their pages and emails.")
def add(email: str, roles: tuple[str, ...], campaign: str | None, name: str, language: str) -> None:
    """Add a member of staff; print the one-time link by which they choose a password."""
    grants = tuple(Grant(role, campaign) for role in roles)
    person = NewPerson(email=email, name=name, grants=grants, language=language)
    try:
        link = invite(person, actor_id=None, clock=current_context().clock)
    except StaffExists:
        sys.exit(f"kurak: {email} has an account already.")
    except UnknownCampaign:
        sys.exit(f"kurak: there is no campaign {campaign}.")
    _print(link)


@staff.command()
@click.argument("email")
@click.option("--second-step", is_flag=True, help="Remove the app and the recovery codes too: they are lost.")
def reset(email: str, *, second_step: bool) -> None:
    """Take a password away and end the sessions; print a one-time link to choose another."""
    try:
        link = resets.reset(email, second_step=second_step, clock=current_context().clock)
    except NotFound:
        sys.exit(f"kurak: there is nobody with the address {email}.")
    _print(link)


staff.add_command(reset, "reset-password")


def _print(link: NewLink) -> None:
    config: Config = current_app.config["KURAK"]
    click.echo(f"{link.email} chooses a password at\n{address_of(link.nonce, public_url=config.public_url)}")
    click.echo(TERMS)
