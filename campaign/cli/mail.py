"""`flask mail`: what a mail server hands over."""

import os
import sys

import click
from flask.cli import AppGroup

from campaign.database import DatabaseBusy
from campaign.domain.field_mail import MAX_MESSAGE_BYTES
from campaign.domain.picture import PicturesBusy
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.field.receiving import receive_mail
from campaign.services.mail.reports import receive_report

mail = AppGroup("mail", help="Email from a mail server.")


@mail.command()
@click.option("--recipient", default="", metavar="ADDRESS", help="Where it was delivered; its headers count otherwise.")
def receive(recipient: str) -> None:
    """Read an email from the standard input: one for updates becomes a draft, a report about an email of ours is noted.

    Print nothing, and try later where we are busy.
    """
    data = sys.stdin.buffer.read(MAX_MESSAGE_BYTES + 1)
    context = current_context()
    try:
        received = None
        if not receive_report(data, context=context):
            received = receive_mail(data, recipient=recipient, context=context)
    except (DatabaseBusy, PicturesBusy):
        sys.exit(os.EX_TEMPFAIL)
    if received is not None and received.problems:
        wake("outbox")
