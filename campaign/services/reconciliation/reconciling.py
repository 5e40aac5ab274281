"""Comparing our rows with the provider's and making good what is missing, by the same steps that its events take.

Whatever is found ends in `settlement` or `payouts`, so a repair can be run again, beside workers and after a crash. One
repair runs at a time, on whichever machine; looking alone changes nothing and needs no leave. What was booked as nobody's
gives way to its gift each minute too, beside a repair.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import insert, select, update

from campaign.database import DatabaseBusy, reading, transaction
from campaign.domain.errors import DomainError
from campaign.domain.provider_events import GIFT_EVENTS, split_event_type
from campaign.gateways.clock import Clock
from campaign.gateways.payments import MissingAtProvider, PaymentGateway, PaymentsNotConfigured, PaymentsUnavailable
from campaign.gateways.provider_account import MissedEvent, ProviderAccount
from campaign.models.donation import Donation
from campaign.models.payout import ProviderTransaction, Reconciliation
from campaign.services import observations
from campaign.services.gifts import payment_dates, settlement
from campaign.services.gifts.payment_dates import Missed
from campaign.services.queues import inbox
from campaign.services.queues.lease import HeldByAnother, HeldLease, alone
from campaign.services.reconciliation import comparison, payouts, provider_transactions, suspense
from campaign.services.reconciliation.comparison import Difference

log = logging.getLogger(__name__)

DAYS = 3
"""How far back payments, refunds, disputes and payouts are compared; movements of the balance have no such limit."""
LATE = timedelta(hours=48)
"""Mails about what happened longer ago are held by the hourly repair: nobody waits for them any more."""
HOURLY_PAUSE = timedelta(minutes=30)
"""A repair that ended so lately is the hour's: every worker's timetable asks for one."""
HEALTHY = frozenset({"under_way"})
"""Looked at again, but nothing is wrong with it."""


class Mails(StrEnum):
    """Whether donors are told of what a repair finds. What is not sent is written and held."""

    NONE = "none"
    RECENT = "recent"  # what happened within the last two days
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The provider from both sides, the time, and our own address for links in mails."""

    payments: PaymentGateway
    account: ProviderAccount
    clock: Clock
    public_url: str


@dataclass(slots=True)
class Report:
    """What was found, and what has become of it: mended, or open with the reason."""

    mended: list[Difference] = field(default_factory=list)
    still_open: list[tuple[Difference, str]] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """True when nothing is left that is wrong."""
        return not self.still_open

    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each kind."""
        return {
            "mended": dict(Counter(found.kind for found in self.mended)),
            "open": dict(Counter(found.kind for found, _reason in self.still_open)),
        }


def compare(outside: Outside, *, days: int = DAYS) -> Report:
    """What a repair would look after; nothing is changed. Raises PaymentsUnavailable."""
    since = outside.clock.now() - timedelta(days=days)
    new = [fact for some in comparison.new_transactions(outside.account) for fact in some]
    found = [
        *_about_gifts(outside, since=since),
        *(_of_event(missed) for missed in comparison.missed_events(outside.account)),
        *comparison.payouts_behind(outside.account, since=since),
        *comparison.unexplained(new),
    ]
    return Report(still_open=[(one, "") for one in found if one.kind not in HEALTHY])


def repair(outside: Outside, *, mails: Mails, days: int = DAYS) -> Report:
    """Make good what is found. HeldByAnother while another repair runs; PaymentsUnavailable leaves the rest for later."""
    with alone("reconcile", clock=outside.clock) as lease:
        return _noted(outside, lease, mails=mails, days=days)


def repair_hourly(outside: Outside) -> Report | None:
    """The job's repair; None when another worker does it, or has just done it, or there is no provider."""
    if outside.payments.mode == "none":
        return None
    try:
        with alone("reconcile", clock=outside.clock) as lease:
            if _ended_lately(outside.clock.now()):
                return None
            return _noted(outside, lease, mails=Mails.RECENT, days=DAYS)
    except HeldByAnother:
        return None


def _noted(outside: Outside, lease: HeldLease, *, mails: Mails, days: int) -> Report:
    """A repair with its row, which says when it began, when it ended and what it found."""
    now = outside.clock.now()
    with transaction() as session:
        run_id: int = session.execute(
            insert(Reconciliation).values(started_at=now, found={}).returning(Reconciliation.id)
        ).scalar_one()
    run = _Repair(outside, lease, mails, since=now - timedelta(days=days))
    error = None
    try:
        run.work()
    except BaseException as stopped:  # a worker that is told to stop ends no repair either
        error = f"{type(stopped).__name__}: {stopped}"[:500]
        raise
    finally:
        ended = update(Reconciliation).where(Reconciliation.id == run_id)
        with transaction() as session:
            session.execute(ended.values(finished_at=outside.clock.now(), found={**run.report.counts()}, error=error))
        observations.note_check(observations.COMPARISON, clock=outside.clock, error=error)
    return run.report


