"""Brings a gift up to what the provider reports: webhook, return page, replay and reconciliation all end in `settle`.

The facts are fetched outside any transaction and applied in one. The gift's version is read first; if it is another one
under the lock, the facts are fetched again, so older facts never overwrite newer ones. State, history, journal entries,
receipt, mail and the event's own state are one commit; each has a unique key, so a second time changes nothing.
What the facts make of the gift is decided by `domain.settling`, which `payment_writer` calls.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
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
from campaign.gateways.context import Context
from campaign.gateways.payments import MissingAtProvider, PaymentsNotConfigured, PaymentsUnavailable
from campaign.models.donation import Donation
from campaign.services.gifts import duplicates, payment_dates
from campaign.services.gifts.gift_lock import LockedGift, lock_gift
from campaign.services.gifts.gift_versions import (
    GiftVersion,
    version_of_gift,
    version_of_object,
    version_of_public_id,
)
from campaign.services.gifts.payment_dates import NOTHING_MISSED, Missed
from campaign.services.gifts.payment_writer import apply_payment
from campaign.services.pledges import payments as pledge_gifts
from campaign.services.pledges import provider_sync
from campaign.services.pledges.payments import NoPayment
from campaign.services.queues import inbox
from campaign.services.queues.inbox import ClaimedEvent
from campaign.services.shield import judging as shield

Handler = Callable[[ClaimedEvent], None]
NO_HANDLERS: Mapping[str, Handler] = MappingProxyType({})
MAX_REFETCHES = 5
"""How often the provider is asked again because somebody else applied an answer meanwhile."""


@dataclass(frozen=True, slots=True)
class _GiftOnPage:
    """Which gift an object is about, and on which payment page it was paid; None where it is the gift's own page."""

    gift: GiftVersion
    page: str | None = None


class _Outcome(Enum):
    """What settling came to, with the state that it leaves the event in; a gift's event is closed with the gift."""

    FOREIGN = EventState.FOREIGN
    WITHOUT_GIFT = EventState.PROCESSED
    SETTLED = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """How to settle, and for which event.

    `is_whole` fetches refunds, disputes and fraud warnings too, where our rows have none.
    """

    context: Context
    event: ClaimedEvent | None = None
    is_whole: bool = False
    missed: Missed = NOTHING_MISSED


def settle_next_event(context: Context, *, handlers: Mapping[str, Handler] = NO_HANDLERS) -> bool:
    """Process the oldest event that is due; a failure leaves it for later, with its reason.

    Args:
        context: The world outside.
        handlers: Kind of object → what processes events that are about no gift; it closes its event itself.

    Returns:
        Whether an event was due.
    """
    event = inbox.claim_next(clock=context.clock)
    if event is None:
        return False
    try:
        handler = handlers.get(split_event_type(event.type)[0])
        if handler is not None:
            handler(event)
        else:
            _settle_event(event, context=context)
    except GiftNotKnownYet as wait:
        inbox.reschedule(
            event, EventReason.GIFT_UNKNOWN, f"The gift {wait} is not known here yet.", clock=context.clock
        )
    except (PaymentsUnavailable, PaymentsNotConfigured) as wait:
        inbox.reschedule(event, EventReason.PROVIDER_UNAVAILABLE, f"Not possible now: {wait}", clock=context.clock)
    except ConcurrentUpdates as wait:
        inbox.reschedule(event, EventReason.CONCURRENT_UPDATES, f"Not possible now: {wait}", clock=context.clock)
    except PaymentMismatch as problem:
        inbox.reschedule(event, EventReason.MISMATCH, f"It does not fit the gift: {problem}", clock=context.clock)
    except Exception as error:
        inbox.reschedule(event, EventReason.PROGRAM_ERROR, f"{type(error).__name__}: {error}", clock=context.clock)
        raise
    return True


def refresh_checkout(checkout_id: str, *, context: Context) -> None:
    """Settle the gift of a payment page, for the donor who has come back from it."""
    with reading() as session:
        donation_id = session.execute(select(Donation.id).where(Donation.checkout_id == checkout_id)).scalar()
    if donation_id is not None:
        settle(donation_id, context=context)


def settle_invoice(invoice_id: str, *, context: Context) -> None:
    """Settle a month of a monthly gift of which no event came.

    Raises:
        GiftNotKnownYet: The provider says that the invoice is not ours.
    """
    request = _Request(context=context)
    if _settle_gift_of_object("invoice", invoice_id, request) is _Outcome.FOREIGN:
        raise GiftNotKnownYet(invoice_id)


def settle(
    donation_id: int,
    *,
    context: Context,
    whole: bool = False,
    missed: Missed = NOTHING_MISSED,
) -> None:
    """Bring one gift up to what the provider reports; `missed` says how a repair treats undelivered events."""
    request = _Request(context=context, is_whole=whole, missed=missed)
    _settle(version_of_gift(donation_id), request)


def settle_object(
    kind: str,
    object_id: str,
    *,
    context: Context,
    missed: Missed = NOTHING_MISSED,
) -> bool:
    """Settle the gift or monthly gift that an object at the provider is about, with refunds, disputes and warnings.

    Returns:
        Whether it is ours.

    Raises:
        MissingAtProvider: The provider has no such object.
    """
    request = _Request(context=context, is_whole=True, missed=missed)
    return _settle_object(kind, object_id, request, has_gift=kind != "customer.subscription") is not _Outcome.FOREIGN


