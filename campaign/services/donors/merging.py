"""Merging two donors of a campaign who are one person: the rows of one go to the other, and can go back.

Gifts and monthly gifts, notes, tags and soft credits move; receipts, entries and emails stay as they are. Consents stay
with the mailbox that gave them, so nobody is written to at an address that never agreed. What the other campaigns have of
the donor stays there. A later gift from the merged address is a donor of its own again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from campaign.database import insert_once, reading, transaction
from campaign.domain.donor import DonorsMergedAway, MergeOfErased, SameDonor
from campaign.domain.errors import NotFound
from campaign.domain.money import Money
from campaign.gateways.clock import Clock
from campaign.models.donation import Donation
from campaign.models.donor import Donor, DonorConsent, DonorMerge, DonorNote, DonorTag, SoftCredit
from campaign.models.pledge import Pledge
from campaign.services import audit, search_index
from campaign.services.campaigns.supporters import REMAINING
from campaign.services.donors.filters import COUNTED
from campaign.services.donors.scope import giver_of

MOVED_TABLES: tuple[type[Any], ...] = (Donation, Pledge, DonorNote, DonorTag, SoftCredit)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeSide:
    """One of the two donors."""

    public_id: str
    email: str
    names: Sequence[str]
    given: Sequence[Money]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePlan:
    """What a merge would do: `counts` has how many rows of each table move."""

    target: MergeSide
    source: MergeSide
    counts: Mapping[str, int]
    gives_elsewhere: bool
    """Whether the source has gifts to other campaigns; these stay with it."""
    has_consents: bool
    """Whether the source agreed to emails; its consents stay with its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOrder:
    """Two donors to merge; `public_id` comes with the form, so that a form sent twice merges once."""

    campaign_id: int
    target: str
    source: str
    public_id: str
    actor_id: int


def plan_merge(campaign_id: int, target: str, source: str) -> MergePlan:
    """Return what a merge of `source` into `target` would move; looking changes nothing.

    Raises:
        NotFound: The campaign does not have both.
        SameDonor: They are one row.
        MergeOfErased: One of them was erased.
    """
    with reading() as session:
        into, out_of = _both(session, campaign_id, target, source)
        moving = _rows_to_move(session, campaign_id, into, out_of)
        return MergePlan(
            target=_side(session, campaign_id, into),
            source=_side(session, campaign_id, out_of),
            counts={table: len(ids) for table, ids in moving.items()},
            gives_elsewhere=_gives_elsewhere(session, campaign_id, out_of.id),
            has_consents=_has_consents(session, out_of.id),
        )


def merge(order: MergeOrder, *, clock: Clock) -> None:
    """Move the rows of one donor to the other; a form that was sent before changes nothing.

    Raises:
        NotFound, SameDonor, MergeOfErased: As for the plan.
    """
    at = clock.now()
    with transaction() as session:
        known = select(DonorMerge.id).where(
            DonorMerge.campaign_id == order.campaign_id, DonorMerge.public_id == order.public_id
        )
        if session.execute(known).scalar() is not None:
            return
        into, out_of = _both(session, order.campaign_id, order.target, order.source, is_locking=True)
        moving = _rows_to_move(session, order.campaign_id, into, out_of)
        row = {
            "public_id": order.public_id,
            "campaign_id": order.campaign_id,
            "target_id": into.id,
            "source_id": out_of.id,
            "moved": dict(moving),
            "merged_at": at,
            "merged_by": order.actor_id,
        }
        if not insert_once(session, DonorMerge, row):
            return
        _move(session, moving, to=into.id)
        detail: dict[str, object] = {"other": out_of.public_id, "gifts": len(moving["donation"])}
        subject = f"donor:{into.public_id}"
        audit.record(session, actor_id=order.actor_id, action="donor:merge", subject=subject, at=at, detail=detail)


def undo_merge(campaign_id: int, public_id: str, *, actor_id: int, clock: Clock) -> str:
    """Move back what a merge had moved, with the months that its monthly gifts have brought since.

    Returns:
        The public id of the donor whose rows are their own again; a second time changes nothing.

    Raises:
        NotFound: The campaign has no such merge.
        MergeOfErased: The data of one of them was erased since.
        DonorsMergedAway: One of the gifts has gone to somebody else since.
    """
    at = clock.now()
    with transaction() as session:
        named = (DonorMerge.campaign_id == campaign_id, DonorMerge.public_id == public_id)
        row = session.execute(select(DonorMerge).where(*named).with_for_update()).scalar_one_or_none()
        if row is None:
            raise NotFound(f"merge:{public_id}")
        source, target = session.get_one(Donor, row.source_id), session.get_one(Donor, row.target_id)
        if row.undone_at is not None:
            return source.public_id
        _refuse_erased(source, target)
        moved = _moved_rows(row)
        _refuse_changed(session, moved, target.id)
        of_pledges = Donation.pledge_id.in_(moved["pledge"])
        months = select(Donation.id).where(of_pledges, Donation.donor_id == target.id)
        moved["donation"] = sorted({*moved["donation"], *session.execute(months).scalars()})
        _move_back(session, moved, row)
        row.undone_at, row.undone_by = at, actor_id
        subject, detail = f"donor:{target.public_id}", {"other": source.public_id}
        audit.record(session, actor_id=actor_id, action="donor:undo_merge", subject=subject, at=at, detail=dict(detail))
        return source.public_id


