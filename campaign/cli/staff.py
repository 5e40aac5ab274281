"""`flask staff`: staff accounts."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from campaign.config import Config
from campaign.gateway_registry import current_context
from campaign.i18n import LANGUAGES
from campaign.services.staff import accounts, grants, resets
from campaign.services.staff.accounts import ROLES, LastAdministrator, RoleGrant, StaffExists, UnknownCampaign
from campaign.services.staff.invitations import NewPerson, invite
from campaign.services.staff.links import NewLink, address_of
from campaign.services.staff.resets import ResetOrder

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
    granted = tuple(RoleGrant(role, campaign) for role in roles)
    person = NewPerson(email=email, name=name, grants=granted, language=language)
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
    link = resets.reset(_id_of(email), ResetOrder(second_step=second_step), clock=current_context().clock)
    if link is not None:
        _print(link)


staff.add_command(reset, "reset-password")


@staff.command("list")
def list_people() -> None:
    """List everybody with their roles, state and last activity."""
    for row in accounts.people():
        state = "deactivated" if not row.is_active else "invited" if row.is_unused else "active"
        active = f"{row.last_active_at:%Y-%m-%d}" if row.last_active_at else "never"
        click.echo(f"{row.email}  {state}  {', '.join(map(str, row.grants)) or 'no role'}  last active: {active}")


@staff.command()
@click.argument("email")
def deactivate(email: str) -> None:
    """Close an account; its sessions end at once."""
    try:
        grants.deactivate(_id_of(email), actor_id=None, clock=current_context().clock)
    except LastAdministrator:
        sys.exit(f"kurak: {email} is the last administrator: add another first.")
    click.echo(f"{email} can no longer sign in.")


@staff.command()
@click.argument("email")
def reactivate(email: str) -> None:
    """Open a closed account again, with the roles that it had."""
    grants.reactivate(_id_of(email), actor_id=None, clock=current_context().clock)
    click.echo(f"{email} can sign in again.")


def _id_of(email: str) -> int:
    address = email.strip().casefold()
    staff_id = next((row.id for row in accounts.people() if row.email.casefold() == address), None)
    if staff_id is None:
        sys.exit(f"kurak: there is nobody with the address {email}.")
    return staff_id


def _print(link: NewLink) -> None:
    config: Config = current_app.config["KURAK"]
    click.echo(f"{link.email} chooses a password at\n{address_of(link.nonce, public_url=config.public_url)}")
    click.echo(TERMS)
