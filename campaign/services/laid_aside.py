"""Payment pages that nobody needs: a donor went back, changed her form and was given another page; the first is closed.

A gift laid aside keeps its form's name with its own public id behind a blank. So the name is free again, and the same
form filled in as at first is a new gift; and a worker knows whose page is still to be closed.
"""

import logging
from datetime import timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import DonationState
from campaign.domain.errors import DomainError
from campaign.gateways.clock import Clock
from campaign.gateways.payments import PaymentGateway
from campaign.models.donation import Donation
from campaign.services.settlement import settle

log = logging.getLogger(__name__)

PAGE_LIFE = timedelta(minutes=60)
"""How long a payment page waits; Stripe takes 30 minutes to 24 hours. Past it there is nothing to close."""


def lay_aside(session: Session, *, shown_form: str, but: int, clock: Clock) -> bool:
    """Lay the other unpaid gifts of a shown form aside, in the transaction that keeps the new page; were there any?

    `shown_form` is how the form's names begin; `but` is the gift that the donor wants now.
    """
    laid = session.execute(
        update(Donation)
        .where(
            *_of_late(clock),
            Donation.state.in_((DonationState.CREATED.value, DonationState.OPEN.value)),
            Donation.form_id.startswith(f"{shown_form}-", autoescape=True),
            Donation.form_id.not_like("% %"),
            Donation.id != but,
        )
        .values(form_id=Donation.form_id + " " + Donation.public_id)
        .returning(Donation.id)
    )
    return bool(laid.all())


def close_next_page(*, payments: PaymentGateway, clock: Clock, public_url: str) -> bool:
    """Close the page of a gift laid aside and take up what became of it; False when there is none that can be closed.

    Whoever pays on it at the same moment has paid: the provider closes no page of a payment, and is asked afterwards.
    """
    for donation_id, checkout_id in _open_pages(clock=clock):
        try:
            payments.expire_checkout(checkout_id)
            settle(donation_id, payments=payments, clock=clock, public_url=public_url)
        except DomainError as reason:
            log.warning("the page of donation %s stays open for now: %s %s", donation_id, type(reason).__name__, reason)
        if (donation_id, checkout_id) not in _open_pages(clock=clock):
            return True
    return False


def _open_pages(*, clock: Clock) -> list[tuple[int, str]]:
    """(donation, page) of gifts laid aside whose page may still be open, oldest first."""
    query = (
        select(Donation.id, Donation.checkout_id)
        .where(
            *_of_late(clock),
            Donation.state == DonationState.OPEN.value,
            Donation.form_id.like("% %"),
        )
        .order_by(Donation.id)
        .limit(20)
    )
    with reading() as session:
        return [(donation_id, page) for donation_id, page in session.execute(query) if page is not None]


def _of_late(clock: Clock) -> tuple[ColumnElement[bool], ...]:
    """Begun so lately that the page has not run out by itself; an index finds these."""
    return (Donation.created_at > clock.now() - PAGE_LIFE,)
