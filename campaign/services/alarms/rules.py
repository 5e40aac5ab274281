"""The rules of the alarms: small functions over signs that were read before, each with a key, a severity and a since.

A new alarm is a rule in RULES, its sentences in `words`, and a section of docs/operations.md; a test compares them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaign.domain.alarm import Severity
from campaign.services.alarms.sign_types import Backlog, CheckSigns, MoneyCase, MoneySigns, Signs

EVENT_WAITS = timedelta(minutes=30)
"""How long an event may wait to be worked off; another event it waits for comes within minutes."""
PAID_WAITS = timedelta(minutes=5)
"""How long a gift that is paid may wait to be booked. Mostly it takes a second; a killed worker holds it for minutes."""
FIRST_EVENT = timedelta(minutes=15)
"""How soon after the first payment page the provider must have told us something."""
EVENTS_SILENT = timedelta(hours=3)
"""Every payment page ends within an hour, paid or not, and the provider tells of it."""
MAIL_WAITS = timedelta(hours=1)
WORKER_SILENT = timedelta(minutes=5)
"""The sweep begins every minute."""
MAX_DEATHS = 3
DEATHS_WITHIN = timedelta(minutes=10)
"""Workers that died so often within this time do not stay up."""
MIN_FREE_BYTES = 50_000_000
"""Below this the disk counts as full: SQLite's log, a backup or a day of receipts takes as much."""
SWEEP_SILENT = timedelta(minutes=20)
ENDPOINT_UNSEEN = timedelta(hours=6)
"""How long the look at the endpoint may fail before it is told: the provider may be down for a while."""

CHECK_OVERDUE = timedelta(hours=3)
"""The books are checked every hour, and compared with the provider every hour."""
RECEIPT_CHECK_OVERDUE = timedelta(hours=30)
"""Receipts are read once a day."""
MAX_CASES = 10
"""How many cases of one kind ring by themselves; the desk lists them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """An alarm that rings. `facts` is what its sentence names; `case` is set where each case rings by itself."""

    key: str
    case: str = ""
    severity: Severity
    since: datetime | None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return what distinguishes this alarm from every other one."""
        return f"{self.key}:{self.case}" if self.case else self.key


@dataclass(frozen=True, slots=True)
class Trouble:
    """The result of a rule: since when, what its sentence names, and its case where there may be several."""

    since: datetime | None
    facts: Mapping[str, object] = field(default_factory=dict)
    case: str = ""


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """One alarm: `look` returns the trouble in the signs, or none, or one for each case."""

    key: str
    severity: Severity
    look: Callable[[Signs], Trouble | Iterable[Trouble] | None]


def ringing(signs: Signs) -> list[Ringing]:
    """Return every alarm that rings by these signs, urgent ones first."""
    return [
        Ringing(key=rule.key, case=trouble.case, severity=rule.severity, since=trouble.since, facts=trouble.facts)
        for rule in sorted(RULES, key=lambda rule: rule.severity is not Severity.URGENT)
        for trouble in _troubles(rule, signs)
    ]


def _late(at: datetime | None, limit: datetime) -> Trouble | None:
    """Return the trouble since a moment that lies before the limit."""
    return Trouble(at) if at is not None and at < limit else None


def _troubles(rule: AlarmRule, signs: Signs) -> Iterable[Trouble]:
    trouble = rule.look(signs)
    return (trouble,) if isinstance(trouble, Trouble) else trouble or ()


def _worker_silent(signs: Signs) -> Trouble | None:
    if signs.worker_at is not None:
        return _late(signs.worker_at, signs.machine_now - WORKER_SILENT)
    return _late(signs.oldest_waiting_at, signs.at - WORKER_SILENT)


def _mail_worker_silent(signs: Signs) -> Trouble | None:
    if signs.mail_worker_at is not None:
        return _late(signs.mail_worker_at, signs.machine_now - WORKER_SILENT)
    return _late(signs.oldest_mail_at, signs.at - WORKER_SILENT)


def _sweep_silent(signs: Signs) -> Trouble | None:
    """Return trouble only while the worker runs: otherwise that is reported."""
    if signs.worker_at is None or _worker_silent(signs):
        return None
    ended = signs.sweep_at
    is_late = ended is not None and ended < signs.machine_now - SWEEP_SILENT
    return Trouble(ended) if is_late else None


def _workers_die(signs: Signs) -> Trouble | None:
    lately = [at for at in signs.worker_deaths if at >= signs.machine_now - DEATHS_WITHIN]
    return Trouble(min(lately), {"count": len(lately)}) if len(lately) >= MAX_DEATHS else None


