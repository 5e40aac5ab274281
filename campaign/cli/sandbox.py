"""`flask sandbox info`: the address of the running sandbox, so that any Stripe client can use it."""

import json
import sys

import click
from flask import current_app
from flask.cli import AppGroup

from campaign.config import Config

sandbox = AppGroup("sandbox", help="The stand-in for Stripe, in development.")


@sandbox.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def info(as_json: bool) -> None:
    """Print its address, its key and the webhook's secret; exit 1 when there is none."""
    config: Config = current_app.config["KURAK"]
    if config.sandbox_url is None:
        sys.exit("kurak: no sandbox is running here; `make run` starts one.")
    values = {
        "api_base": config.sandbox_url,
        "api_key": config.stripe_secret_key,
        "webhook_secret": config.stripe_webhook_secrets[0],
        "webhook_url": f"{config.public_url}/webhooks/stripe",
    }
    click.echo(json.dumps(values) if as_json else "\n".join(f"{name:<15} {value}" for name, value in values.items()))
