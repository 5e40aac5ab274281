"""Compares our rows with the provider's and repairs what is missing, by the same steps that its events take.

Every repair ends in `settlement` or `payouts`, so it can be run again, beside workers and after a crash. One repair
runs at a time, on whichever machine; a comparison changes nothing and needs no lease. Money in the suspense account is
also released to its gift every minute, beside a repair.
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
from campaign.gateways.context import Context
from campaign.gateways.payments import MissingAtProvider, PaymentsNotConfigured, PaymentsUnavailable
from campaign.gateways.provider_account import MissedEvent
from campaign.models.donation import Donation
from campaign.models.payout import ProviderTransaction, Reconciliation
from campaign.services import observations
from campaign.services.gifts import payment_dates, settlement
from campaign.services.gifts.payment_dates import Missed
from campaign.services.queues import inbox
from campaign.services.queues.lease import ActiveLease, LeaseTaken, alone
from campaign.services.reconciliation import comparison, gift_differences, payouts, provider_transactions, suspense
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
    """Whether donors are emailed about what a repair changes. Emails that are not sent are on hold."""

    NONE = "none"
    RECENT = "recent"  # what happened within the last two days
    ALL = "all"


@dataclass(slots=True)
class Report:
    """The result of a repair: each difference repaired, or open with the reason."""

    repaired: list[Difference] = field(default_factory=list)
    still_open: list[tuple[Difference, str]] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Return whether nothing is wrong any more."""
        return not self.still_open

    def counts(self) -> dict[str, dict[str, int]]:
        """Return the number of differences of each kind."""
        return {
            "repaired": dict(Counter(one.kind for one in self.repaired)),
            "open": dict(Counter(one.kind for one, _reason in self.still_open)),
        }


def compare(context: Context, *, days: int = DAYS) -> Report:
    """Return what a repair would change; nothing is changed.

    Raises:
        PaymentsUnavailable: the provider does not answer.
    """
    since = context.clock.now() - timedelta(days=days)
    new = [fact for some in comparison.new_transactions(context.account) for fact in some]
    differences = [
        *_about_gifts(context, since=since),
        *(_of_event(missed) for missed in comparison.missed_events(context.account)),
        *comparison.payouts_behind(context.account, since=since),
        *comparison.unexplained(new),
    ]
    return Report(still_open=[(one, "") for one in differences if one.kind not in HEALTHY])


def repair(context: Context, *, mails: Mails, days: int = DAYS) -> Report:
    """Repair every difference.

    Raises:
        LeaseTaken: another repair is running.
        PaymentsUnavailable: the provider does not answer; the rest waits for the next repair.
    """
    with alone("reconcile", clock=context.clock) as lease:
        return _recorded_repair(context, lease, mails=mails, days=days)


def repair_hourly(context: Context) -> Report | None:
    """Run the job's repair; None when another worker runs it, or has just run it, or there is no provider."""
    if context.payments.mode == "none":
        return None
    try:
        with alone("reconcile", clock=context.clock) as lease:
            if _ended_lately(context.clock.now()):
                return None
            return _recorded_repair(context, lease, mails=Mails.RECENT, days=DAYS)
    except LeaseTaken:
        return None


def _recorded_repair(context: Context, lease: ActiveLease, *, mails: Mails, days: int) -> Report:
    """Run a repair with its row, which stores when it began, when it ended and its result."""
    at = context.clock.now()
    with transaction() as session:
        run_id: int = session.execute(
            insert(Reconciliation).values(started_at=at, counts={}).returning(Reconciliation.id)
        ).scalar_one()
    run = _Repair(context, lease, mails, since=at - timedelta(days=days))
    error = None
    try:
        run.work()
    except BaseException as stopped:  # a worker that is being stopped does not complete a repair either
        error = f"{type(stopped).__name__}: {stopped}"[:500]
        raise
    finally:
        ended = update(Reconciliation).where(Reconciliation.id == run_id)
        with transaction() as session:
            session.execute(ended.values(finished_at=context.clock.now(), counts={**run.report.counts()}, error=error))
        observations.note_check(observations.COMPARISON, clock=context.clock, error=error)
    return run.report


