"""The commands of `flask --app wsgi`, one module a group; `environment` and `serve` are programs of their own."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def add_commands(app: "Flask") -> None:
    """Register every command."""
    from campaign.cli.backup import backup, restore  # late, so that `serve` starts at once: it needs none of this
    from campaign.cli.demo import demo
    from campaign.cli.doctor import doctor
    from campaign.cli.drill import drill
    from campaign.cli.inbox import inbox
    from campaign.cli.jobs import jobs
    from campaign.cli.ledger import ledger
    from campaign.cli.prepare import prepare
    from campaign.cli.reconcile import reconcile
    from campaign.cli.sandbox import sandbox
    from campaign.cli.staff import staff
    from campaign.cli.states import donation
    from campaign.cli.stripe import stripe

    own = (
        backup,
        demo,
        doctor,
        donation,
        drill,
        inbox,
        jobs,
        ledger,
        prepare,
        reconcile,
        restore,
        sandbox,
        staff,
        stripe,
    )
    for command in own:
        app.cli.add_command(command)
