"""The successor of a campaign: named by staff, with what its monthly donors answered."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import NotFound
from campaign.domain.succession import SuccessionAnswer, SuccessorPromised, check_successor
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.succession import CampaignSuccession, PledgeSuccession
from campaign.services import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionView:
    """The successor of a campaign, and how many of its monthly gifts' donors were asked and what they answered."""

    successor_slug: str = ""
    purposes: Mapping[str, str]
    requested: int = 0
    yes: int = 0
    no: int = 0
    moved: int = 0

    @property
    def silent(self) -> int:
        """How many have not answered."""
        return self.requested - self.yes - self.no


def succession_of(campaign_id: int) -> SuccessionView:
    """Return the successor of a campaign and the answers about it."""
    with reading() as session:
        row = session.get(CampaignSuccession, campaign_id)
        if row is None:
            return SuccessionView(purposes={})
        counted = (
            func.count(),
            func.count().filter(PledgeSuccession.answer == SuccessionAnswer.YES),
            func.count().filter(PledgeSuccession.answer == SuccessionAnswer.NO),
            func.count(PledgeSuccession.moved_at),
        )
        about = (
            PledgeSuccession.from_campaign_id == campaign_id,
            PledgeSuccession.campaign_id == row.successor_id,
        )
        requested, yes, no, moved = session.execute(select(*counted).where(*about)).one()
        return SuccessionView(
            successor_slug=session.get_one(Campaign, row.successor_id).slug,
            purposes={code: str(other) for code, other in row.purposes.items()},
            requested=requested,
            yes=yes,
            no=no,
            moved=moved,
        )


def name_successor(campaign_id: int, slug: str, *, purposes: Mapping[str, str], actor_id: int, clock: Clock) -> None:
    """Name the campaign in which monthly gifts may continue, or none. Who is not asked yet is asked from then on.

    Args:
        campaign_id: The campaign that ends.
        slug: The successor; empty: none.
        purposes: Code of a purpose → code of the successor's purpose; the general fund for all others.
        actor_id: Who names it.
        clock: The time.

    Raises:
        NotASuccessor: It cannot follow this campaign.
        SuccessorPromised: Donors agreed to continue in the present one.
        NotFound: There is no such campaign.
    """
    with transaction() as session:
        own = session.execute(select(Campaign).where(Campaign.id == campaign_id).with_for_update()).scalar_one()
        row = session.get(CampaignSuccession, campaign_id)
        successor = _successor(session, own, slug) if slug else None
        if row and (successor is None or successor.id != row.successor_id) and _has_promise(session, row):
            raise SuccessorPromised(own.slug)
        if successor:
            row = row or CampaignSuccession(campaign_id=campaign_id)
            row.successor_id, row.purposes = successor.id, dict(purposes)
            row.named_at, row.named_by = clock.now(), actor_id
            session.add(row)
        elif row:
            session.delete(row)
        detail: dict[str, object] = {"successor": slug}
        subject = f"campaign:{own.slug}"
        audit.record(
            session, actor_id=actor_id, action="campaign:successor", subject=subject, at=clock.now(), detail=detail
        )


def check_follows(own: Campaign, successor: Campaign) -> None:
    """Check that one campaign can follow the other now.

    Raises:
        NotASuccessor: It cannot.
    """
    check_successor(
        successor.stage,
        starts_on=successor.starts_on,
        ends_on=successor.ends_on,
        is_same=own.id == successor.id,
        predecessor_ends_on=own.last_day,
    )


def _successor(session: Session, own: Campaign, slug: str) -> Campaign:
    successor = session.execute(select(Campaign).where(Campaign.slug == slug)).scalar_one_or_none()
    if successor is None:
        raise NotFound(f"campaign:{slug}")
    check_follows(own, successor)
    return successor


def _has_promise(session: Session, row: CampaignSuccession) -> bool:
    agreed = select(PledgeSuccession.id).where(
        PledgeSuccession.from_campaign_id == row.campaign_id,
        PledgeSuccession.campaign_id == row.successor_id,
        PledgeSuccession.answer == SuccessionAnswer.YES,
    )
    return session.execute(agreed.limit(1)).first() is not None
