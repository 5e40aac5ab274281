"""Card testing: how often somebody may try before more is asked of her, and when everybody is asked.

What is counted: payment sessions started and payments refused, per address, network, email, shown form and campaign, in
buckets of five minutes. Failures weigh most, and paid gifts excuse them where many people share an address: behind a
mobile carrier's few addresses hundreds of donors give, and some of their cards are refused too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

BUCKET = timedelta(minutes=5)
TEN_MINUTES, HOUR, DAY = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)
QUIET = timedelta(minutes=30)
"""For how long nothing bad must have happened before the shield is put away."""
WINDOWS = (TEN_MINUTES, QUIET, HOUR, DAY)
MAX_QUIET_FAILURES = 3
MAX_QUIET_REFUSALS = 10
MIN_BURST = 150
"""So many starts without a payment in ten minutes are a burst wherever the campaign has not seen many before."""
BURST_TIMES = 4
"""How many times its busiest ten minutes of the last weeks are beyond what a campaign knows."""
SHIELD_MINIMUM_TIMES = 2
"""How much higher the smallest gift is behind the shield."""
MAX_FAILURES_OF_A_PAGE = 10
"""Then a payment page is closed: nobody needs it longer, and testers would use it for all their cards."""


class Kind(StrEnum):
    """What attempts are counted by."""

    ADDRESS = "address"  # one IPv4 address, or a /64
    NETWORK = "network"  # a /24, or a /48
    EMAIL = "email"
    EMAIL_NEAR = "email_near"  # an email from one network: what strangers elsewhere do is not seen in it
    FORM = "form"  # one shown form
    CAMPAIGN = "campaign"


class What(StrEnum):
    """Which of an attempt's outcomes a limit looks at."""

    STARTED = "started"
    UNPAID = "unpaid"  # started and not paid
    FAILED = "failed"


class Challenge(IntEnum):
    """What is asked before a payment session is started; who has done more has done less too."""

    NOTHING = 0
    WORK = 1  # a small proof of work, done by the page's script
    CODE = 2  # a code sent by email
    FRESH_FORM = 3  # this form has started too many gifts
    PAUSE = 4  # nothing helps but time


