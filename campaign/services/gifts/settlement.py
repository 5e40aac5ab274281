"""From the provider's word to our books: every way in (webhook, return page, replay, reconciler) ends in `settle`.

The provider is asked outside any transaction and its answer applied in one: the gift's version is noted first, and if
it has moved meanwhile the provider is asked again, so an older answer is never put over a newer one. State, history,
journal entries, receipt, mail and the event's mark stand or fall together; each has a unique key, so doing it twice
changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from campaign.database import autocommit, reading, transaction
from campaign.domain.donation import Fact
from campaign.domain.errors import ConcurrentUpdates, GiftNotKnownYet
from campaign.domain.payment import PaymentFacts
from campaign.domain.provider_events import (
    GIFT_EVENTS,
    PLEDGE_KINDS,
    EventReason,
    EventState,
    is_about_gift,
    needs_whole_payment,
    split_event_type,
)
from campaign.domain.settling import PaymentMismatch
from campaign.gateways.clock import Clock
from campaign.gateways.payments import MissingAtProvider, PaymentGateway, PaymentsNotConfigured, PaymentsUnavailable
from campaign.models.donation import Dispute, Donation, FraudWarning, Refund
from campaign.services.gifts import duplicates, payment_dates
from campaign.services.gifts.applying import apply_payment
from campaign.services.gifts.locked import LockedGift, lock_gift
from campaign.services.gifts.payment_dates import NOTHING_MISSED, Missed
from campaign.services.pledges import following as pledge_following
from campaign.services.pledges import payments as pledge_gifts
from campaign.services.pledges.payments import NoPayment
from campaign.services.queues import inbox
from campaign.services.queues.inbox import ClaimedEvent
from campaign.services.shield import judging as shield

Handler = Callable[[ClaimedEvent], None]
NOBODY: Mapping[str, Handler] = MappingProxyType({})
REFETCHES_MAX = 5
"""How often the provider is asked again because somebody else applied an answer meanwhile."""


@dataclass(frozen=True, slots=True)
class _SeenGift:
    """A gift's row before the provider was asked, and whether it has refunds, disputes or fraud warnings."""

    id: int
    version: int
    checkout_id: str | None
    invoice_id: str | None
    has_pledge: bool
    has_more: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """Whose gift an object is about, and on which of its pages; None where it is the gift's own."""

    seen: _SeenGift
    page: str | None = None


class _Done(Enum):
    """What became of an errand, and in which state that leaves its event; a gift's event is closed with the gift."""

    FOREIGN = EventState.FOREIGN
    WITHOUT_GIFT = EventState.PROCESSED
    SETTLED = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    """How to settle: whom to ask, by which clock, with all that came after it or without, and which event told of it."""

    payments: PaymentGateway
    clock: Clock
    public_url: str
    event: ClaimedEvent | None = None
    whole: bool = False
    missed: Missed = NOTHING_MISSED


def settle_next_event(
    *, payments: PaymentGateway, clock: Clock, public_url: str, others: Mapping[str, Handler] = NOBODY
) -> bool:
    """Work off the oldest event that is due; False when none is. A failure leaves it for later, with its reason.

    `others` look after events that tell of no gift, by the kind of their object; each closes its event itself.
    """
    event = inbox.claim_next(clock=clock)
    if event is None:
        return False
    try:
        other = others.get(split_event_type(event.type)[0])
        if other is not None:
            other(event)
        else:
            _settle_event(event, payments=payments, clock=clock, public_url=public_url)
    except GiftNotKnownYet as wait:
        inbox.reschedule(event, EventReason.GIFT_UNKNOWN, f"The gift {wait} is not known here yet.", clock=clock)
    except (PaymentsUnavailable, PaymentsNotConfigured) as wait:
        inbox.reschedule(event, EventReason.PROVIDER_UNAVAILABLE, f"Not possible now: {wait}", clock=clock)
    except ConcurrentUpdates as wait:
        inbox.reschedule(event, EventReason.CONCURRENT_UPDATES, f"Not possible now: {wait}", clock=clock)
    except PaymentMismatch as problem:
        inbox.reschedule(event, EventReason.MISMATCH, f"It does not fit the gift: {problem}", clock=clock)
    except Exception as error:
        inbox.reschedule(event, EventReason.PROGRAM_ERROR, f"{type(error).__name__}: {error}", clock=clock)
        raise
    return True


def refresh_checkout(checkout_id: str, *, payments: PaymentGateway, clock: Clock, public_url: str) -> None:
    """Ask the provider about a payment page and apply its answer: for the return page, which is not the only way in."""
    with reading() as session:
        donation_id = session.execute(select(Donation.id).where(Donation.checkout_id == checkout_id)).scalar()
    if donation_id is not None:
        settle(donation_id, payments=payments, clock=clock, public_url=public_url)


