"""`flask stripe setup`: the webhook endpoint at Stripe, created or corrected with exactly what this product needs."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from campaign.config import Config
from campaign.gateway_registry import current_context
from campaign.gateways.payments import PaymentRefused, PaymentsNotConfigured, PaymentsUnavailable
from campaign.services.alarms.watching import note_endpoint
from campaign.services.inbox.endpoint import (
    PATH,
    EndpointStatus,
    NothingToRetire,
    SetUp,
    own_addresses,
    retire_older,
    set_up_endpoint,
)

stripe = AppGroup("stripe", help="The account at Stripe.")

FAULTS = {
    "missing": "there is no endpoint of ours",
    "disabled": "it is disabled",
    "types": "it lacks types of events",
    "version": "it speaks another version of the API, which cannot be changed",
    "url": "it leads to another address",
}


@stripe.command()
@click.option("--url", help=f"The site's address when it is not PUBLIC_URL; {PATH} is added where it is missing.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option("--rotate", is_flag=True, help="Make a new endpoint, with a new secret, beside the one that works.")
@click.option("--retire", is_flag=True, help="Remove the older endpoint, once the new secret is set and works.")
def setup(*, url: str | None, dry_run: bool, rotate: bool, retire: bool) -> None:
    """Create or correct the webhook endpoint: its address, its types of events, its version."""
    addresses = _addresses(url)
    try:
        if retire:
            _retire(addresses)
            return
        done = set_up_endpoint(current_context().endpoints, addresses, is_dry_run=dry_run, rotates=rotate)
        if not dry_run and url is None:
            note_endpoint(addresses, context=current_context(), is_urged=True)
    except PaymentsNotConfigured:
        sys.exit("kurak: STRIPE_SECRET_KEY is not set, so there is no account to set up.")
    except PaymentsUnavailable as problem:
        sys.exit(f"kurak: {problem}. A restricted key needs the permission to write Webhook Endpoints.")
    except PaymentRefused as refusal:
        sys.exit(f"kurak: Stripe refuses: {refusal}")
    click.echo(_report(done, addresses[0], is_dry_run=dry_run))


def _addresses(url: str | None) -> tuple[str, ...]:
    config: Config = current_app.config["KURAK"]
    if url is not None:
        return (url if url.endswith(PATH) else url.rstrip("/") + PATH,)
    return own_addresses(config.public_url, port=config.port, mode=config.payment_mode)


def _retire(addresses: tuple[str, ...]) -> None:
    try:
        removed = retire_older(current_context().endpoints, addresses)
    except NothingToRetire:
        sys.exit("kurak: there is no older endpoint beside one that is right; nothing was removed.")
    for endpoint in removed:
        click.echo(f"Removed {endpoint.id}. Its secret may leave STRIPE_WEBHOOK_SECRET.")


def _report(done: SetUp, address: str, *, is_dry_run: bool) -> str:
    """Return what was done, and the operator's next step. The secret is shown here and nowhere else."""
    endpoint = done.status.endpoint
    lines = [_act(done, address, is_dry_run=is_dry_run)]
    if done.made:
        lines += ["", *_secret_report(done.made.secret, has_older=endpoint is not None)]
    elif done.status.older and done.act == "nothing":
        older = ", ".join(endpoint.id for endpoint in done.status.older)
        lines.append(f"{older} is an older one beside it: flask --app wsgi stripe setup --retire removes it.")
    return "\n".join(lines)


def _act(done: SetUp, address: str, *, is_dry_run: bool) -> str:
    """Return one sentence of what was done, or would be."""
    endpoint = done.status.endpoint
    name, url = (endpoint.id, endpoint.url) if endpoint else ("", address)
    made = "Would make" if is_dry_run else "Made"
    match done.act:
        case "nothing":
            return f"{name} is right: {url}."
        case "correct":
            return f"{'Would correct' if is_dry_run else 'Corrected'} {name}: {_wrong(done.status)}."
        case "make":
            return f"{made} an endpoint for {address}."
        case _:
            return f"{made} a new endpoint for {address} beside {name}{_because(done)}."


def _wrong(status: EndpointStatus) -> str:
    corrections = [FAULTS[fault] for fault in status.faults]
    if status.lacking:
        corrections.append(f"added {', '.join(status.lacking)}")
    if status.needless:
        corrections.append(f"took away {', '.join(status.needless)}")
    return "; ".join(corrections)


def _because(done: SetUp) -> str:
    return f", for {FAULTS['version']}" if "version" in done.status.faults else ""


def _secret_report(secret: str, *, has_older: bool) -> list[str]:
    rest = ",<the old one>" if has_older else ""
    lines = [
        "Its signing secret is shown this once. Set it and restart web and worker:",
        f"  STRIPE_WEBHOOK_SECRET={secret}{rest}",
    ]
    if has_older:
        lines += [
            "When an event signed with the new secret has come (`inbox list`), remove the old endpoint:",
            "  flask --app wsgi stripe setup --retire",
        ]
    return lines
