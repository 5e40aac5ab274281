"""Judges attempts: each one to start a payment session is counted and judged, and a breaker watches all.

Limits hold for one visitor. When too many payments fail, or far more are started than the campaigns usually have, the
shield is activated for everybody: a small proof of work is required, the minimum gift is higher, and staff are
notified. It is deactivated after a quiet period. The table of limits is `domain/abuse.py`; the counters are in
`services/shield/attempts.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.abuse import (
    BUCKET,
    HOUR,
    TEN_MINUTES,
    Cause,
    Challenge,
    Kind,
    Paid,
    Tallies,
    Tally,
    bucket_of,
    demand_of,
    detect_spike,
    has_low_traffic,
)
from campaign.domain.donation import DonationState
from campaign.domain.visitor_keys import key_of, network_keys, normalized_email
from campaign.gateways.clock import Clock
from campaign.models.abuse import GiftStart, ShieldPeriod
from campaign.models.donation import Donation
from campaign.services.shield import state as shield_state
from campaign.services.shield.attempts import (
    count_attempts,
    keys_of_start,
    most_starts_known,
    paid_gifts,
    sweep_attempts,
    tallies_of,
    traffic,
)
from campaign.services.shield.codes import sweep_codes

UNPAID = (DonationState.CREATED.value, DonationState.OPEN.value, DonationState.EXPIRED.value)
"""States in which a refused payment is a refused card; a delayed payment that fails days later is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedVisitor:
    """A visitor who wants to give, by the keys under which they are counted: hashed."""

    keys: Mapping[Kind, str]

    @property
    def places(self) -> Mapping[Kind, str]:
        """Return the keys known before anything is typed."""
        return {kind: key for kind, key in self.keys.items() if kind in {Kind.ADDRESS, Kind.NETWORK, Kind.CAMPAIGN}}


@dataclass(frozen=True, slots=True)
class _Shield:
    """Whether the shield is active, and since when the breaker counts: not before it was last deactivated."""

    is_up: bool
    counted_from: datetime | None


def visitor(*, address: str | None, email: str | None, form: str, campaign: str, secret: str) -> CheckedVisitor:
    """Return the keys of one attempt; `form` is the shown form's own name."""
    places = network_keys(address)
    said: dict[Kind, str] = {**places, Kind.FORM: form}
    if email:
        said[Kind.EMAIL] = normalized_email(email)
        said[Kind.EMAIL_NEAR] = f"{normalized_email(email)} {places.get(Kind.NETWORK, '')}"
    keys = {kind: key_of(kind, value, secret=secret) for kind, value in said.items()}
    return CheckedVisitor(keys={**keys, Kind.CAMPAIGN: campaign})


def is_up() -> bool:
    """Return whether the shield is active for everybody."""
    with reading() as session:
        return _shield(session).is_up


def minimal_challenge(who: CheckedVisitor, *, is_up: bool, clock: Clock) -> Challenge:
    """Return the challenge for a visitor before they send anything, by their address and network alone."""
    with reading() as session:
        return _required_challenge(session, who.places, is_up=is_up, at=clock.now())


def check_attempt(session: Session, who: CheckedVisitor, *, form_id: str, proof: Challenge, at: datetime) -> Challenge:
    """Count one attempt to start a payment session; return the challenge that `proof` did not meet, or NOTHING.

    Call it in the transaction that stores the gift. The attempt is counted whatever the answer.
    """
    # Counted first: another attempt at the same moment waits for these rows, and includes this one.
    count_attempts(session, who.keys, at=at, column="started")
    shield = _shield(session)
    challenge = _required_challenge(session, who.keys, is_up=shield.is_up, at=at, but_started=1)
    if challenge > proof:
        count_attempts(session, who.keys, at=at, column="started", by=-1)
        count_attempts(session, who.keys, at=at, column="turned_away")
        return challenge
    _remember(session, who, form_id=form_id, at=at)
    _watch(session, shield, at=at)
    return Challenge.NOTHING


