"""From the provider's word to our books: every way in (webhook, return page, replay, reconciler) ends in `settle`.

The provider is asked outside any transaction and its answer applied in one: the gift's version is noted first, and if
it has moved meanwhile the provider is asked again, so an older answer is never put over a newer one. State, history,
journal entries, receipt, mail and the event's mark stand or fall together; each has a unique key, so doing it twice
changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import DomainError
from campaign.gateways.clock import Clock
from campaign.gateways.payments import (
    GoneAtProvider,
    PaymentFacts,
    PaymentGateway,
    PaymentsNotConfigured,
    PaymentsUnavailable,
)
from campaign.models.donation import Donation, Refund
from campaign.services import webhook_inbox
from campaign.services.applying import PaymentMismatch, apply_facts
from campaign.services.webhook_inbox import TakenEvent

KINDS = {
    "checkout.session": ("completed", "async_payment_succeeded", "async_payment_failed", "expired"),
    "payment_intent": ("succeeded", "payment_failed", "processing", "canceled"),
    "charge": ("updated", "refunded"),
    "refund": ("created", "updated", "failed"),
}
"""The events that tell of a gift, by the kind of their object; others are kept and ignored."""
REFETCHES_MAX = 5
"""How often the provider is asked again because somebody else applied an answer meanwhile."""


class GiftNotKnownYet(DomainError):
    """The provider names a gift of ours that has no row (yet): parked, and tried after every success."""


class KeepsMoving(DomainError):
    """Others kept applying answers to this gift; trying later is safe."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A gift's row before the provider was asked."""

    id: int
    version: int
    checkout_id: str | None


def settle_next_event(*, payments: PaymentGateway, clock: Clock, public_url: str) -> bool:
    """Work off the oldest event that is due; False when none is. A failure leaves it for later, with its reason."""
    event = webhook_inbox.take_next(clock=clock)
    if event is None:
        return False
    try:
        _settle_event(event, payments=payments, clock=clock, public_url=public_url)
    except GiftNotKnownYet as wait:
        webhook_inbox.put_back(event, "parked", f"The gift {wait} is not known here yet.", clock=clock)
    except (PaymentsUnavailable, PaymentsNotConfigured, KeepsMoving) as wait:
        webhook_inbox.put_back(event, "failed", f"Not possible now: {wait}", clock=clock)
    except PaymentMismatch as problem:
        webhook_inbox.put_back(event, "failed", f"It does not fit the gift: {problem}", clock=clock)
    except Exception as error:
        webhook_inbox.put_back(event, "failed", f"{type(error).__name__}: {error}", clock=clock)
        raise
    return True


def look_at_checkout(checkout_id: str, *, payments: PaymentGateway, clock: Clock, public_url: str) -> None:
    """Ask the provider about a payment page and apply its answer: for the return page, which is not the only way in."""
    with reading() as session:
        donation_id = session.execute(select(Donation.id).where(Donation.checkout_id == checkout_id)).scalar()
    if donation_id is not None:
        settle(donation_id, payments=payments, clock=clock, public_url=public_url)


def settle(
    donation_id: int,
    *,
    payments: PaymentGateway,
    clock: Clock,
    public_url: str,
    event: TakenEvent | None = None,
    with_refunds: bool = False,
) -> None:
    """Bring one gift up to what the provider knows now, and close the event that told of it in the same transaction."""
    for _ in range(REFETCHES_MAX):
        seen, has_refunds = _seen(donation_id)
        checkout_id = seen.checkout_id or (event.object_id if event and event.type.startswith("checkout.") else None)
        if checkout_id is None:
            raise GiftNotKnownYet("without a payment page")
        facts = payments.payment(checkout_id, with_refunds=with_refunds or has_refunds)
        with transaction() as session:
            if _is_unmoved(session, seen):
                _apply(session, seen, facts, at=clock.now(), public_url=public_url, event=event)
                return
    raise KeepsMoving


def _settle_event(event: TakenEvent, *, payments: PaymentGateway, clock: Clock, public_url: str) -> None:
    kind, _, act = event.type.rpartition(".")
    if act not in KINDS.get(kind, ()):
        _close(event, "ignored", clock=clock)
        return
    try:
        donation_id = _donation_of(kind, event.object_id, payments=payments)
        if donation_id is None:
            _close(event, "foreign", clock=clock)
            return
        settle(
            donation_id,
            payments=payments,
            clock=clock,
            public_url=public_url,
            event=event,
            with_refunds=kind == "refund" or act == "refunded",
        )
    except GoneAtProvider:
        _close(event, "processed", clock=clock)  # it was deleted meanwhile: there is nothing left to do


def _donation_of(kind: str, object_id: str, *, payments: PaymentGateway) -> int | None:
    """Whose gift an object is about: by our own rows, else by the metadata at the provider; None is somebody else's."""
    query = {
        "checkout.session": select(Donation.id).where(Donation.checkout_id == object_id),
        "payment_intent": select(Donation.id).where(Donation.payment_id == object_id),
        "charge": select(Donation.id).where(Donation.charge_id == object_id),
        "refund": select(Refund.donation_id).where(Refund.provider_id == object_id),
    }[kind]
    with reading() as session:
        donation_id = session.execute(query).scalar()
    if donation_id is not None:
        return donation_id
    public_id = payments.donation_of(kind, object_id)
    if public_id is None:
        return None
    with reading() as session:
        donation_id = session.execute(select(Donation.id).where(Donation.public_id == public_id)).scalar()
    if donation_id is None:
        raise GiftNotKnownYet(public_id)
    return donation_id


def _seen(donation_id: int) -> tuple[_Seen, bool]:
    with reading() as session:
        row = session.execute(
            select(Donation.id, Donation.version, Donation.checkout_id).where(Donation.id == donation_id)
        ).one()
        has_refunds = session.execute(select(Refund.id).where(Refund.donation_id == donation_id)).first() is not None
    return _Seen(row[0], row[1], row[2]), has_refunds


def _is_unmoved(session: Session, seen: _Seen) -> bool:
    """Lock the gift; True when nobody applied anything since it was looked at."""
    version = session.execute(select(Donation.version).where(Donation.id == seen.id).with_for_update()).scalar_one()
    return version == seen.version


def _apply(
    session: Session, seen: _Seen, facts: PaymentFacts, *, at: datetime, public_url: str, event: TakenEvent | None
) -> None:
    apply_facts(session, seen.id, facts, at=at, public_url=public_url)
    if event is not None:
        webhook_inbox.mark_done(session, event.id, "processed", at=at, donation_id=seen.id)
    webhook_inbox.retry_parked(session, at=at)


def _close(event: TakenEvent, state: str, *, clock: Clock) -> None:
    with transaction() as session:
        webhook_inbox.mark_done(session, event.id, state, at=clock.now())
