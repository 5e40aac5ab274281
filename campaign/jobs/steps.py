"""The pieces of work that a worker does: each calls one service, and can be done twice."""

import logging
from contextlib import suppress
from datetime import datetime
from functools import partial

from flask import current_app

from campaign.config import Config
from campaign.gateway_registry import current_context
from campaign.gateways.clock import machine_clock
from campaign.gateways.file_store import FileStoreUnavailable
from campaign.jobs.queues import wake
from campaign.services.alarms import scheduled_checks, watching
from campaign.services.alarms import signs as alarm_signs
from campaign.services.content import publishing as text_publishing
from campaign.services.dashboard import weekly
from campaign.services.events import notices as event_notices
from campaign.services.gifts import exhausted_pages, missed_payments, refunds, settlement, superseded_pages
from campaign.services.grants import review_mails
from campaign.services.inbox.endpoint import own_addresses
from campaign.services.mail import delivery
from campaign.services.news import mailing as news_mailing
from campaign.services.news import milestone_notes
from campaign.services.news import publishing as news_publishing
from campaign.services.pledges import endings as pledge_endings
from campaign.services.pledges import reminders, succession_steps
from campaign.services.pledges import requests as pledge_asking
from campaign.services.privacy import customer_deletion, reapplying, retention, second_list
from campaign.services.privacy.reapplying import UnreadableErasures
from campaign.services.queues.lease import LeaseTaken
from campaign.services.receipts import issuing
from campaign.services.receipts.conversion import ConversionNotKnown
from campaign.services.reconciliation import payouts, reconciling, suspense
from campaign.services.segment_mailings import sending as segment_sending
from campaign.services.shield import judging as shield
from receipts import ReceiptOnHold

log = logging.getLogger(__name__)
_started_at: list[datetime] = []
"""When this process became a worker, in the machine's time."""


def settle_inbox() -> bool:
    """Settle one event of the inbox; it may have receipts to render and emails to send."""
    context = current_context()
    others = {"payout": partial(payouts.take_event, context=context)}
    did = settlement.settle_next_event(context, handlers=others)
    if did:
        wake("outbox")
    return did


def reconcile_hourly() -> bool:
    """Make good what the provider knows and we do not; what was stored for it is worked off by the sweep."""
    reconciling.repair_hourly(current_context())
    return False


def repair_now() -> bool:
    """The hour's repair, before its time; nothing where one is running already."""
    with suppress(LeaseTaken):
        reconciling.repair(current_context(), mails=reconciling.Mails.RECENT)
    return False


def send_refunds() -> bool:
    """Send one refund to the provider; return False when none is due."""
    return refunds.send_next_refund(current_context())


def look_after_pledges() -> bool:
    """One monthly gift: what is asked of it, what its donor is to be told, what should have been heard of it."""
    context = current_context()
    return (
        pledge_endings.stop_next(clock=context.clock)
        or pledge_asking.execute_next(context)
        or succession_steps.move_next(context)
        or pledge_endings.plan_next(context)
        or succession_steps.ask_next(context)
        or pledge_endings.announce_next(context)
        or reminders.remind_next(context)
        or missed_payments.look_after_next(context)
    )


def delete_customers() -> bool:
    """Delete one erased donor's customer at the provider; return False when none is due."""
    return customer_deletion.delete_next(current_context())


def close_pages() -> bool:
    """One payment page that nobody needs: its donor has another by now, or too many cards were refused on it."""
    context = current_context()
    return any(
        close(context) for close in (superseded_pages.close_next_page, exhausted_pages.close_next_exhausted_page)
    )


def release_identified() -> bool:
    """What was booked as nobody's and turned out to be a gift's; there is never more than that to do."""
    suspense.release_identified(clock=current_context().clock)
    return False


def watch_shield() -> bool:
    """Up at a spike, away after quiet; there is never more than that to do."""
    shield.watch(clock=current_context().clock)
    return False


def watch() -> bool:
    """Alarms about the installation itself, raised and ended; there is never more than that to do."""
    context, config = current_context(), current_app.config["KURAK"]
    addresses = own_addresses(config.public_url, port=config.port, mode=context.payments.mode)
    watching.note_endpoint(addresses, context=context)
    watching.watch(takes_cards=context.payments.mode != "none", clock=context.clock)
    return False


def note_start() -> bool:
    """This process is a worker from now on: what was checked before it started is checked again."""
    _started_at.append(machine_clock(current_context().clock).now())
    return True


def note_death() -> bool:
    """The worker before this one died."""
    alarm_signs.note_death(clock=current_context().clock)
    return True


def check_books() -> bool:
    """Run the checks of the books and receipts that are due; there is never more than that to do."""
    return scheduled_checks.run_due_checks(clock=current_context().clock, started_at=max(_started_at, default=None))


def send_mail() -> bool:
    """Send one email; return False when none is due."""
    return delivery.deliver_next(current_context())


def render_receipts() -> bool:
    """One receipt that has no PDF yet; those whose facts cannot be printed rightly are left for staff."""
    for receipt_id in issuing.unprinted():
        try:
            issuing.make_file(receipt_id, clock=current_context().clock)
        except ReceiptOnHold as reason:
            log.warning("receipt %s is held: %s", receipt_id, reason)
        except ConversionNotKnown:
            continue  # it is printed when the provider has told, or without it
        else:
            return True
    return False


def publish_texts() -> bool:
    """Publish one text whose time has come; return False when none is due."""
    return text_publishing.publish_due(clock=current_context().clock)


def publish_updates() -> bool:
    """Publish one scheduled update whose moment has come; return False when none is due."""
    return news_publishing.publish_next_due(clock=current_context().clock)


def queue_updates() -> bool:
    """Write the emails to the next readers of an update or donors of a segment; return False when none is due."""
    clock = current_context().clock
    return any(kind.queue_next_batch(clock=clock) for kind in (news_mailing.SENDINGS, segment_sending.SENDINGS))


def look_after_events() -> bool:
    """Fill free places, tell of changes or remind some people; return False when none of it is due."""
    return event_notices.look_after_next(clock=current_context().clock)


def remind_reviewers() -> bool:
    """Remind one reviewer whose scores are due soon; return False when nobody is to be reminded."""
    return review_mails.remind_next(current_context())


def write_weekly_reports() -> bool:
    """Write one weekly email of the dashboard that is due; return False when none is."""
    context = current_context()
    return weekly.write_next(context)


def prepare_notes() -> bool:
    """Prepare an update for each milestone that is reached; there is never more than that to do."""
    milestone_notes.prepare_notes(clock=current_context().clock)
    return False


def delete_old_data() -> bool:
    """Delete the personal data whose time is over, and note the erasures outside the database."""
    config: Config = current_app.config["KURAK"]
    retention.run(
        retention.rules_for(config.retention_days, store=current_context().files), clock=current_context().clock
    )
    try:
        reapplying.note_missing(config.instance_dir)
        if store := current_context().erasures:
            second_list.share_lists(config.instance_dir, store)
    except (
        OSError,
        FileStoreUnavailable,
        UnreadableErasures,
    ):  # “kurak doctor” shows it, and the next night tries again
        log.exception("erasures could not be noted in %s", reapplying.FILE_NAME)
    return False


MONEY = (settle_inbox, send_refunds, look_after_pledges, close_pages, delete_customers)
"""What moves or books money, in the order of their turns."""
DOCUMENTS = (
    render_receipts,
    publish_texts,
    publish_updates,
    queue_updates,
    look_after_events,
    remind_reviewers,
    write_weekly_reports,
    send_mail,
)
"""What only tells of it."""