def _both(
    session: Session, campaign_id: int, target: str, source: str, *, is_locking: bool = False
) -> tuple[Donor, Donor]:
    into, out_of = giver_of(session, campaign_id, target), giver_of(session, campaign_id, source)
    if into.id == out_of.id:
        raise SameDonor(target)
    if is_locking:
        locked = select(Donor).where(Donor.id.in_((into.id, out_of.id))).order_by(Donor.id).with_for_update()
        session.execute(locked.execution_options(populate_existing=True)).all()
    _refuse_erased(into, out_of)
    return into, out_of


def _refuse_erased(*donors: Donor) -> None:
    for donor in donors:
        if donor.erased_at is not None:
            raise MergeOfErased(donor.public_id)


def _rows_to_move(session: Session, campaign_id: int, into: Donor, out_of: Donor) -> dict[str, list[int]]:
    """Return table → ids; what the target has already, and a credit for a gift of their own, stay where they are."""
    same_tags = select(DonorTag.name_key).where(DonorTag.campaign_id == campaign_id, DonorTag.donor_id == into.id)
    gifts_of_both = select(Donation.id).where(Donation.donor_id.in_((into.id, out_of.id)))
    same_credits = select(SoftCredit.donation_id).where(SoftCredit.donor_id == into.id)
    more: dict[type[Any], tuple[ColumnElement[bool], ...]] = {
        DonorTag: (DonorTag.name_key.not_in(same_tags),),
        SoftCredit: (SoftCredit.donation_id.not_in(gifts_of_both), SoftCredit.donation_id.not_in(same_credits)),
    }
    moving: dict[str, list[int]] = {}
    for table in MOVED_TABLES:
        conditions = [table.donor_id == out_of.id, table.campaign_id == campaign_id, *more.get(table, ())]
        moving[table.__tablename__] = list(
            session.execute(select(table.id).where(*conditions).order_by(table.id)).scalars()
        )
    return moving


def _gives_elsewhere(session: Session, campaign_id: int, donor_id: int) -> bool:
    elsewhere = select(Donation.id).where(Donation.donor_id == donor_id, Donation.campaign_id != campaign_id)
    return session.execute(elsewhere.limit(1)).first() is not None


def _has_consents(session: Session, donor_id: int) -> bool:
    valid = select(DonorConsent.id).where(DonorConsent.donor_id == donor_id, DonorConsent.withdrawn_at.is_(None))
    return session.execute(valid.limit(1)).first() is not None


def _move(session: Session, moving: Mapping[str, list[int]], *, to: int) -> None:
    """Give the rows another owner. Whoever reads the old mailbox must not manage a monthly gift: its links end."""
    for table in MOVED_TABLES:
        ids = moving[table.__tablename__]
        values: dict[str, Any] = {"donor_id": to}
        if table is Pledge:
            values["link_version"] = Pledge.link_version + 1
        if ids:
            session.execute(update(table).where(table.id.in_(ids)).values(values))
    if moving["donation"]:
        search_index.refresh(session, Donation.id.in_(moving["donation"]))


def _moved_rows(row: DonorMerge) -> dict[str, list[int]]:
    """Return what a merge moved, as its row has it."""
    stored: Mapping[str, Any] = row.moved
    return {table.__tablename__: [int(name) for name in stored.get(table.__tablename__, [])] for table in MOVED_TABLES}


def _refuse_changed(session: Session, moved: Mapping[str, list[int]], target_id: int) -> None:
    for table in (Donation, Pledge):
        gone = select(func.count()).where(table.id.in_(moved[table.__tablename__]), table.donor_id != target_id)
        if session.execute(gone).scalar_one():
            raise DonorsMergedAway


def _move_back(session: Session, moved: Mapping[str, list[int]], row: DonorMerge) -> None:
    """Move what the target still has; a tag or a credit that the source got again meanwhile stays."""
    taken: dict[type[Any], Any] = {
        DonorTag: DonorTag.name_key.not_in(
            select(DonorTag.name_key).where(DonorTag.donor_id == row.source_id, DonorTag.campaign_id == row.campaign_id)
        ),
        SoftCredit: SoftCredit.donation_id.not_in(
            select(SoftCredit.donation_id).where(SoftCredit.donor_id == row.source_id)
        ),
    }
    back: dict[str, list[int]] = {}
    for table in MOVED_TABLES:
        conditions = [table.id.in_(moved[table.__tablename__]), table.donor_id == row.target_id]
        if table in taken:
            conditions.append(taken[table])
        back[table.__tablename__] = list(session.execute(select(table.id).where(*conditions)).scalars())
    _move(session, back, to=row.source_id)


def _side(session: Session, campaign_id: int, donor: Donor) -> MergeSide:
    own = (Donation.campaign_id == campaign_id, Donation.donor_id == donor.id)
    name = func.coalesce(Donation.payer_name, Donation.receipt_name, Donation.public_name)
    names = session.execute(select(name).where(*own).group_by(name).order_by(func.max(Donation.id).desc()).limit(5))
    given = session.execute(
        select(Donation.currency, func.sum(REMAINING))
        .where(*own, COUNTED)
        .group_by(Donation.currency)
        .order_by(Donation.currency)
    )
    return MergeSide(
        public_id=donor.public_id,
        email=donor.email or "",
        names=[text for text in names.scalars() if text],
        given=[Money(int(minor), code) for code, minor in given],
    )
