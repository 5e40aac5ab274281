"""`flask reconcile`: compares our rows with the provider's."""

import json
import sys

import click

from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.gateways.payments import PaymentsNotConfigured
from campaign.jobs import wake
from campaign.services.queues.lease import LeaseTaken
from campaign.services.reconciliation import reconciling
from campaign.services.reconciliation.comparison import Difference
from campaign.services.reconciliation.reconciling import DAYS, Mails, Report


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@click.option("--repair", is_flag=True, help="Make good what is found; without it nothing is changed.")
@click.option("--mail", is_flag=True, help="Send donors the mails about it; without it they are written and held.")
@click.option("--days", default=DAYS, show_default=True, type=click.IntRange(1, 365), help="How far back.")
def reconcile(as_json: bool, repair: bool, mail: bool, days: int) -> None:
    """Compare with the provider; exit 1 when there are differences, or with --repair when some are left."""
    context = current_context()
    try:
        if repair:
            report = reconciling.repair(context, mails=Mails.ALL if mail else Mails.NONE, days=days)
            wake("inbox")
            wake("outbox")
        else:
            report = reconciling.compare(context, days=days)
    except LeaseTaken:
        sys.exit("kurak: another repair is running; try again when it has ended.")
    except PaymentsNotConfigured:
        sys.exit("kurak: no key is set, so there is no provider to compare with.")
    except DomainError as problem:
        sys.exit(f"kurak: not possible now: {problem}. What was done stands; run it again for the rest.")
    click.echo(_as_json(report) if as_json else _as_text(report, is_repair=repair))
    sys.exit(0 if report.is_clean else 1)


def _as_json(report: Report) -> str:
    return json.dumps(
        {
            "repaired": [_facts(difference) for difference in report.repaired],
            "open": [{**_facts(difference), "reason": reason} for difference, reason in report.still_open],
        }
    )


def _facts(difference: Difference) -> dict[str, str | None]:
    at = difference.at.isoformat() if difference.at else None
    return {"kind": difference.kind, "subject": difference.subject, "detail": difference.detail, "at": at}


def _as_text(report: Report, *, is_repair: bool) -> str:
    lines = [f"repaired  {_line(difference)}" for difference in report.repaired]
    word = "open    " if is_repair else "found   "
    lines += [
        f"{word}  {_line(difference)}{f': {reason}' if reason else ''}" for difference, reason in report.still_open
    ]
    summary = f"{len(report.repaired)} repaired, {len(report.still_open)} open" if is_repair else _summary(report)
    return "\n".join([*lines, summary])


def _line(difference: Difference) -> str:
    when = f" of {difference.at:%Y-%m-%d %H:%M}" if difference.at else ""
    return f"{difference.kind:<16} {difference.subject}{when}  {difference.detail}".rstrip()


def _summary(report: Report) -> str:
    if report.is_clean:
        return "Our rows and the provider's agree."
    return f"{len(report.still_open)} found; nothing was changed. Use --repair to repair what can be repaired."
