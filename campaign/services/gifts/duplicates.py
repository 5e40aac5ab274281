"""Several payment pages of one gift: which of them is the gift's, and what becomes of a payment that came on another.

A donor may pay a page that was thought lost, or two of them. The first payment is the gift's; every later one becomes a
gift of its own, booked and receipted, so that no money is without a row; staff are told and send one of the two back.
"""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaign.domain.donation import DonationOrigin, DonationState, Fact
from campaign.domain.errors import ConcurrentUpdates
from campaign.domain.gift_source import PARAMETERS
from campaign.domain.identity import new_public_id
from campaign.domain.payment import PaymentFacts
from campaign.models.donation import Donation, DonationEvent
from campaign.services import search_index
from campaign.services.gifts.gift_lock import LockedGift, lock_gift

COPIED = (
    *("campaign_id", "fund_id", "language", "frequency", "currency", "gift_minor", "cover_minor", "fee_bearer"),
    *("is_anonymous", "public_name", "receipt_name", "message", "wall", "livemode", "expires_at", "checkout_params"),
    *PARAMETERS,
)
"""What the donor chose for the first gift applies to the second payment too."""
_GIFT = Donation.__table__


def gift_on_page(session: Session, gift: LockedGift, facts: PaymentFacts, *, at: datetime) -> LockedGift | None:
    """The gift that these facts are about: this one, or the second payment of it, which is written down now.

    None where the page is not the gift's own and nothing was paid on it. ConcurrentUpdates when somebody else has just written
    the second payment down: it is looked up on the next try.
    """
    if facts.checkout_id is None or gift.snapshot.checkout_id in {None, facts.checkout_id}:
        return gift
    if facts.fact not in {Fact.PAID, Fact.UNPAID}:
        return None
    state = gift.snapshot.state
    if state not in {DonationState.PAID, DonationState.PROCESSING}:
        return gift  # this page is the gift's from now on
    if facts.fact is Fact.UNPAID:
        return None  # it is heard of again when the money has come
    if state is DonationState.PROCESSING:
        return gift
    return _second(session, gift, facts, at=at)


def _second(session: Session, gift: LockedGift, facts: PaymentFacts, *, at: datetime) -> LockedGift:
    if session.execute(select(Donation.id).where(Donation.checkout_id == facts.checkout_id)).first():
        raise ConcurrentUpdates
    first = session.execute(select(*(_GIFT.c[name] for name in COPIED)).where(_GIFT.c.id == gift.id)).one()
    second_id = session.execute(
        insert(Donation).returning(Donation.id),
        {
            **{name: getattr(first, name) for name in COPIED},
            "public_id": new_public_id(),
            "form_id": f"again:{facts.checkout_id}",
            "origin": DonationOrigin.DUPLICATE,
            "checkout_id": facts.checkout_id,
            "state": DonationState.OPEN,
            "created_at": at,
            "paid_again_for_id": gift.id,
        },
    ).scalar_one()
    search_index.refresh(session, Donation.id == second_id)
    detail: dict[str, object] = {"checkout": facts.checkout_id}
    for donation_id, kind in ((gift.id, "paid_again"), (second_id, "paid_before")):
        session.execute(insert(DonationEvent), {"donation_id": donation_id, "at": at, "kind": kind, "detail": detail})
    return lock_gift(session, second_id)
