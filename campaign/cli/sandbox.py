"""`flask sandbox info`: where the running sandbox listens, so that any Stripe client can be pointed at it."""

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
    """Its address, its key and the webhook's secret; exit 1 when there is none."""
    config: Config = current_app.config["KURAK"]
    if config.sandbox_url is None:
        sys.exit("kurak: no sandbox is running here; `make run` starts one.")
    found = {
        "api_base": config.sandbox_url,
        "api_key": config.stripe_secret_key,
        "webhook_secret": config.stripe_webhook_secrets[0],
        "webhook_url": f"{config.public_url}/webhooks/stripe",
    }
    click.echo(json.dumps(found) if as_json else "\n".join(f"{name:<15} {value}" for name, value in found.items()))
