"""`flask demo`: a campaign with a past, for looking around and for training."""

import sys

import click
import requests
from flask import current_app
from flask.cli import AppGroup

from campaign.config import Config
from campaign.domain.errors import NotFound
from campaign.gateway_registry import current_context
from campaign.gateways.sandbox_console import SandboxConsole, TimeGoesForward
from campaign.jobs import work_off_everything
from campaign.services.demo.content import load_plan
from campaign.services.demo.history import DemoContext, play_history

demo = AppGroup("demo", help="Demonstrations, in development only.")


def play(*, gifts: int, seed: int) -> int:
    """Make synthetic gifts at the running sandbox; return how many were paid. Exit when there is no sandbox."""
    config: Config = current_app.config["KURAK"]
    if config.sandbox_url is None or config.stripe_secret_key is None:
        sys.exit("kurak: synthetic gifts are given at the sandbox, and none is running here.")
    stage = DemoContext(
        plan=load_plan(),
        console=SandboxConsole(config.sandbox_url, config.stripe_secret_key),
        context=current_context(),
    )
    try:
        return play_history(stage, gifts=gifts, seed=seed)
    except NotFound:
        sys.exit("kurak: the demo campaign is not in this database; `make run` loads it into an empty one.")
    except TimeGoesForward:
        sys.exit(
            "kurak: gifts were given at this sandbox already, and only a new one can be given a past; nothing was "
            "changed. To load the past again, start the site with another INSTANCE_DIR."
        )
    except requests.ConnectionError:
        sys.exit("kurak: the sandbox does not answer; `make run` starts it.")


@demo.command()
@click.option("--gifts", default=60, show_default=True, type=click.IntRange(1, 5000), help="How many are begun.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same history.")
def load(gifts: int, seed: int) -> None:
    """Make synthetic gifts over the campaign's days, allocate and spend some of the money."""
    paid = play(gifts=gifts, seed=seed)
    work_off_everything()
    click.echo(f"{paid} of {gifts} gifts were paid.")
