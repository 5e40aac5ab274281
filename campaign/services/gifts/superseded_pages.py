"""Payment pages that nobody needs: a donor went back, changed her form and was given another page; the first is closed.

A gift that another one supersedes gives its form id up. So the id is free again, and the same form filled in as at first is
a new gift; `superseded_at` tells a worker whose page is still to be closed.
"""

import logging
from datetime import timedelta

from sqlalchemy import bindparam, literal, select, true, update
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import DonationState
from campaign.domain.errors import DomainError
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.models.donation import Donation
from campaign.services.gifts.settlement import settle

log = logging.getLogger(__name__)

PAGE_LIFE = timedelta(minutes=60)
"""How long a payment page waits; Stripe takes 30 minutes to 24 hours. Past it there is nothing to close."""


def lock_form(session: Session, shown_form_id: str, *, clock: Clock) -> int:
    """Lock the late gifts of a shown form, always in one order: two that lay each other aside would wait for ever.

    Returns:
        How many they are.
    """
    return len(session.execute(_HOLD_FORM, {"form": shown_form_id, "late": clock.now() - PAGE_LIFE}).all())


def mark_superseded(session: Session, *, shown_form_id: str, but: int, clock: Clock) -> bool:
    """Supersede the other unpaid gifts of a shown form, in the transaction that stores the new page; were there any?

    A gift that was itself superseded meanwhile supersedes nothing: of two at the same moment, one stays.

    Args:
        session: The transaction.
        shown_form_id: The form that the donor saw.
        but: The gift that the donor wants now.
        clock: The time.
    """
    at = clock.now()
    superseded = session.execute(_SUPERSEDE, {"form": shown_form_id, "but": but, "late": at - PAGE_LIFE, "at": at})
    return bool(superseded.all())


def close_next_page(context: Context) -> bool:
    """Close the page of a superseded gift and take up what became of it; False when there is none that can be closed.

    Whoever pays on it at the same moment has paid: the provider closes no page of a payment, and is asked afterwards.
    """
    for donation_id, checkout_id in open_pages(clock=context.clock):
        try:
            context.payments.expire_checkout(checkout_id)
            settle(donation_id, context=context)
        except DomainError as reason:
            log.warning("the page of donation %s stays open for now: %s %s", donation_id, type(reason).__name__, reason)
        if (donation_id, checkout_id) not in open_pages(clock=context.clock):
            return True
    return False


def open_pages(*, clock: Clock, shown_form_id: str | None = None) -> list[tuple[int, str]]:
    """(donation, page) of superseded gifts whose page may still be open, oldest first; of one shown form or of all."""
    query = (
        select(Donation.id, Donation.checkout_id)
        .where(
            Donation.created_at > clock.now() - PAGE_LIFE,  # an index finds these
            Donation.state == DonationState.OPEN.value,
            Donation.superseded_at.is_not(None),
            Donation.shown_form_id == shown_form_id if shown_form_id else true(),
        )
        .order_by(Donation.id)
        .limit(20)
    )
    with reading() as session:
        return [(donation_id, page) for donation_id, page in session.execute(query) if page is not None]


# Built once, of the table alone: every press of the button passes here.
_GIFT, _REQUESTED = Donation.__table__, Donation.__table__.alias()
_OF_FORM = (_GIFT.c.created_at > bindparam("late"), _GIFT.c.shown_form_id == bindparam("form"))
_HOLD_FORM = select(_GIFT.c.id).where(*_OF_FORM).order_by(_GIFT.c.id).with_for_update()
_SUPERSEDE = (
    update(_GIFT)
    .where(
        *_OF_FORM,
        _GIFT.c.state.in_((DonationState.CREATED.value, DonationState.OPEN.value)),
        _GIFT.c.superseded_at.is_(None),
        _GIFT.c.id != bindparam("but"),
        select(_REQUESTED.c.id)
        .where(_REQUESTED.c.id == bindparam("but"), _REQUESTED.c.superseded_at.is_(None))
        .exists(),
    )
    .values(
        superseded_at=bindparam("at"),
        superseded_form_id=_GIFT.c.form_id,
        form_id=literal("superseded:") + _GIFT.c.public_id,
    )
    .returning(_GIFT.c.id)
)
