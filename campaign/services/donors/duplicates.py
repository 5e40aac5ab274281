"""Donors who may be one person: proposed by name and address, and dismissed by staff."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import insert_once, reading, transaction
from campaign.domain.donor_match import DuplicateSign, duplicate_sign
from campaign.domain.folding import fold
from campaign.gateways.clock import Clock
from campaign.models.donation import Donation
from campaign.models.donor import DistinctDonors, Donor
from campaign.services import audit
from campaign.services.donors.scope import donor_of

MAX_READ = 20_000
"""Donors that are compared: those who gave last."""
MAX_GROUP = 30
"""Donors with the same name or the same letters before the @ that are compared with each other."""
MAX_PAIRS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleDonor:
    """A donor as the list of possible duplicates shows them."""

    id: int
    public_id: str
    email: str
    name: str | None
    gifts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatePair:
    """Two donors who may be one; the first gave last."""

    first: PossibleDonor
    second: PossibleDonor
    sign: DuplicateSign


@dataclass(slots=True)
class _Known:
    """A donor while they are compared."""

    donor: PossibleDonor
    email_key: str
    names: set[str] = field(default_factory=set)


def possible_duplicates(campaign_id: int) -> Sequence[DuplicatePair]:
    """Return at most 50 pairs of a campaign's donors who may be one person; none that staff have dismissed."""
    with reading() as session:
        known = _known_donors(session, campaign_id)
        dismissed = {
            (first, second)
            for first, second in session.execute(
                select(DistinctDonors.first_id, DistinctDonors.second_id).where(
                    DistinctDonors.campaign_id == campaign_id
                )
            )
        }
    pairs: dict[tuple[int, int], DuplicatePair] = {}
    for first, second in _near(known.values()):
        key = _key(first.donor.id, second.donor.id)
        if key in pairs or key in dismissed:
            continue
        sign = duplicate_sign(first.email_key, second.email_key, have_same_name=bool(first.names & second.names))
        if sign:
            pairs[key] = DuplicatePair(first=first.donor, second=second.donor, sign=sign)
            if len(pairs) >= MAX_PAIRS:
                break
    return list(pairs.values())


def dismiss_pair(campaign_id: int, public_id: str, other_public_id: str, *, actor_id: int, clock: Clock) -> None:
    """Remember that two donors are not one person; a second time changes nothing.

    Raises:
        NotFound: The campaign does not have both.
    """
    at = clock.now()
    with transaction() as session:
        first, second = (donor_of(session, campaign_id, name) for name in (public_id, other_public_id))
        low, high = _key(first.id, second.id)
        row = {
            "campaign_id": campaign_id,
            "first_id": low,
            "second_id": high,
            "decided_at": at,
            "decided_by": actor_id,
        }
        if low != high and insert_once(session, DistinctDonors, row):
            subject = f"donor:{first.public_id}"
            detail: dict[str, object] = {"other": second.public_id}
            audit.record(session, actor_id=actor_id, action="donor:distinct", subject=subject, at=at, detail=detail)


def _known_donors(session: Session, campaign_id: int) -> Mapping[int, _Known]:
    """Read the donors with the folded names on their gifts, who gave last first."""
    latest = func.max(Donation.id)
    query = (
        select(
            Donor.id,
            Donor.public_id,
            Donor.email,
            Donor.email_key,
            Donation.payer_name,
            Donation.receipt_name,
            func.count(),
        )
        .join(Donor, Donor.id == Donation.donor_id)
        .where(Donation.campaign_id == campaign_id, Donor.email.is_not(None), Donor.email_key.is_not(None))
        .group_by(Donor.id, Donor.public_id, Donor.email, Donor.email_key, Donation.payer_name, Donation.receipt_name)
        .order_by(latest.desc())
        .limit(MAX_READ)
    )
    known: dict[int, _Known] = {}
    for donor_id, public_id, email, key, payer, receipt, gifts in session.execute(query):
        if donor_id not in known:
            donor = PossibleDonor(id=donor_id, public_id=public_id, email=email or "", name=payer or receipt, gifts=0)
            known[donor_id] = _Known(donor, key or "")
        entry = known[donor_id]
        entry.donor = PossibleDonor(
            id=donor_id,
            public_id=public_id,
            email=entry.donor.email,
            name=entry.donor.name or payer or receipt,
            gifts=entry.donor.gifts + gifts,
        )
        entry.names |= {fold(name) for name in (payer, receipt) if name}
    return known


def _near(known: Iterable[_Known]) -> Iterator[tuple[_Known, _Known]]:
    """Yield the pairs worth a closer look: with the same letters before the @, or the same name."""
    groups: dict[str, list[_Known]] = defaultdict(list)
    for entry in known:
        groups[f"@{entry.email_key.rpartition('@')[0].partition('+')[0].replace('.', '')}"].append(entry)
        for name in entry.names - {""}:
            groups[name].append(entry)
    for group in groups.values():
        yield from combinations(group[:MAX_GROUP], 2)


def _key(first: int, second: int) -> tuple[int, int]:
    return (first, second) if first <= second else (second, first)
