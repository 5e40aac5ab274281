"""Background work: rows are the truth, the queue only wakes.

Each job works off what is due, through services that may be run twice, and then lingers for a moment, so that the next
row finds it awake. A sweep every minute picks up what a lost wake-up left behind.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from huey import Huey, crontab, storage

from campaign.database import DatabaseBusy
from campaign.services import (
    delivery,
    laid_aside,
    pledge_reminding,
    receipting,
    refunding,
    settlement,
    webhook_inbox,
    worn_pages,
)
from campaign.services.alarms import signs as alarm_signs
from campaign.services.alarms import watching
from campaign.services.endpoint import own_addresses
from campaign.services.lease import HeldByAnother
from campaign.services.pledges import asking as pledge_asking
from campaign.services.reconciliation import payouts, reconciling, unidentified
from campaign.services.shield import judging as shield
from campaign.wiring import gateways
from receipts import HeldReceipt

log = logging.getLogger(__name__)

LINGER_SECONDS = 1.5
"""How long a job waits for more work before it ends; a wake-up within WAKE_SECONDS of the last one is not needed."""
PAUSE_SECONDS = 0.1
WAKE_SECONDS = 1.0
FAILURES_MAX = 10
BEAT_SECONDS = 60.0

huey: Any = Huey(
    "kurak", storage_class=storage.MemoryStorage, results=False
)  # Huey has no types; its storage comes with the app
_flask: list[Flask] = []
_woken: dict[str, float] = {}
_beats: list[float] = []  # when this worker last said that it is at work; empty in other processes


def init_app(app: Flask) -> None:
    """Give the queue its storage and the jobs their app."""
    _flask[:] = [app]
    _woken.clear()
    url: str = app.config["KURAK"].jobs_url
    match urlsplit(url).scheme.partition("+")[0]:
        case "sqlite":
            app.config["KURAK"].instance_dir.mkdir(parents=True, exist_ok=True)
            huey.storage_class, huey.storage_kwargs = (
                storage.SqliteStorage,
                {"filename": url.removeprefix("sqlite:///")},
            )
        case "postgresql":
            huey.storage_class, huey.storage_kwargs = storage.PostgresStorage, {"dsn": url.replace("+psycopg", "")}
        case "redis" | "rediss":
            huey.storage_class, huey.storage_kwargs = storage.RedisStorage, {"url": url}
        case _:
            huey.storage_class, huey.storage_kwargs = storage.MemoryStorage, {}
    huey.storage = huey.create_storage()


def wake(name: str) -> None:
    """Tell a worker that there is work: inbox, outbox, refunds, papers or pages. Never raises: the sweep is behind it."""
    now = time.monotonic()
    if now - _woken.get(name, -WAKE_SECONDS) < WAKE_SECONDS:
        return  # a job that was woken so lately is still awake
    _woken[name] = now
    try:
        TASKS[name]()
    except Exception:  # the row is stored; only its wake-up was lost
        log.warning("could not wake %s; the sweep will", name, exc_info=True)


def work_off(step: Callable[[], bool], *, linger_seconds: float = LINGER_SECONDS) -> int:
    """Do steps until nothing has been due for a while; how many were done.

    A step that fails does not stop the next row's; after FAILURES_MAX in a row it is not the row (a full disk, a lost
    database), so the job ends and the sweep tries again.
    """
    done = failures = 0
    idle_since = time.monotonic()
    while failures < FAILURES_MAX:
        did = _tried(step)
        if did:
            done, failures, idle_since = done + 1, 0, time.monotonic()
            _beat()
        elif did is None:
            failures += 1
        elif time.monotonic() - idle_since >= linger_seconds:
            break
        else:
            time.sleep(PAUSE_SECONDS)
    return done


def work_off_everything() -> int:
    """All that is due now, without lingering: for tests, commands and the sweep."""
    steps = (settle_inbox, send_refunds, look_after_pledges, close_pages, print_papers, send_mail)
    return sum(work_off(step, linger_seconds=0) for step in steps)


def settle_inbox() -> bool:
    """One event of the inbox; what it brought may have papers to print and mail to send."""
    outside = gateways()
    others = {"payout": partial(payouts.take_event, account=outside.account, clock=outside.clock)}
    did = settlement.settle_next_event(
        payments=outside.payments, clock=outside.clock, public_url=_public_url(), others=others
    )
    if did:
        wake("outbox")
    return did


def reconcile_hourly() -> bool:
    """Make good what the provider knows and we do not; what was stored for it is worked off by the sweep."""
    reconciling.repair_hourly(reconciling_outside(current_app))
    return False


def repair_now() -> bool:
    """The hour's repair, before its time; nothing where one is running already."""
    with suppress(HeldByAnother):
        reconciling.repair(reconciling_outside(current_app), mails=reconciling.Mails.RECENT)
    return False


def reconciling_outside(app: Flask) -> reconciling.Outside:
    """The provider from both sides, for comparing."""
    outside = gateways()
    return reconciling.Outside(
        payments=outside.payments,
        account=outside.account,
        clock=outside.clock,
        public_url=app.config["KURAK"].public_url,
    )


