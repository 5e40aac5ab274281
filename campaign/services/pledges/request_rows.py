"""The row of a request about a monthly gift, written alike whoever asks: donors and staff, the mailbox page, the program."""

from datetime import datetime

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from campaign.domain.identity import new_public_id
from campaign.domain.pledge import Act, PledgeRequestState
from campaign.models.campaign import Campaign
from campaign.models.fund import Fund
from campaign.models.pledge import Pledge, PledgeRequest


def add_request(session: Session, pledge_id: int, act: Act, *, at: datetime, requested_by: str, **more: object) -> None:
    """Write down what a worker is to send to the provider; `more` are columns that are not as usual."""
    row = {
        "public_id": new_public_id(),
        "pledge_id": pledge_id,
        "act": act.value,
        "detail": {},
        "state": PledgeRequestState.REQUESTED,
        "requested_by": requested_by,
        "actor_id": None,
        "requested_at": at,
        "attempts": 0,
        "next_try_at": at,
        **more,
    }
    session.execute(insert(PledgeRequest), row)


def read_request(
    session: Session, condition: ColumnElement[bool]
) -> tuple[PledgeRequest, Pledge, dict[str, str], dict[str, str]]:
    """Return one request, its monthly gift, and the titles of the gift's campaign and purpose."""
    query = (
        select(PledgeRequest, Pledge, Campaign.title, Fund.title)
        .join(Pledge, Pledge.id == PledgeRequest.pledge_id)
        .join(Campaign, Campaign.id == Pledge.campaign_id)
        .join(Fund, Fund.id == Pledge.fund_id)
        .where(condition)
    )
    request, pledge, title, purpose = session.execute(query).one()
    return request, pledge, title, purpose