@dataclass(slots=True)
class _Repair:
    """One repair in progress."""

    context: Context
    lease: ActiveLease
    mails: Mails
    since: datetime
    report: Report = field(default_factory=Report)
    event_times: dict[str, datetime] = field(default_factory=dict)

    def work(self) -> None:
        """Repair gifts first, so that later events and movements meet them in the right state."""
        events = comparison.missed_events(self.context.account)
        self.event_times = payment_dates.times_of_events(
            (missed.envelope.type, missed.envelope.object_id, missed.envelope.created_at) for missed in events
        )
        for difference in _about_gifts(self.context, since=self.since):
            self._try(difference, self._settle)
        for missed in events:
            self._take_in(missed)
        self._note_transactions()
        for difference in comparison.unexplained():
            if difference.object_kind and not difference.is_foreign:
                self._try(difference, self._settle_behind)
        for difference in comparison.payouts_behind(self.context.account, since=self.since):
            self._try(difference, self._look_at_payout)
        self._explain()
        self._see_what_is_left()

    def _try(self, difference: Difference, repair: Callable[[Difference], object]) -> None:
        """Repair one difference; a failure is reported and does not stop the rest."""
        self.lease.renew()
        try:
            repair(difference)
        except (PaymentsUnavailable, PaymentsNotConfigured, DatabaseBusy, LeaseTaken):
            raise
        except MissingAtProvider:
            self.report.still_open.append((difference, "The provider does not have it any more."))
        except DomainError as problem:
            self.report.still_open.append((difference, f"{type(problem).__name__}: {problem}"))
        except Exception as error:
            log.exception("%s %s could not be repaired", difference.kind, difference.subject)
            self.report.still_open.append((difference, f"{type(error).__name__}: {error}"))
        else:
            self.report.repaired.append(difference)

    def _settle(self, difference: Difference) -> bool:
        """Settle the gift of a difference; False when it is none of ours."""
        missed = Missed(self._holds_mails(difference), self.event_times)
        if difference.object_kind != "gift":
            return settlement.settle_object(
                difference.object_kind,
                difference.object_id,
                context=self.context,
                missed=missed,
            )
        with reading() as session:
            gift_id = session.execute(
                select(Donation.id).where(Donation.public_id == difference.object_id)
            ).scalar_one()
        settlement.settle(
            gift_id,
            context=self.context,
            whole=True,
            missed=missed,
        )
        return True

    def _settle_behind(self, difference: Difference) -> None:
        """Settle the gift behind a movement; a foreign movement is marked, so that it is not queried every hour."""
        if not self._settle(difference):
            foreign = update(ProviderTransaction).where(ProviderTransaction.provider_id == difference.subject)
            with transaction() as session:
                session.execute(foreign.values(is_foreign=True))

    def _take_in(self, missed: MissedEvent) -> None:
        """Settle the object of an event, then store the event as delivered: the worker has nothing left to do."""
        difference, event = _of_event(missed), missed.envelope
        kind = split_event_type(event.type)[0]
        is_right_mode = event.livemode == (self.context.payments.mode == "live")
        if is_right_mode and kind in GIFT_EVENTS:
            self._try(
                Difference(
                    kind=difference.kind,
                    subject=difference.subject,
                    object_kind=kind,
                    object_id=event.object_id,
                    at=difference.at,
                ),
                self._settle,
            )
        else:
            self.report.repaired.append(difference)
        inbox.store(event, missed.body, mode=self.context.payments.mode, clock=self.context.clock, was_fetched=True)

    def _note_transactions(self) -> None:
        for some in comparison.new_transactions(self.context.account):
            self.lease.renew()
            with transaction() as session:
                provider_transactions.store(session, some)
        self._explain()

    def _explain(self) -> None:
        """Match what is open, and book the payouts concerned, in one transaction."""
        self.lease.renew()
        with transaction() as session:
            changed = suspense.release_matched(session, at=self.context.clock.now())
            changed |= provider_transactions.match_transactions(session)
            payouts.book(session, changed, clock=self.context.clock)

    def _look_at_payout(self, difference: Difference) -> None:
        payouts.refresh(difference.subject, context=self.context)

    def _see_what_is_left(self) -> None:
        """Report what is still open: the provider has no answer yet, or a person has to decide."""
        at = self.context.clock.now()
        left = {
            (one.kind, one.subject): one
            for one in (
                *gift_differences.overdue_gifts(at=at),
                *gift_differences.gifts_without_fee(at=at),
                *comparison.unexplained(),
            )
        }
        event_times = {(one.kind, one.subject) for one, _reason in self.report.still_open}
        self.report.repaired = [
            one for one in self.report.repaired if (one.kind, one.subject) not in left and one.kind not in HEALTHY
        ]
        self.report.still_open += [(one, "") for key, one in left.items() if key not in event_times]

    def _holds_mails(self, difference: Difference) -> bool:
        """Return whether emails about this are put on hold."""
        is_late = difference.at is not None and difference.at < self.context.clock.now() - LATE
        return self.mails is Mails.NONE or (self.mails is Mails.RECENT and is_late)


def _about_gifts(context: Context, *, since: datetime) -> Iterator[Difference]:
    at, account = context.clock.now(), context.account
    looks: Iterable[Iterable[Difference]] = (
        gift_differences.overdue_gifts(at=at),
        gift_differences.gifts_under_way(),
        gift_differences.gifts_without_fee(at=at),
        list(comparison.unknown_payments(account, since=since)),
        list(comparison.unknown_refunds(account, since=since)),
        list(comparison.unknown_disputes(account, since=since)),
    )
    for differences in looks:
        yield from differences


def _of_event(missed: MissedEvent) -> Difference:
    event = missed.envelope
    return Difference(kind="event_missed", subject=event.event_id, detail=event.type, at=event.created_at)


def _ended_lately(at: datetime) -> bool:
    with reading() as session:
        last = session.execute(
            select(Reconciliation.finished_at)
            .where(Reconciliation.error.is_(None), Reconciliation.finished_at.is_not(None))
            .order_by(Reconciliation.id.desc())
            .limit(1)
        ).scalar()
    return last is not None and last > at - HOURLY_PAUSE
