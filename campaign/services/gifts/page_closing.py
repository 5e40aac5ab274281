"""Close the payment pages that a changed form leaves behind, before its next page opens.

The donor waits meanwhile, so the provider is asked once for each page; what it does not answer opens no second page.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.donation import DonationAlreadyPaid, DonationState
from campaign.domain.errors import DomainError
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.payments import MissingAtProvider, PaymentsUnavailable
from campaign.models.donation import Donation
from campaign.services.gifts.settlement import settle
from campaign.services.gifts.superseded_pages import lock_form, mark_superseded, open_pages

PAID = {DonationState.PAID, DonationState.PROCESSING}


class PaidOnEarlierPage(DonationAlreadyPaid):
    """The donor has paid on the page that their changed form leaves behind.

    Attributes:
        checkout_id: The page that was paid.
    """

    def __init__(self, checkout_id: str) -> None:
        super().__init__(checkout_id)
        self.checkout_id = checkout_id


def supersede_others(session: Session, shown_form_id: str | None, *, but: int, clock: Clock) -> None:
    """Lay the other unpaid gifts of a shown form aside, in the transaction that writes gift `but` down."""
    if shown_form_id is not None and lock_form(session, shown_form_id, clock=clock) > 1:
        mark_superseded(session, shown_form_id=shown_form_id, but=but, clock=clock)


def close_superseded(shown_form_id: str | None, *, context: Context) -> bool:
    """Close every open page of the gifts of a shown form that another gift of it has replaced.

    Args:
        shown_form_id: The form that the donor saw; `None` for a gift without a form.
        context: The provider, the time and our address, for emails about a payment that is found.

    Returns:
        Whether there was any.

    Raises:
        PaidOnEarlierPage: One of the pages was paid before it could be closed.
        PaymentsUnavailable: The provider did not answer, so a page may still be open.
    """
    pages = open_pages(clock=context.clock, shown_form_id=shown_form_id) if shown_form_id else []
    for donation_id, checkout_id in pages:
        try:
            if context.payments.expire_checkout(checkout_id):
                continue  # a worker notes what became of the gift
        except MissingAtProvider:
            continue
        try:
            settle(donation_id, context=context)
        except DomainError as reason:
            raise PaymentsUnavailable(f"a closed page could not be looked at: {type(reason).__name__}") from reason
        if _state(donation_id) in PAID:
            raise PaidOnEarlierPage(checkout_id)
    return bool(pages)


def _state(donation_id: int) -> DonationState:
    with reading() as session:
        return DonationState(session.execute(select(Donation.state).where(Donation.id == donation_id)).scalar_one())