def send_refunds() -> bool:
    outside = gateways()
    return refunding.send_next_refund(payments=outside.payments, clock=outside.clock, public_url=_public_url())


def look_after_pledges() -> bool:
    """One monthly gift: what is asked of it, what its donor is to be told, what should have been heard of it."""
    outside = gateways()
    payments, clock = outside.payments, outside.clock
    return (
        pledge_asking.carry_out_next(payments=payments, clock=clock)
        or pledge_reminding.remind_next(payments=payments, clock=clock)
        or pledge_reminding.look_after_next(payments=payments, clock=clock, public_url=_public_url())
    )


def close_pages() -> bool:
    """One payment page that nobody needs: its donor has another by now, or too many cards were refused on it."""
    outside = gateways()
    return any(
        close(payments=outside.payments, clock=outside.clock, public_url=_public_url())
        for close in (laid_aside.close_next_page, worn_pages.close_next_worn_page)
    )


def give_way() -> bool:
    """What was booked as nobody's and turned out to be a gift's; there is never more than that to do."""
    unidentified.give_way(clock=gateways().clock)
    return False


def watch_shield() -> bool:
    """Up at a spike, away after quiet; there is never more than that to do."""
    shield.watch(clock=gateways().clock)
    return False


def watch() -> bool:
    """Alarms about the installation itself, raised and ended; there is never more than that to do."""
    outside, config = gateways(), current_app.config["KURAK"]
    addresses = own_addresses(config.public_url, port=config.port, mode=outside.payments.mode)
    watching.note_endpoint(outside.endpoints, addresses, clock=outside.clock)
    watching.watch(takes_cards=outside.payments.mode != "none", clock=outside.clock)
    return False


def send_mail() -> bool:
    outside = gateways()
    return delivery.deliver_next(mailer=outside.mailer, clock=outside.clock, public_url=_public_url())


def print_papers() -> bool:
    """One receipt that has no PDF yet; those whose facts cannot be printed rightly are left for staff."""
    for receipt_id in receipting.unprinted():
        try:
            receipting.make_file(receipt_id, clock=gateways().clock)
        except HeldReceipt as reason:
            log.warning("receipt %s is held: %s", receipt_id, reason)
        else:
            return True
    return False


def _tried(step: Callable[[], bool]) -> bool | None:
    """Whether a step found something to do; None when it failed, which is told here and kept with its row."""
    try:
        return step()
    except DatabaseBusy:
        log.warning("the database is busy; %s waits", step.__name__)
        return None
    except Exception:
        log.exception("%s failed", step.__name__)
        return None


def _beat() -> None:
    """Say once a minute that this worker is at work: with both hands full it begins no round, and is not silent."""
    if _beats and time.monotonic() - _beats[0] >= BEAT_SECONDS:
        _beats[0] = time.monotonic()
        alarm_signs.note(alarm_signs.WORKER, clock=gateways().clock)


def _public_url() -> str:
    url: str = current_app.config["KURAK"].public_url
    return url


def _job(step: Callable[[], bool]) -> Any:
    @huey.task(name=step.__name__)  # type: ignore[untyped-decorator]
    def job() -> None:
        with _flask[0].app_context():
            _beats[:] = _beats or [-BEAT_SECONDS]
            work_off(step)

    return job


TASKS: dict[str, Any] = {
    "inbox": _job(settle_inbox),
    "outbox": _job(send_mail),
    "refunds": _job(send_refunds),
    "papers": _job(print_papers),
    "pages": _job(close_pages),
    "pledges": _job(look_after_pledges),
}


@huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Whatever is due, woken or not; whether the shield is needed; and what was nobody's money and is a gift's now."""
    with _flask[0].app_context():
        _beats[:] = [time.monotonic()]
        alarm_signs.note(alarm_signs.WORKER, clock=gateways().clock)
        _tried(watch_shield)
        work_off_everything()
        _tried(give_way)
        alarm_signs.note(alarm_signs.SWEEP, clock=gateways().clock)


@huey.periodic_task(crontab(minute="*/5"))  # type: ignore[untyped-decorator]
def look_after() -> None:
    """A round of the watch; apart from the sweep, which it watches too."""
    with _flask[0].app_context():
        _tried(watch)


@huey.task(name="reconcile_now")  # type: ignore[untyped-decorator]
def reconcile_now() -> None:
    """The same, because somebody at the desk asked for it."""
    with _flask[0].app_context():
        _tried(repair_now)


TASKS["reconcile"] = reconcile_now


@huey.periodic_task(crontab(hour="3", minute="41"))  # type: ignore[untyped-decorator]
def forget() -> None:
    """Once a day, what is not needed any more and tells of people."""
    with _flask[0].app_context():
        webhook_inbox.forget_payloads(clock=gateways().clock)


@huey.periodic_task(crontab(minute="17"))  # type: ignore[untyped-decorator]
def reconcile() -> None:
    """Once an hour; however many workers' timetables ask for it, one does it."""
    with _flask[0].app_context():
        _tried(reconcile_hourly)
