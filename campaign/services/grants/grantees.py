"""Who got a grant, as far as each grantee lets everybody read it."""

from dataclasses import dataclass

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.allocation import AllocationState
from campaign.domain.grant_application import ApplicationState
from campaign.models.allocation import Allocation
from campaign.models.application import GrantApplication


@dataclass(frozen=True, slots=True)
class Grantee:
    """Somebody who got a grant; empty is what they did not agree to show."""

    name: str
    place: str


def grantees_of(fund_id: int) -> list[Grantee]:
    """Return those who got a grant: its money is allocated, and the letter was sent."""
    query = (
        select(GrantApplication)
        .join(Allocation, Allocation.id == GrantApplication.allocation_id)
        .where(
            GrantApplication.fund_id == fund_id,
            GrantApplication.state == ApplicationState.AWARDED,
            GrantApplication.letter_at.is_not(None),
            Allocation.state == AllocationState.APPROVED,
        )
        .order_by(GrantApplication.letter_at, GrantApplication.id)
    )
    with reading() as session:
        return [
            Grantee(name=row.name if row.shows_name else "", place=row.place if row.shows_place else "")
            for row in session.execute(query).scalars()
        ]