def look_at_invoice(invoice_id: str, *, payments: PaymentGateway, clock: Clock, public_url: str) -> None:
    """Ask the provider about a month of a monthly gift and apply its answer: for months that no event told of.

    GiftNotKnownYet when the provider says that it is none of ours.
    """
    errand = _Errand(payments=payments, clock=clock, public_url=public_url)
    if _settle_gift_of("invoice", invoice_id, errand) is _Done.FOREIGN:
        raise GiftNotKnownYet(invoice_id)


def settle(
    donation_id: int,
    *,
    payments: PaymentGateway,
    clock: Clock,
    public_url: str,
    whole: bool = False,
    missed: Missed = NOTHING_MISSED,
) -> None:
    """Bring one gift up to what the provider knows now, and where a repair `missed` something, as it says."""
    errand = _Errand(payments=payments, clock=clock, public_url=public_url, whole=whole, missed=missed)
    _settle(_seen(_BY_ID, donation_id), errand)


def settle_object(
    kind: str,
    object_id: str,
    *,
    payments: PaymentGateway,
    clock: Clock,
    public_url: str,
    missed: Missed = NOTHING_MISSED,
) -> bool:
    """Bring the gift or monthly gift that an object at the provider is about up to date, with all that came after it.

    False when it is none of ours; MissingAtProvider when it is not there.
    """
    errand = _Errand(payments=payments, clock=clock, public_url=public_url, whole=True, missed=missed)
    return _settle_about(kind, object_id, errand, has_gift=kind != "customer.subscription") is not _Done.FOREIGN


def _settle_about(kind: str, object_id: str, errand: _Errand, *, has_gift: bool) -> _Done:
    """Bring the monthly gift that an object is about up to date, and where it `has_gift`, its gift."""
    if kind in PLEDGE_KINDS and not _follow_pledge(kind, object_id, errand):
        return _Done.FOREIGN
    return _settle_gift_of(kind, object_id, errand) if has_gift else _Done.WITHOUT_GIFT


def _settle_gift_of(kind: str, object_id: str, errand: _Errand) -> _Done:
    try:
        found = _gift_of(kind, object_id, errand)
    except NoPayment:
        return _Done.WITHOUT_GIFT
    if found is None:
        return _Done.FOREIGN
    _settle(found.seen, errand, page=found.page)
    return _Done.SETTLED


def _settle(seen: _SeenGift | None, errand: _Errand, *, page: str | None = None) -> None:
    """Ask and apply, until nobody else has applied anything in between; the event is closed in the same transaction."""
    for _ in range(REFETCHES_MAX):
        if seen is None:
            raise GiftNotKnownYet
        whole = errand.whole or seen.has_more
        facts = _asked(seen, errand, page=page, whole=whole)
        if facts.subscription_id and not seen.has_pledge and facts.fact is Fact.PAID:
            # the first month is paid: the monthly gift begins, so that its papers lead to its page
            _follow(facts.subscription_id, errand)
        with transaction() as session:
            gift = lock_gift(session, seen.id)
            if _is_unmoved(gift, seen):
                _apply(session, gift, facts, errand)
                return
        seen = _seen(_BY_ID, seen.id)
    raise ConcurrentUpdates


def _asked(seen: _SeenGift, errand: _Errand, *, page: str | None, whole: bool) -> PaymentFacts:
    """The provider's answer about a gift: by a page of it, or by its invoice where it is a later month's."""
    if seen.checkout_id is None and seen.invoice_id is not None:
        return errand.payments.payment_of_invoice(seen.invoice_id, whole=whole)
    page = page or seen.checkout_id
    if page is None:
        raise GiftNotKnownYet("without a payment page")
    return errand.payments.payment(page, whole=whole)


def _settle_event(event: ClaimedEvent, *, payments: PaymentGateway, clock: Clock, public_url: str) -> None:
    kind, act = split_event_type(event.type)
    if act not in GIFT_EVENTS.get(kind, ()):
        _close(event, EventState.IGNORED, clock=clock)
        return
    whole = needs_whole_payment(event.type)
    errand = _Errand(payments=payments, clock=clock, public_url=public_url, event=event, whole=whole)
    try:
        done = _settle_about(kind, event.object_id, errand, has_gift=is_about_gift(event.type))
    except MissingAtProvider:
        done = _Done.WITHOUT_GIFT  # it was deleted meanwhile: nothing is left to do
    if done.value is not None:
        _close(event, done.value, clock=clock)