def _settle_event(event: ClaimedEvent, *, context: Context) -> None:
    kind, act = split_event_type(event.type)
    if act not in GIFT_EVENTS.get(kind, ()):
        _close(event, EventState.IGNORED, clock=context.clock)
        return
    whole = needs_whole_payment(event.type)
    request = _Request(context=context, event=event, is_whole=whole)
    try:
        outcome = _settle_object(kind, event.object_id, request, has_gift=is_about_gift(event.type))
    except MissingAtProvider:
        outcome = _Outcome.WITHOUT_GIFT  # it was deleted meanwhile: nothing is left to do
    if outcome.value is not None:
        _close(event, outcome.value, clock=context.clock)


def _settle_object(kind: str, object_id: str, request: _Request, *, has_gift: bool) -> _Outcome:
    """Bring the monthly gift that an object is about up to date, and where it `has_gift`, its gift."""
    if kind in PLEDGE_KINDS and not _follow_pledge(kind, object_id, request):
        return _Outcome.FOREIGN
    return _settle_gift_of_object(kind, object_id, request) if has_gift else _Outcome.WITHOUT_GIFT


def _follow_pledge(kind: str, object_id: str, request: _Request) -> bool:
    """Bring the monthly gift that an object is about up to what the provider reports; False: it is not ours."""
    subscription_id: str | None = object_id
    if kind == "invoice":
        reference = request.context.payments.donation_of(kind, object_id)
        subscription_id = reference.subscription_id if reference else None
    if subscription_id is None:
        return False
    return _follow(subscription_id, request) is not None


def _follow(subscription_id: str, request: _Request) -> int | None:
    return provider_sync.follow(subscription_id, context=request.context, hold_mails=request.missed.hold_mails)


def _settle_gift_of_object(kind: str, object_id: str, request: _Request) -> _Outcome:
    try:
        target = _find_gift(kind, object_id, request)
    except NoPayment:
        return _Outcome.WITHOUT_GIFT
    if target is None:
        return _Outcome.FOREIGN
    _settle(target.gift, request, page=target.page)
    return _Outcome.SETTLED


def _find_gift(kind: str, object_id: str, request: _Request) -> _GiftOnPage | None:
    """Find the gift that an object is about, by our rows or the provider's reference; None: it is not ours."""
    gift = version_of_object(kind, object_id)
    if gift is not None:
        return _GiftOnPage(gift)
    reference = request.context.payments.donation_of(kind, object_id)
    if reference is None:
        return None
    if reference.invoice_id is not None and reference.checkout_id is None:
        month = pledge_gifts.month_of(reference, context=request.context, hold_mails=request.missed.hold_mails)
        gift = version_of_gift(month)
        return _GiftOnPage(gift) if gift else None
    gift, page = version_of_public_id(reference.public_id), reference.checkout_id
    if gift is None:
        raise GiftNotKnownYet(reference.public_id)
    if page is not None and page != gift.checkout_id:
        gift = version_of_object("checkout.session", page) or gift  # a second payment of it has a row of its own
    return _GiftOnPage(gift, page)


def _settle(gift: GiftVersion | None, request: _Request, *, page: str | None = None) -> None:
    """Fetch and apply, until nobody else has applied anything in between; the event is closed in the same transaction."""
    for _ in range(MAX_REFETCHES):
        if gift is None:
            raise GiftNotKnownYet
        facts = _fetch(gift, request, page=page)
        if facts.subscription_id and not gift.has_pledge and facts.is_paid:
            # The first month is paid: the monthly gift begins now, so that the receipt's mail leads to its page.
            _follow(facts.subscription_id, request)
        with transaction() as session:
            locked = lock_gift(session, gift.id)
            if _is_unchanged(locked, gift):
                _apply(session, locked, facts, request)
                return
        gift = version_of_gift(gift.id)
    raise ConcurrentUpdates


def _fetch(gift: GiftVersion, request: _Request, *, page: str | None) -> PaymentFacts:
    """Fetch what the provider reports of a gift: by a page of it, or by the invoice of a later month."""
    is_whole = request.is_whole or gift.has_later_objects
    if gift.checkout_id is None and gift.invoice_id is not None:
        return request.context.payments.payment_of_invoice(gift.invoice_id, whole=is_whole)
    page = page or gift.checkout_id
    if page is None:
        raise GiftNotKnownYet("without a payment page")
    return request.context.payments.payment(page, whole=is_whole)


def _is_unchanged(locked: LockedGift, gift: GiftVersion) -> bool:
    """Return whether nobody has applied anything since the gift's version was read."""
    return locked.version == gift.version


def _apply(session: Session, gift: LockedGift, facts: PaymentFacts, request: _Request) -> None:
    """Apply the facts to the gift that they are about, and close the event."""
    at = request.context.clock.now()
    facts = payment_dates.add_event_times(session, facts, fetched=request.missed.event_times)
    paid_gift = duplicates.gift_on_page(session, gift, facts, at=at)
    if paid_gift is not None:
        gift, hold_mails = paid_gift, request.missed.hold_mails
        apply_payment(session, gift, facts, at=at, public_url=request.context.public_url, hold_mails=hold_mails)
    if request.event is not None:
        inbox.complete(session, request.event, EventState.PROCESSED, at=at, donation_id=gift.id)
        if request.event.type == "payment_intent.payment_failed":
            shield.count_failure(session, gift.id, at=at)
    inbox.retry_waiting_for_parent(session, at=at)


def _close(event: ClaimedEvent, state: EventState, *, clock: Clock) -> None:
    with transaction() as session:
        inbox.complete(session, event, state, at=clock.now())
