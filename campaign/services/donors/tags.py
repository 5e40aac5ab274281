"""Tags: words under which staff of a campaign file donors. Spelling decides, letter case and accents do not."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaign.database import insert_once, reading, transaction
from campaign.domain.donor import TooManyTags
from campaign.domain.folding import fold
from campaign.gateways.clock import Clock
from campaign.models.donor import DonorTag
from campaign.services import audit
from campaign.services.donors.scope import donor_of

MAX_TAGS = 20
"""Tags of one donor."""
MAX_TAG = 40
"""Characters of a tag."""


def tags_of(session: Session, campaign_id: int, donor_id: int) -> Sequence[str]:
    """Return the tags of a donor, in the order of the alphabet."""
    query = select(DonorTag.name).where(DonorTag.campaign_id == campaign_id, DonorTag.donor_id == donor_id)
    return session.execute(query.order_by(DonorTag.name_key)).scalars().all()


def campaign_tags(campaign_id: int) -> Mapping[str, str]:
    """Return the tags that a campaign's donors have: folded → as one of them is written."""
    query = (
        select(DonorTag.name_key, func.min(DonorTag.name))
        .where(DonorTag.campaign_id == campaign_id)
        .group_by(DonorTag.name_key)
        .order_by(DonorTag.name_key)
    )
    with reading() as session:
        return {row[0]: row[1] for row in session.execute(query)}


def add_tag(campaign_id: int, donor_public_id: str, name: str, *, actor_id: int, clock: Clock) -> None:
    """Give a donor a tag; one that they have already, in whatever spelling, is no error.

    Raises:
        NotFound: The campaign has no such donor.
        TooManyTags: They have 20 other tags.
    """
    at, key = clock.now(), fold(name)
    with transaction() as session:
        donor = donor_of(session, campaign_id, donor_public_id)
        others = select(func.count()).where(
            DonorTag.campaign_id == campaign_id, DonorTag.donor_id == donor.id, DonorTag.name_key != key
        )
        if session.execute(others).scalar_one() >= MAX_TAGS:
            raise TooManyTags(donor_public_id)
        row = {
            "campaign_id": campaign_id,
            "donor_id": donor.id,
            "name": name,
            "name_key": key,
            "added_at": at,
            "added_by": actor_id,
        }
        if insert_once(session, DonorTag, row):
            _record(session, "donor:tag", donor.public_id, actor_id=actor_id, clock=clock)


def remove_tag(campaign_id: int, donor_public_id: str, name: str, *, actor_id: int, clock: Clock) -> None:
    """Take a tag off a donor; one that they do not have is no error.

    Raises:
        NotFound: The campaign has no such donor.
    """
    with transaction() as session:
        donor = donor_of(session, campaign_id, donor_public_id)
        removed = session.execute(
            delete(DonorTag)
            .where(DonorTag.campaign_id == campaign_id, DonorTag.donor_id == donor.id, DonorTag.name_key == fold(name))
            .returning(DonorTag.name)
        ).scalar()
        if removed is not None:
            _record(session, "donor:untag", donor.public_id, actor_id=actor_id, clock=clock)


def _record(session: Session, action: str, donor: str, *, actor_id: int, clock: Clock) -> None:
    audit.record(session, actor_id=actor_id, action=action, subject=f"donor:{donor}", at=clock.now(), detail={})
