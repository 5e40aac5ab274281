"""Blocked words and addresses of a campaign: adding with a count first, removing, and what they hide."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from campaign.database import insert_once, reading, transaction
from campaign.domain.blocks import MAX_BLOCKS, AlreadyBlocked, Block, BlockKind, TooManyBlocks, is_blocked
from campaign.domain.donation import SupporterVisibility
from campaign.domain.errors import NotFound
from campaign.domain.identity import new_public_id
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation, DonationEvent
from campaign.models.donor import Donor
from campaign.models.moderation import ModerationBlock
from campaign.models.staff import Staff
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.search_index import address_in


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRow:
    """A block as staff pages list it."""

    public_id: str
    kind: str
    typed: str  # empty where the donor was erased: nobody can read the address any more
    created_at: datetime
    creator: str | None


@dataclass(frozen=True, slots=True)
class BlockEffect:
    """How many gifts a new block would hide: those that nobody has looked at, and those that staff approved."""

    waiting: int
    approved: int


def blocks_of(campaign_id: int) -> list[BlockRow]:
    """Return all blocks of a campaign, the newest first."""
    query = (
        select(ModerationBlock, Staff.name)
        .outerjoin(Staff, Staff.id == ModerationBlock.created_by)
        .where(ModerationBlock.campaign_id == campaign_id)
        .order_by(ModerationBlock.id.desc())
    )
    with reading() as session:
        return [
            BlockRow(
                public_id=row.public_id, kind=row.kind, typed=row.typed, created_at=row.created_at, creator=creator
            )
            for row, creator in session.execute(query)
        ]


def effect_of(campaign_id: int, block: Block) -> BlockEffect:
    """Return what a block would hide; nothing changes.

    Raises:
        AlreadyBlocked: The campaign has this block.
    """
    with reading() as session:
        same = (ModerationBlock.campaign_id == campaign_id, ModerationBlock.kind == block.kind)
        if session.execute(select(ModerationBlock.id).where(*same, ModerationBlock.value == block.value)).first():
            raise AlreadyBlocked(block.kind)
        waiting, approved = _hit_by(session, campaign_id, block)
    return BlockEffect(len(waiting), len(approved))


def add_block(
    campaign_id: int, block: Block, *, typed: str, hides_approved: bool, actor_id: int, clock: Clock
) -> BlockEffect:
    """Block a word or an address: hide the gifts with it that nobody has looked at, and if so chosen the approved ones.

    Returns:
        How many were hidden.

    Raises:
        AlreadyBlocked: The campaign has this block.
        TooManyBlocks: It has 500 of them.
    """
    at = clock.now()
    with transaction() as session:
        slug = session.execute(select(Campaign.slug).where(Campaign.id == campaign_id).with_for_update()).scalar_one()
        count = select(func.count(ModerationBlock.id)).where(ModerationBlock.campaign_id == campaign_id)
        if session.execute(count).scalar_one() >= MAX_BLOCKS:
            raise TooManyBlocks
        row = {
            "public_id": new_public_id(),
            "campaign_id": campaign_id,
            "kind": block.kind,
            "value": block.value,
            "typed": typed,
            "created_at": at,
            "created_by": actor_id,
        }
        if not insert_once(session, ModerationBlock, row):
            raise AlreadyBlocked(block.kind)
        waiting, approved = _hit_by(session, campaign_id, block)
        hidden = [*waiting, *approved] if hides_approved else waiting
        _hide(session, hidden, at=at)
        count_public_change(session, campaign_id)
        audit.record(
            session,
            actor_id=actor_id,
            action="moderation:block",
            subject=f"campaign:{slug}",
            at=at,
            detail={"kind": block.kind.value, "hidden": len(hidden)},
        )
    return BlockEffect(len(waiting), len(approved) if hides_approved else 0)


def remove_block(campaign_id: int, public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Stop blocking something; what it has hidden stays hidden until staff show it.

    Raises:
        NotFound: The campaign has no such block.
    """
    with transaction() as session:
        named = (ModerationBlock.campaign_id == campaign_id, ModerationBlock.public_id == public_id)
        kind = session.execute(delete(ModerationBlock).where(*named).returning(ModerationBlock.kind)).scalar()
        if kind is None:
            raise NotFound(f"block:{public_id}")
        slug = session.execute(select(Campaign.slug).where(Campaign.id == campaign_id)).scalar_one()
        audit.record(
            session,
            actor_id=actor_id,
            action="moderation:unblock",
            subject=f"campaign:{slug}",
            at=clock.now(),
            detail={"kind": kind},
        )


