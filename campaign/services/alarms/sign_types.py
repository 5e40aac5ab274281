"""The values that the rules of the alarms judge and `signs` reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSigns:
    """The last check of the provider's endpoint.

    `faults` as in services/inbox/endpoint.py; `problem` when it failed.
    """

    at: datetime
    good_at: datetime | None  # the last check that succeeded
    faults: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSigns:
    """The last run of a check: when it last finished, its result, and why the last run did not finish."""

    good_at: datetime | None
    problems: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyCase:
    """One case about money that needs a person. `name` distinguishes it from others of its kind."""

    name: str
    since: datetime | None
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How many rows wait for a person, and since when the oldest of them exists."""

    count: int = 0
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySigns:
    """The cases about money, oldest first; at most MAX_CASES of a kind are read."""

    disputes: tuple[MoneyCase, ...] = ()
    failed_refunds: tuple[MoneyCase, ...] = ()
    returned_payouts: tuple[MoneyCase, ...] = ()
    funds_below_zero: tuple[MoneyCase, ...] = ()
    unexplained: Backlog = Backlog()
    refunds_not_sent: Backlog = Backlog()
    requests_not_sent: Backlog = Backlog()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the rules judge: moments and counts, read at `at`; what a worker did is judged by `machine_now`."""

    at: datetime
    machine_now: datetime
    takes_cards: bool
    oldest_waiting_at: datetime | None = None  # of events that are not worked off
    waiting: int = 0
    oldest_paid_at: datetime | None = None  # of events that tell of a payment and are not worked off
    failed_events: int = 0
    oldest_failed_at: datetime | None = None
    last_event_at: datetime | None = None
    first_unheard_at: datetime | None = None  # of payments since the last event, of which no event came
    oldest_mail_at: datetime | None = None  # of mails that wait to leave
    failed_mails: int = 0
    mails_on_hold: int = 0
    substituted_receipts: int = 0  # sent, with a sign in place of a character that no font has
    worker_at: datetime | None = None
    mail_worker_at: datetime | None = None
    sweep_at: datetime | None = None
    worker_deaths: tuple[datetime, ...] = ()
    free_bytes: int | None = None  # of the disk with the instance folder
    endpoint: EndpointSigns | None = None
    books: CheckSigns | None = None
    receipts: CheckSigns | None = None
    comparison: CheckSigns | None = None
    money: MoneySigns = MoneySigns()
