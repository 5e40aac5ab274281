"""Payment pages that nobody needs: a donor went back, changed her form and was given another page; the first is closed.

A gift laid aside keeps its form's name with its own public id behind a blank. So the name is free again, and the same
form filled in as at first is a new gift; and a worker knows whose page is still to be closed.
"""

import logging
from datetime import timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import DonationState
from campaign.domain.errors import DomainError
from campaign.gateways.clock import Clock
from campaign.gateways.payments import PaymentGateway
from campaign.models.donation import Donation
from campaign.services.gifts.settlement import settle

log = logging.getLogger(__name__)

PAGE_LIFE = timedelta(minutes=60)
"""How long a payment page waits; Stripe takes 30 minutes to 24 hours. Past it there is nothing to close."""


def lock_form(session: Session, shown_form: str, *, clock: Clock) -> int:
    """Lock the late gifts of a shown form, always in one order: two that lay each other aside would wait for ever.

    Returns:
        How many they are.
    """
    return len(session.execute(_HOLD_FORM, {"form": f"{shown_form}-", "late": clock.now() - PAGE_LIFE}).all())


def mark_superseded(session: Session, *, shown_form: str, but: int, clock: Clock) -> bool:
    """Lay the other unpaid gifts of a shown form aside, in the transaction that keeps the new page; were there any?

    One that was laid aside itself meanwhile lays nobody aside: of two at the same moment, one stays. `shown_form` is how
    the form's names begin, letters and digits alone; `but` is the gift that the donor wants now.
    """
    laid = session.execute(_LAY_ASIDE, {"form": f"{shown_form}-", "but": but, "late": clock.now() - PAGE_LIFE})
    return bool(laid.all())


def close_next_page(*, payments: PaymentGateway, clock: Clock, public_url: str) -> bool:
    """Close the page of a gift laid aside and take up what became of it; False when there is none that can be closed.

    Whoever pays on it at the same moment has paid: the provider closes no page of a payment, and is asked afterwards.
    """
    for donation_id, checkout_id in open_pages(clock=clock):
        try:
            payments.expire_checkout(checkout_id)
            settle(donation_id, payments=payments, clock=clock, public_url=public_url)
        except DomainError as reason:
            log.warning("the page of donation %s stays open for now: %s %s", donation_id, type(reason).__name__, reason)
        if (donation_id, checkout_id) not in open_pages(clock=clock):
            return True
    return False


def open_pages(*, clock: Clock, shown_form: str = "") -> list[tuple[int, str]]:
    """(donation, page) of gifts laid aside whose page may still be open, oldest first; of one shown form or of all."""
    query = (
        select(Donation.id, Donation.checkout_id)
        .where(
            Donation.created_at > clock.now() - PAGE_LIFE,  # an index finds these
            Donation.state == DonationState.OPEN.value,
            Donation.form_id.like(f"{shown_form}-% %" if shown_form else "% %"),
        )
        .order_by(Donation.id)
        .limit(20)
    )
    with reading() as session:
        return [(donation_id, page) for donation_id, page in session.execute(query) if page is not None]


# Built once, of the table alone: every press of the button passes here.
_GIFT, _WANTED = Donation.__table__, Donation.__table__.alias()
_OF_FORM = (_GIFT.c.created_at > bindparam("late"), _GIFT.c.form_id.startswith(bindparam("form")))
_HOLD_FORM = select(_GIFT.c.id).where(*_OF_FORM).order_by(_GIFT.c.id).with_for_update()
_LAY_ASIDE = (
    update(_GIFT)
    .where(
        *_OF_FORM,
        _GIFT.c.state.in_((DonationState.CREATED.value, DonationState.OPEN.value)),
        _GIFT.c.form_id.not_like("% %"),
        _GIFT.c.id != bindparam("but"),
        select(_WANTED.c.id).where(_WANTED.c.id == bindparam("but"), _WANTED.c.form_id.not_like("% %")).exists(),
    )
    .values(form_id=_GIFT.c.form_id + " " + _GIFT.c.public_id)
    .returning(_GIFT.c.id)
)