def read_blocks(session: Session, campaign_id: int) -> frozenset[Block]:
    """Return what a campaign blocks; for most campaigns nothing."""
    rows = session.execute(
        select(ModerationBlock.kind, ModerationBlock.value).where(ModerationBlock.campaign_id == campaign_id)
    )
    return frozenset(Block(BlockKind(kind), value) for kind, value in rows)


def is_blocked_in(session: Session, campaign_id: int, texts: Collection[str | None], email: str | None) -> bool:
    """Return whether a campaign blocks a word of these texts, or the address."""
    return is_blocked(read_blocks(session, campaign_id), texts, email, secret=str(current_app.secret_key))


def hide_blocked_donor(session: Session, donation_id: int, campaign_id: int, email: str, *, at: datetime) -> None:
    """Hide a gift's name and message where the address that the payment brought is blocked."""
    if is_blocked_in(session, campaign_id, (), email):
        shown = (Donation.id == donation_id, Donation.wall == SupporterVisibility.SHOWN)
        _hide(session, list(session.execute(select(Donation.id).where(*shown)).scalars()), at=at)


def hide_blocked_gift(session: Session, gift: Donation, *, at: datetime) -> None:
    """Hide a gift's name and message where a word in them or the donor's address is blocked; its row is locked."""
    email = session.execute(select(Donor.email).where(Donor.id == gift.donor_id)).scalar()
    is_shown = gift.wall == SupporterVisibility.SHOWN
    if is_shown and is_blocked_in(session, gift.campaign_id, (gift.public_name, gift.message), email):
        _hide(session, [gift.id], at=at)


def _hit_by(session: Session, campaign_id: int, block: Block) -> tuple[list[int], list[int]]:
    """Return the ids of the gifts that a block hits and that are not hidden: not looked at, and approved."""
    waiting: list[int] = []
    approved: list[int] = []
    for donation_id, is_reviewed in _hits(session, campaign_id, {block}):
        (approved if is_reviewed else waiting).append(donation_id)
    return waiting, approved


def _hits(session: Session, campaign_id: int, blocks: Collection[Block]) -> Iterator[tuple[int, bool]]:
    query = (
        select(Donation, Donor.email)
        .outerjoin(Donor, Donor.id == Donation.donor_id)
        .where(
            Donation.campaign_id == campaign_id,
            Donation.is_anonymous.is_(False),
            Donation.public_name.is_not(None),
            Donation.wall == SupporterVisibility.SHOWN,
        )
        .order_by(Donation.id)
    )
    for gift, email in session.execute(query.execution_options(yield_per=1000)):
        address = email or address_in(gift.checkout_params)
        if is_blocked(blocks, (gift.public_name, gift.message), address, secret=str(current_app.secret_key)):
            yield gift.id, gift.wall_reviewed_at is not None


def _hide(session: Session, donation_ids: list[int], *, at: datetime) -> None:
    for start in range(0, len(donation_ids), 500):
        some = donation_ids[start : start + 500]
        hidden = {"wall": SupporterVisibility.HIDDEN, "wall_reviewed_at": at}
        session.execute(update(Donation).where(Donation.id.in_(some)).values(hidden))
        events: list[dict[str, object]] = [
            {"donation_id": one, "at": at, "kind": "wall_blocked", "detail": {}, "actor_id": None} for one in some
        ]
        session.execute(insert(DonationEvent), events)
