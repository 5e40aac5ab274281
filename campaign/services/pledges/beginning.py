"""A monthly gift begins: a new row, with the terms of the gift that the form made."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaign.database import insert_once_for_key
from campaign.domain.errors import GiftNotKnownYet
from campaign.domain.gift_source import PARAMETERS
from campaign.domain.identity import new_public_id
from campaign.domain.pledge import Act, PledgeRequester, PledgeState
from campaign.gateways.pledges import PledgeFacts
from campaign.models.donation import Donation
from campaign.models.pledge import Pledge, PledgeEvent
from campaign.services.pledges.request_rows import add_request

_TAKEN_OVER = (
    *("campaign_id", "fund_id", "donor_id", "language", "currency", "fee_bearer", "is_anonymous", "public_name"),
    *("payer_name", "receipt_name"),
    *PARAMETERS,
)


def begin_pledge(session: Session, facts: PledgeFacts, *, at: datetime) -> Pledge | None:
    """A new pledge, with the terms of the gift that the form made; None when somebody else was quicker.

    A second subscription of the same gift is a mistake (two payment pages of one form were paid): it is begun too, so
    that its money is seen, and asked to stop at once.
    """
    gift = session.execute(
        select(Donation).where(Donation.public_id == facts.donation_public_id).with_for_update()
    ).scalar_one_or_none()
    if gift is None:
        raise GiftNotKnownYet(facts.donation_public_id)
    row: dict[str, object] = {
        "public_id": new_public_id(),
        **{name: getattr(gift, name) for name in _TAKEN_OVER},
        "doubles_id": gift.pledge_id,
        "gift_minor": facts.amount.minor - facts.cover_minor,
        "cover_minor": facts.cover_minor,
        "livemode": facts.livemode,
        "state": PledgeState.ACTIVE.value,
        "status": facts.status,
        "version": 0,
        "link_version": 1,
        "subscription_id": facts.subscription_id,
        "customer_id": facts.customer_id,
        "item_id": facts.item_ids[0],
        "started_at": facts.started_at,
        "anchor_at": facts.anchor_at,
        "looked_at": at,
    }
    pledge_id = insert_once_for_key(session, Pledge, row)
    if pledge_id is None:
        return None
    session.execute(insert(PledgeEvent), history_row(pledge_id, "begun", at=facts.started_at))
    if gift.pledge_id is None:
        session.execute(update(Donation).where(Donation.id == gift.id).values(pledge_id=pledge_id))
    else:
        add_request(session, pledge_id, Act.STOP, at=at, requested_by=PledgeRequester.SYSTEM)
    return session.get_one(Pledge, pledge_id)


def history_row(pledge_id: int, kind: str, *, at: datetime, **detail: object) -> dict[str, object]:
    """A line of a monthly gift's history."""
    return {"pledge_id": pledge_id, "at": at, "kind": kind, "detail": detail, "actor_id": None}