def _follow_pledge(kind: str, object_id: str, errand: _Errand) -> bool:
    """Bring the monthly gift that an event is about up to what the provider knows; False when it is not ours."""
    subscription_id: str | None = object_id
    if kind == "invoice":
        reference = errand.payments.donation_of(kind, object_id)
        subscription_id = reference.subscription_id if reference else None
    if subscription_id is None:
        return False
    return _follow(subscription_id, errand) is not None


def _follow(subscription_id: str, errand: _Errand) -> int | None:
    return pledge_following.follow(
        subscription_id, payments=errand.payments, clock=errand.clock, is_quiet=errand.missed.is_quiet
    )


def _gift_of(kind: str, object_id: str, errand: _Errand) -> _Found | None:
    """Whose gift an object is about: by our own rows, else by what the provider tells; None is somebody else's."""
    known = _seen(_BY_OBJECT[kind], object_id)
    if known is not None:
        return _Found(known)
    reference = errand.payments.donation_of(kind, object_id)
    if reference is None:
        return None
    if reference.invoice_id is not None and reference.checkout_id is None:
        month = pledge_gifts.month_of(
            reference, payments=errand.payments, clock=errand.clock, is_quiet=errand.missed.is_quiet
        )
        known = _seen(_BY_ID, month)
        return _Found(known) if known else None
    known, page = _seen(_BY_PUBLIC_ID, reference.public_id), reference.checkout_id
    if known is None:
        raise GiftNotKnownYet(reference.public_id)
    if page is not None and page != known.checkout_id:
        known = _seen(_BY_OBJECT["checkout.session"], page) or known  # a second payment of it has a row of its own
    return _Found(known, page)


def _seen(query: Select[*tuple[Any, ...]], key: str | int) -> _SeenGift | None:
    with autocommit() as connection:
        row = connection.execute(query, {"key": key}).one_or_none()
    return _SeenGift(*row) if row else None


def _is_unmoved(gift: LockedGift, seen: _SeenGift) -> bool:
    """True when nobody has applied anything since the gift was looked at."""
    return gift.version == seen.version


def _apply(session: Session, gift: LockedGift, facts: PaymentFacts, errand: _Errand) -> None:
    at = errand.clock.now()
    facts = payment_dates.dated(session, facts, told=errand.missed.told)
    told_of = duplicates.gift_on_page(session, gift, facts, at=at)
    if told_of is not None:
        gift = told_of
        apply_payment(session, gift, facts, at=at, public_url=errand.public_url, hold_mails=errand.missed.is_quiet)
    if errand.event is not None:
        inbox.complete(session, errand.event, EventState.PROCESSED, at=at, donation_id=gift.id)
        if errand.event.type == "payment_intent.payment_failed":
            shield.count_failure(session, gift.id, at=at)
    inbox.retry_waiting_for_parent(session, at=at)


def _close(event: ClaimedEvent, state: EventState, *, clock: Clock) -> None:
    with transaction() as session:
        inbox.complete(session, event, state, at=clock.now())


_DONATION, _REFUND, _DISPUTE, _WARNING = (table.__table__ for table in (Donation, Refund, Dispute, FraudWarning))
# Built once, of the tables alone: every event passes here.
_SEEN = select(
    _DONATION.c.id,
    _DONATION.c.version,
    _DONATION.c.checkout_id,
    _DONATION.c.invoice_id,
    _DONATION.c.pledge_id.is_not(None),
    or_(
        *(
            select(table.c.id).where(table.c.donation_id == _DONATION.c.id).correlate(_DONATION).exists()
            for table in (_REFUND, _DISPUTE, _WARNING)
        )
    ),
)


def _of_provider_id(table: Any) -> Select[*tuple[Any, ...]]:  # one of those above
    return _SEEN.where(_DONATION.c.id.in_(select(table.c.donation_id).where(table.c.provider_id == bindparam("key"))))


_BY_ID = _SEEN.where(_DONATION.c.id == bindparam("key"))
_BY_PUBLIC_ID = _SEEN.where(_DONATION.c.public_id == bindparam("key"))
_BY_OBJECT = {
    "checkout.session": _SEEN.where(_DONATION.c.checkout_id == bindparam("key")),
    "payment_intent": _SEEN.where(_DONATION.c.payment_id == bindparam("key")),
    "charge": _SEEN.where(_DONATION.c.charge_id == bindparam("key")),
    "invoice": _SEEN.where(_DONATION.c.invoice_id == bindparam("key")),
    "refund": _of_provider_id(_REFUND),
    "charge.dispute": _of_provider_id(_DISPUTE),
    "radar.early_fraud_warning": _of_provider_id(_WARNING),
}
