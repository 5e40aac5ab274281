"""Whether a change of a monthly gift's amount changes anything."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.pledge import Act, PledgeRequestState
from campaign.models.pledge import Pledge, PledgeRequest


def is_current_amount(session: Session, pledge: Pledge, detail: dict[str, object]) -> bool:
    """Whether a change asks for the amount as it is, and no other change is under way.

    Args:
        session: The transaction that holds the lock on the row of the monthly gift.
        pledge: The monthly gift.
        detail: `gift_minor` and `cover_minor` of the change.
    """
    if (detail["gift_minor"], detail["cover_minor"]) != (pledge.gift_minor, pledge.cover_minor):
        return False
    under_way = select(PledgeRequest.id).where(
        PledgeRequest.pledge_id == pledge.id,
        PledgeRequest.act == Act.CHANGE.value,
        PledgeRequest.state == PledgeRequestState.REQUESTED,
    )
    return session.execute(under_way.limit(1)).first() is None