def _disk_full(signs: Signs) -> Trouble | None:
    free = signs.free_bytes
    return Trouble(None, {"megabytes": free // 1_000_000}) if free is not None and free < MIN_FREE_BYTES else None


def _events_wait(signs: Signs) -> Trouble | None:
    oldest = signs.oldest_waiting_at
    if oldest is None or oldest >= signs.at - EVENT_WAITS:
        return None
    return Trouble(oldest, {"count": signs.waiting})


def _paid_waits(signs: Signs) -> Trouble | None:
    return _late(signs.oldest_paid_at, signs.at - PAID_WAITS)


def _events_dead(signs: Signs) -> Trouble | None:
    return Trouble(signs.oldest_failed_at, {"count": signs.failed_events}) if signs.failed_events else None


def _no_event_ever(signs: Signs) -> Trouble | None:
    unheard = signs.first_unheard_at
    if signs.last_event_at is not None or unheard is None or unheard >= signs.at - FIRST_EVENT:
        return None
    return Trouble(unheard)


def _events_stopped(signs: Signs) -> Trouble | None:
    unheard = signs.first_unheard_at
    if signs.last_event_at is None or unheard is None or unheard >= signs.at - EVENTS_SILENT:
        return None
    return Trouble(signs.last_event_at)


def _mail_waits(signs: Signs) -> Trouble | None:
    return _late(signs.oldest_mail_at, signs.at - MAIL_WAITS)


def _mail_dead(signs: Signs) -> Trouble | None:
    return Trouble(None, {"count": signs.failed_mails}) if signs.failed_mails else None


def _receipts_on_hold(signs: Signs) -> Trouble | None:
    return Trouble(None, {"count": signs.mails_on_hold}) if signs.mails_on_hold else None


def _receipts_substituted(signs: Signs) -> Trouble | None:
    return Trouble(None, {"count": signs.substituted_receipts}) if signs.substituted_receipts else None


def _endpoint_unseen(signs: Signs) -> Trouble | None:
    endpoint = signs.endpoint
    if endpoint is None or endpoint.problem is None:
        return None
    if endpoint.good_at is not None and endpoint.good_at >= signs.machine_now - ENDPOINT_UNSEEN:
        return None
    return Trouble(endpoint.good_at, {"problem": endpoint.problem})


def _endpoint(fault: str) -> Callable[[Signs], Trouble | None]:
    def look(signs: Signs) -> Trouble | None:
        status = signs.endpoint
        return Trouble(status.good_at, status.facts) if status is not None and fault in status.faults else None

    return look


def _books_broken(signs: Signs) -> Trouble | None:
    checks = [check for check in (signs.books, signs.receipts) if check is not None and check.problems]
    rules = [rule for check in checks for rule in check.problems]
    return Trouble(checks[0].good_at, {"count": len(rules), "rules": rules}) if checks else None


def _books_unchecked(signs: Signs) -> Trouble | None:
    return _overdue(signs, signs.books, CHECK_OVERDUE) or _overdue(signs, signs.receipts, RECEIPT_CHECK_OVERDUE)


def _comparison_overdue(signs: Signs) -> Trouble | None:
    return _overdue(signs, signs.comparison, CHECK_OVERDUE)


def _overdue(signs: Signs, check: CheckSigns | None, limit: timedelta) -> Trouble | None:
    """Return a check that failed the last time, or that did not begin for too long."""
    if check is None:
        return None
    if check.error is not None:
        return Trouble(check.good_at, {"problem": check.error})
    is_late = check.good_at is None or check.good_at < signs.machine_now - limit
    return Trouble(check.good_at, {"problem": "-"}) if is_late else None


def _backlog(backlog: Callable[[MoneySigns], Backlog]) -> Callable[[Signs], Trouble | None]:
    def look(signs: Signs) -> Trouble | None:
        rows = backlog(signs.money)
        return Trouble(rows.oldest_at, {"count": rows.count}) if rows.count else None

    return look


def _each(cases: Callable[[MoneySigns], Iterable[MoneyCase]]) -> Callable[[Signs], Iterable[Trouble]]:
    def look(signs: Signs) -> Iterable[Trouble]:
        return [Trouble(case.since, case.facts, case.name) for case in cases(signs.money)]

    return look


RULES: tuple[AlarmRule, ...] = (
    AlarmRule("worker_silent", Severity.URGENT, _worker_silent),
    AlarmRule("mail_worker_silent", Severity.URGENT, _mail_worker_silent),
    AlarmRule("workers_die", Severity.URGENT, _workers_die),
    AlarmRule("disk_full", Severity.URGENT, _disk_full),
    AlarmRule("sweep_silent", Severity.WARNING, _sweep_silent),
    AlarmRule("paid_waits", Severity.URGENT, _paid_waits),
    AlarmRule("events_wait", Severity.URGENT, _events_wait),
    AlarmRule("events_dead", Severity.URGENT, _events_dead),
    AlarmRule("no_event_ever", Severity.URGENT, _no_event_ever),
    AlarmRule("events_stopped", Severity.URGENT, _events_stopped),
    AlarmRule("endpoint_missing", Severity.URGENT, _endpoint("missing")),
    AlarmRule("endpoint_disabled", Severity.URGENT, _endpoint("disabled")),
    AlarmRule("endpoint_types", Severity.URGENT, _endpoint("types")),
    AlarmRule("endpoint_version", Severity.URGENT, _endpoint("version")),
    AlarmRule("endpoint_url", Severity.URGENT, _endpoint("url")),
    AlarmRule("endpoint_unseen", Severity.WARNING, _endpoint_unseen),
    AlarmRule("books_broken", Severity.URGENT, _books_broken),
    AlarmRule("books_unchecked", Severity.URGENT, _books_unchecked),
    AlarmRule("comparison_overdue", Severity.URGENT, _comparison_overdue),
    AlarmRule("unexplained", Severity.URGENT, _backlog(lambda money: money.unexplained)),
    AlarmRule("disputed", Severity.URGENT, _each(lambda money: money.disputes)),
    AlarmRule("refund_failed", Severity.URGENT, _each(lambda money: money.failed_refunds)),
    AlarmRule("refunds_not_sent", Severity.URGENT, _backlog(lambda money: money.refunds_not_sent)),
    AlarmRule("requests_not_sent", Severity.URGENT, _backlog(lambda money: money.requests_not_sent)),
    AlarmRule("payout_failed", Severity.URGENT, _each(lambda money: money.returned_payouts)),
    AlarmRule("fund_below_zero", Severity.URGENT, _each(lambda money: money.funds_below_zero)),
    AlarmRule("mail_waits", Severity.URGENT, _mail_waits),
    AlarmRule("mail_dead", Severity.WARNING, _mail_dead),
    AlarmRule("receipts_held", Severity.URGENT, _receipts_on_hold),
    AlarmRule("receipts_substituted", Severity.WARNING, _receipts_substituted),
)
"""Every alarm there is."""
