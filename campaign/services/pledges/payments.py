"""Each month that is paid is a gift of its own, made from the invoice: one gift per invoice, the first one included."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import insert_once_for_key, transaction
from campaign.domain.donation import DonationFrequency, DonationOrigin, DonationState, SupporterVisibility
from campaign.domain.errors import DomainError
from campaign.domain.gift_source import PARAMETERS
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.domain.payment import GiftReference
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.models.donation import Donation, DonationEvent
from campaign.models.pledge import Pledge
from campaign.services import search_index
from campaign.services.pledges.provider_sync import follow
from campaign.services.pledges.succession import month_target


class NoPayment(DomainError):
    """The invoice brought no money (it was paid by a credit, or not paid yet), so there is no gift."""


def month_of(reference: GiftReference, *, context: Context, hold_mails: bool) -> int:
    """The key of the gift that an invoice brought: the one that stands, or a new row, which is then settled as any gift.

    The pledge is followed first, so that it exists. NoPayment for an invoice without money; GiftNotKnownYet when the
    pledge's first gift is not known here.
    """
    if reference.paid is None or reference.paid.minor <= 0 or reference.subscription_id is None:
        raise NoPayment(reference.invoice_id)
    pledge_id = follow(reference.subscription_id, context=context, hold_mails=hold_mails)
    with transaction() as session:
        return _month(session, reference, reference.paid, pledge_id=pledge_id, clock=context.clock)


def _month(session: Session, reference: GiftReference, paid: Money, *, pledge_id: int | None, clock: Clock) -> int:
    pledge = session.execute(select(Pledge).where(Pledge.id == pledge_id)).scalar_one()
    at = clock.now()
    campaign_id, fund_id = month_target(session, pledge, reference.billed_at)
    cover_minor = reference.cover_minor if reference.cover_minor < paid.minor else 0
    donation_id: int | None = insert_once_for_key(
        session,
        Donation,
        {
            "public_id": new_public_id(),
            "form_id": f"invoice:{reference.invoice_id}",
            "origin": DonationOrigin.INVOICE,
            **{name: getattr(pledge, name) for name in _TAKEN_OVER},
            "campaign_id": campaign_id,
            "fund_id": fund_id,
            "frequency": DonationFrequency.MONTHLY,
            "currency": paid.currency,
            "gift_minor": paid.minor - cover_minor,
            "cover_minor": cover_minor,
            "receipt_name": pledge.payer_name if pledge.receipt_name is None else pledge.receipt_name,
            "public_name": None,  # the wall shows a supporter once, with her first gift
            "wall": SupporterVisibility.SHOWN,
            "state": DonationState.CREATED,
            "version": 0,
            "attempt": 1,
            "checkout_params": {},
            "expires_at": at,
            "created_at": at,
            "refunded_minor": 0,
            "charged_back_minor": 0,
            "pledge_id": pledge.id,
            "invoice_id": reference.invoice_id,
        },
    )
    if donation_id is None:
        return session.execute(select(Donation.id).where(Donation.invoice_id == reference.invoice_id)).scalar_one()
    search_index.refresh(session, Donation.id == donation_id)
    session.add(DonationEvent(donation_id=donation_id, at=at, kind="renewed", detail={"invoice": reference.invoice_id}))
    return donation_id


_TAKEN_OVER = (
    *("donor_id", "language", "fee_bearer", "is_anonymous", "livemode"),
    *PARAMETERS,
)