class Cause(StrEnum):
    """Why the shield was put up."""

    FAILURES = "failures"
    STARTS = "starts"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` of something within a window go free; then `demand` is asked. Some failures may be excused by gifts paid."""

    kind: Kind
    what: What
    window: timedelta
    most: int
    demand: Challenge
    paid_per_excuse: int = 0  # so many paid gifts excuse one failure; 0 excuses none


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was counted within one window."""

    started: int = 0
    failed: int = 0
    turned_away: int = 0


Tallies = Mapping[tuple[Kind, timedelta], Tally]
Paid = Callable[[Kind, timedelta], int]
"""How many of the gifts started within a window are paid; asked only where it matters."""

_A, _N, _E, _C = Kind.ADDRESS, Kind.NETWORK, Kind.EMAIL, Kind.CAMPAIGN
LIMITS: tuple[Limit, ...] = (
    # Many people behind one address are many starts: up to several a minute are nothing strange.
    Limit(_A, What.STARTED, TEN_MINUTES, 120, Challenge.WORK),
    Limit(_A, What.STARTED, TEN_MINUTES, 240, Challenge.PAUSE),
    Limit(_A, What.STARTED, DAY, 1500, Challenge.WORK),
    Limit(_A, What.STARTED, DAY, 3000, Challenge.PAUSE),
    Limit(_A, What.FAILED, HOUR, 6, Challenge.WORK, paid_per_excuse=2),
    Limit(_A, What.FAILED, HOUR, 20, Challenge.PAUSE, paid_per_excuse=2),
    Limit(_A, What.FAILED, DAY, 60, Challenge.PAUSE, paid_per_excuse=2),
    # A network is never shut out, for others live there: at most a mailbox is asked for.
    Limit(_N, What.STARTED, TEN_MINUTES, 400, Challenge.WORK),
    Limit(_N, What.STARTED, TEN_MINUTES, 1200, Challenge.CODE),
    Limit(_N, What.FAILED, HOUR, 15, Challenge.WORK, paid_per_excuse=2),
    Limit(_N, What.FAILED, HOUR, 40, Challenge.CODE, paid_per_excuse=2),
    Limit(_N, What.FAILED, DAY, 120, Challenge.CODE, paid_per_excuse=2),
    # A paid gift leaves no trace in an email's counts, so nobody learns by trying whether it gave.
    Limit(_E, What.UNPAID, TEN_MINUTES, 6, Challenge.WORK),
    Limit(_E, What.UNPAID, TEN_MINUTES, 12, Challenge.PAUSE),
    Limit(_E, What.UNPAID, DAY, 30, Challenge.PAUSE),
    Limit(Kind.EMAIL_NEAR, What.FAILED, HOUR, 4, Challenge.WORK),
    Limit(Kind.EMAIL_NEAR, What.FAILED, HOUR, 8, Challenge.PAUSE),
    Limit(Kind.FORM, What.STARTED, DAY, 10, Challenge.FRESH_FORM),
    # Behind the shield, testers who do the work too are asked for a mailbox each.
    Limit(_C, What.FAILED, TEN_MINUTES, 100, Challenge.CODE, paid_per_excuse=1),
)
SPIKES: tuple[tuple[timedelta, int], ...] = ((TEN_MINUTES, 20), (HOUR, 50), (DAY, 200))
"""So many failures within a window, and more of them than gifts paid, put the shield up."""


def demand_of(tallies: Tallies, paid: Paid) -> Challenge:
    """The strictest of what the limits ask, for what was counted before this attempt."""
    reached = (limit.demand for limit in LIMITS if is_reached(limit, tallies, paid))
    return max(reached, default=Challenge.NOTHING)


def is_reached(limit: Limit, tallies: Tallies, paid: Paid) -> bool:
    """Whether all that goes free under a limit has been used up."""
    tally = tallies.get((limit.kind, limit.window), Tally())
    counted = tally.failed if limit.what is What.FAILED else tally.started
    if limit.what is What.UNPAID:
        return counted - paid(limit.kind, limit.window) >= limit.most
    if counted < limit.most or not limit.paid_per_excuse:
        return counted >= limit.most
    return counted - paid(limit.kind, limit.window) // limit.paid_per_excuse >= limit.most


def detect_spike(tallies: Tallies, paid: Paid, *, known: Callable[[], int]) -> Cause | None:
    """What in the traffic of all campaigns puts the shield up, if anything does.

    `known` gives the most starts within ten minutes of the last weeks; it is asked only when there are many now.
    """
    for window, most in SPIKES:
        failed = tallies.get((_C, window), Tally()).failed
        if failed >= most and failed > paid(_C, window):
            return Cause.FAILURES
    started = tallies.get((_C, TEN_MINUTES), Tally()).started
    if started < MIN_BURST:
        return None
    unexplained = started - 3 * paid(_C, TEN_MINUTES)
    if unexplained < MIN_BURST:
        return None
    return Cause.STARTS if unexplained >= BURST_TIMES * known() else None


def has_low_traffic(tallies: Tallies, paid: Paid) -> bool:
    """Return whether the last half hour had few failures and few attempts turned away: no reason for the shield."""
    tally = tallies.get((_C, QUIET), Tally())
    gifts = paid(_C, QUIET)
    return (
        tally.failed <= MAX_QUIET_FAILURES + gifts // 4
        and tally.turned_away <= MAX_QUIET_REFUSALS + gifts
        and tally.started < MIN_BURST + 3 * gifts
    )


def shield_minimum(minimum_minor: int) -> int:
    """The smallest gift behind the shield, in minor units: testers like small amounts."""
    return SHIELD_MINIMUM_TIMES * minimum_minor


def bucket_of(at: datetime) -> datetime:
    """The beginning of the five minutes that a moment lies in."""
    return at - (at - at.replace(hour=0, minute=0, second=0, microsecond=0)) % BUCKET