def count_failure(session: Session, donation_id: int, *, at: datetime) -> None:
    """Count a refused payment of a gift, in the transaction that stores it. An event delivered twice counts twice.

    Only of gifts that a form started and nobody paid yet: renewals and delayed payments fail for other reasons.
    """
    form_id = session.execute(
        select(func.coalesce(Donation.superseded_form_id, Donation.form_id)).where(
            Donation.id == donation_id, Donation.state.in_(UNPAID)
        )
    ).scalar()
    if form_id is None:
        return
    begun = select(GiftStart).where(GiftStart.form_id == form_id)
    start = session.execute(begun.order_by(GiftStart.id.desc()).limit(1)).scalar_one_or_none()
    if start is None:
        return
    session.execute(update(GiftStart).where(GiftStart.id == start.id).values(failures=GiftStart.failures + 1))
    count_attempts(session, keys_of_start(start), at=at, column="failed")
    _watch(session, _shield(session), at=at)


def watch(*, clock: Clock) -> None:
    """Run the breaker once a minute: activate after a spike, deactivate after a quiet period; old counts are deleted."""
    at = clock.now()
    with transaction() as session:
        sweep_attempts(session, at=at)
        sweep_codes(session, at=at)
        period = shield_state.open_period(session)
        if period is None:
            _watch(session, _shield(session), at=at)
        elif period.cause != Cause.STAFF and _has_been_quiet(session, at=at):
            shield_state.deactivate(session, period, actor_id=None, reason=None, at=at)


def _required_challenge(
    session: Session, keys: Mapping[Kind, str], *, is_up: bool, at: datetime, but_started: int = 0
) -> Challenge:
    tallies = _less_started(tallies_of(session, keys, at=at), but_started)
    challenge = demand_of(tallies, _paid_of(session, keys, at=at))
    return max(challenge, Challenge.WORK) if is_up else challenge


def _less_started(tallies: Tallies, less: int) -> Tallies:
    """Return the counts before this attempt."""
    return {
        where: Tally(started=tally.started - less, failed=tally.failed, turned_away=tally.turned_away)
        for where, tally in tallies.items()
    }


def _paid_of(session: Session, keys: Mapping[Kind, str], *, at: datetime) -> Paid:
    @cache
    def paid(kind: Kind, window: timedelta) -> int:
        return paid_gifts(session, kind, keys[kind], at=at, window=window) if kind in keys else 0

    return paid


def _remember(session: Session, who: CheckedVisitor, *, form_id: str, at: datetime) -> None:
    session.execute(
        _REMEMBER,
        {
            "form_id": form_id,
            "campaign": who.keys[Kind.CAMPAIGN],
            "address_key": who.keys.get(Kind.ADDRESS),
            "network_key": who.keys.get(Kind.NETWORK),
            "email_key": who.keys.get(Kind.EMAIL),
            "email_near_key": who.keys.get(Kind.EMAIL_NEAR),
            "started_at": at,
            "failures": 0,
        },
    )


def _shield(session: Session) -> _Shield:
    open_ones, ended_at = session.execute(_PERIODS).one()
    return _Shield(is_up=open_ones > 0, counted_from=bucket_of(ended_at) + BUCKET if ended_at else None)


def _watch(session: Session, shield: _Shield, *, at: datetime) -> None:
    """Activate the shield if the counts since it was last deactivated require it."""
    if shield.is_up:
        return
    since = shield.counted_from
    counts = traffic(session, at=at, since=since)
    cause = detect_spike(counts, _paid_by_all(session, at=at, since=since), known=_known(session, at=at))
    if cause is not None:
        shield_state.activate(
            session, cause, counts=counts.get((Kind.CAMPAIGN, HOUR), Tally()), actor_id=None, reason=None, at=at
        )


def _has_been_quiet(session: Session, *, at: datetime) -> bool:
    return has_low_traffic(traffic(session, at=at, since=None), _paid_by_all(session, at=at, since=None))


def _paid_by_all(session: Session, *, at: datetime, since: datetime | None) -> Paid:
    @cache
    def paid(kind: Kind, window: timedelta) -> int:
        return paid_gifts(session, kind, None, at=at, window=window, since=since)

    return paid


def _known(session: Session, *, at: datetime) -> Callable[[], int]:
    """Return the usual traffic, from before the burst could begin."""
    return lambda: most_starts_known(session, before=at - TEN_MINUTES)


# Built once, of the tables alone: every attempt needs it.
_REMEMBER = insert(GiftStart.__table__).inline()
_PERIOD = ShieldPeriod.__table__.c
_PERIODS = select(func.count(_PERIOD.is_open), func.max(_PERIOD.ended_at))