@dataclass(slots=True)
class _Repair:
    """One repair under way."""

    outside: Outside
    lease: HeldLease
    mails: Mails
    since: datetime
    report: Report = field(default_factory=Report)
    told: dict[str, datetime] = field(default_factory=dict)

    def work(self) -> None:
        """Gifts first, so that events and movements that come after find them as they should be."""
        events = comparison.missed_events(self.outside.account)
        self.told = payment_dates.times_of_events(
            (missed.envelope.type, missed.envelope.object_id, missed.envelope.created_at) for missed in events
        )
        for found in _about_gifts(self.outside, since=self.since):
            self._try(found, self._settle)
        for missed in events:
            self._take_in(missed)
        self._note_transactions()
        for found in comparison.unexplained():
            if found.object_kind and not found.is_foreign:
                self._try(found, self._settle_behind)
        for found in comparison.payouts_behind(self.outside.account, since=self.since):
            self._try(found, self._look_at_payout)
        self._explain()
        self._see_what_is_left()

    def _try(self, found: Difference, mend: Callable[[Difference], object]) -> None:
        """One thing after the other: what cannot be mended is told and does not keep the rest waiting."""
        self.lease.renew()
        try:
            mend(found)
        except (PaymentsUnavailable, PaymentsNotConfigured, DatabaseBusy, HeldByAnother):
            raise
        except MissingAtProvider:
            self.report.still_open.append((found, "The provider does not have it any more."))
        except DomainError as problem:
            self.report.still_open.append((found, f"{type(problem).__name__}: {problem}"))
        except Exception as error:
            log.exception("%s %s could not be mended", found.kind, found.subject)
            self.report.still_open.append((found, f"{type(error).__name__}: {error}"))
        else:
            self.report.mended.append(found)

    def _settle(self, found: Difference) -> bool:
        """Settle the gift that a finding is about; False when it is none of ours."""
        outside, missed = self.outside, Missed(self._is_quiet(found), self.told)
        if found.object_kind != "gift":
            return settlement.settle_object(
                found.object_kind,
                found.object_id,
                payments=outside.payments,
                clock=outside.clock,
                public_url=outside.public_url,
                missed=missed,
            )
        with reading() as session:
            gift_id = session.execute(select(Donation.id).where(Donation.public_id == found.object_id)).scalar_one()
        settlement.settle(
            gift_id,
            payments=outside.payments,
            clock=outside.clock,
            public_url=outside.public_url,
            whole=True,
            missed=missed,
        )
        return True

    def _settle_behind(self, found: Difference) -> None:
        """The gift behind a movement; where there is none of ours, that is kept, so that nobody asks every hour."""
        if not self._settle(found):
            foreign = update(ProviderTransaction).where(ProviderTransaction.provider_id == found.subject)
            with transaction() as session:
                session.execute(foreign.values(is_foreign=True))

    def _take_in(self, missed: MissedEvent) -> None:
        """Settle what an event is about, then keep it as if it had been delivered: the worker finds nothing to do."""
        found, event = _of_event(missed), missed.envelope
        kind = split_event_type(event.type)[0]
        is_right_mode = event.livemode == (self.outside.payments.mode == "live")
        if is_right_mode and kind in GIFT_EVENTS:
            self._try(
                Difference(
                    kind=found.kind, subject=found.subject, object_kind=kind, object_id=event.object_id, at=found.at
                ),
                self._settle,
            )
        else:
            self.report.mended.append(found)
        inbox.store(event, missed.body, mode=self.outside.payments.mode, clock=self.outside.clock, was_fetched=True)

    def _note_transactions(self) -> None:
        for some in comparison.new_transactions(self.outside.account):
            self.lease.renew()
            with transaction() as session:
                provider_transactions.note(session, some)
        self._explain()

    def _explain(self) -> None:
        """Look again at what is open, and bring the payouts in question up to it, in one transaction."""
        self.lease.renew()
        with transaction() as session:
            changed = suspense.undo_where_known(session, at=self.outside.clock.now())
            changed |= provider_transactions.explain(session)
            payouts.book(session, changed, clock=self.outside.clock)

    def _look_at_payout(self, found: Difference) -> None:
        payouts.look_at(found.subject, account=self.outside.account, clock=self.outside.clock)

    def _see_what_is_left(self) -> None:
        """What was tried and is still so: the provider has no answer yet, or it is for a person to decide."""
        now = self.outside.clock.now()
        left = {
            (one.kind, one.subject): one
            for one in (
                *comparison.overdue_gifts(now=now),
                *comparison.gifts_without_fee(now=now),
                *comparison.unexplained(),
            )
        }
        told = {(one.kind, one.subject) for one, _reason in self.report.still_open}
        self.report.mended = [
            one for one in self.report.mended if (one.kind, one.subject) not in left and one.kind not in HEALTHY
        ]
        self.report.still_open += [(one, "") for key, one in left.items() if key not in told]

    def _is_quiet(self, found: Difference) -> bool:
        """Whether mails about this are held."""
        is_late = found.at is not None and found.at < self.outside.clock.now() - LATE
        return self.mails is Mails.NONE or (self.mails is Mails.RECENT and is_late)


def _about_gifts(outside: Outside, *, since: datetime) -> Iterator[Difference]:
    now, account = outside.clock.now(), outside.account
    looks: Iterable[Iterable[Difference]] = (
        comparison.overdue_gifts(now=now),
        comparison.gifts_under_way(),
        comparison.gifts_without_fee(now=now),
        list(comparison.unknown_payments(account, since=since)),
        list(comparison.unknown_refunds(account, since=since)),
        list(comparison.unknown_disputes(account, since=since)),
    )
    for found in looks:
        yield from found


def _of_event(missed: MissedEvent) -> Difference:
    event = missed.envelope
    return Difference(kind="event_missed", subject=event.event_id, detail=event.type, at=event.created_at)


def _ended_lately(now: datetime) -> bool:
    with reading() as session:
        last = session.execute(
            select(Reconciliation.finished_at)
            .where(Reconciliation.error.is_(None), Reconciliation.finished_at.is_not(None))
            .order_by(Reconciliation.id.desc())
            .limit(1)
        ).scalar()
    return last is not None and last > now - HOURLY_PAUSE
