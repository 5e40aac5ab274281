"""What is due for monthly gifts by the calendar: a word before the first renewal and before a card expires, and a look at
those whose next gift should have come and was not heard of. The provider is asked before anything is said.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.pledge import PledgeState
from campaign.gateways.clock import Clock
from campaign.gateways.payments import GoneAtProvider, PaymentGateway, PaymentsNotConfigured, PaymentsUnavailable
from campaign.models.donation import Donation
from campaign.models.pledge import Pledge
from campaign.services.pledges import letters as pledge_letters
from campaign.services.pledges.following import ANNOUNCED_BEFORE, follow
from campaign.services.settlement import look_at_invoice

BEFORE_EXPIRY = timedelta(days=30)
OVERDUE = timedelta(days=1)
"""How long after the day of a gift it should have been heard of; how often it is looked for."""
GOES_ON = (PledgeState.ACTIVE, PledgeState.PAUSED, PledgeState.PAST_DUE)


@dataclass(frozen=True, slots=True)
class _Due:
    """A pledge about which something is due."""

    id: int
    subscription_id: str


def remind_next(*, payments: PaymentGateway, clock: Clock) -> bool:
    """Tell one donor what is due; False when nothing is, or the provider does not answer."""
    due = _first(or_(_renews_soon(clock), _expires_soon(clock)))
    if due is None:
        return False
    try:
        follow(due.subscription_id, payments=payments, clock=clock)
    except (PaymentsUnavailable, PaymentsNotConfigured):
        return False
    except GoneAtProvider:
        return _passed_over(due, clock=clock)
    now = clock.now()
    with transaction() as session:
        pledge = session.execute(select(Pledge).where(Pledge.id == due.id).with_for_update()).scalar_one()
        if session.execute(select(Pledge.id).where(Pledge.id == due.id, _renews_soon(clock))).first():
            pledge_letters.tell_reminder(session, pledge, at=now)
            pledge.reminded_at = now
        if session.execute(select(Pledge.id).where(Pledge.id == due.id, _expires_soon(clock))).first():
            pledge_letters.tell_card_expires(session, pledge, at=now)
            pledge.card_warned_on = pledge.card_expires_on
    return True


def look_after_next(*, payments: PaymentGateway, clock: Clock, public_url: str) -> bool:
    """Look after one monthly gift whose next month is overdue: what the provider charged and nobody told us is found."""
    now = clock.now()
    due = _first(
        and_(
            Pledge.state.in_(GOES_ON),
            Pledge.next_at < now - OVERDUE,
            Pledge.looked_at < now - OVERDUE,
        )
    )
    if due is None:
        return False
    try:
        catch_up(due.subscription_id, payments=payments, clock=clock, public_url=public_url)
    except (PaymentsUnavailable, PaymentsNotConfigured):
        return False
    except GoneAtProvider:
        return _passed_over(due, clock=clock)
    return True


def catch_up(subscription_id: str, *, payments: PaymentGateway, clock: Clock, public_url: str) -> int:
    """Bring a monthly gift and all its paid months up to what the provider knows; how many months were missing."""
    follow(subscription_id, payments=payments, clock=clock)
    invoices = payments.pledges.paid_invoices(subscription_id)
    with reading() as session:
        known = set(session.execute(select(Donation.invoice_id).where(Donation.invoice_id.in_(invoices))).scalars())
    missing = [invoice for invoice in invoices if invoice not in known]
    for invoice in missing:
        look_at_invoice(invoice, payments=payments, clock=clock, public_url=public_url)
    return len(missing)


def _first(wanted: ColumnElement[bool]) -> _Due | None:
    with reading() as session:
        row = session.execute(
            select(Pledge.id, Pledge.subscription_id).where(wanted).order_by(Pledge.id).limit(1)
        ).one_or_none()
    return _Due(row[0], row[1]) if row else None


def _renews_soon(clock: Clock) -> ColumnElement[bool]:
    now = clock.now()
    return and_(
        Pledge.state == PledgeState.ACTIVE,
        Pledge.reminded_at.is_(None),
        Pledge.next_at > now,
        Pledge.next_at <= now + ANNOUNCED_BEFORE,
    )


def _expires_soon(clock: Clock) -> ColumnElement[bool]:
    return and_(
        Pledge.state.in_(GOES_ON),
        Pledge.card_expires_on <= local_day(clock.now() + BEFORE_EXPIRY),
        Pledge.card_warned_on.is_distinct_from(Pledge.card_expires_on),
    )


def _passed_over(due: _Due, *, clock: Clock) -> bool:
    """The provider knows no such subscription any more: there is nothing to say, and nothing to look for again."""
    now = clock.now()
    with transaction() as session:
        session.execute(
            update(Pledge)
            .where(Pledge.id == due.id)
            .values(reminded_at=now, card_warned_on=Pledge.card_expires_on, looked_at=now)
        )
    return True
