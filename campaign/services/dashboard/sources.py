"""What brought the gifts: the tags of the links that donors followed, and the sites that they came from."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from campaign.domain.gift_source import GiftSource
from campaign.domain.money import Money
from campaign.models.donation import Donation
from campaign.services.campaigns.supporters import REMAINING, WHOLLY_RETURNED, paid_to
from campaign.services.dashboard.figures import GroupFigures

MAX_READ, MAX_ROWS = 400, 15
"""How many groups are read and shown; anybody can make more by writing into an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFigures:
    """The gifts of one source; amounts of different currencies are never added."""

    source: GiftSource
    gifts: int
    given: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The sources with the most gifts, and the gifts of all others together."""

    rows: tuple[SourceFigures, ...]
    others: SourceFigures | None


def source_figures(session: Session, campaign_id: int, every_gift: Iterable[GroupFigures]) -> Sources:
    """Return the gifts by source; `every_gift` are groups that hold all gifts, from which those of the others follow."""
    columns = (Donation.utm_source, Donation.utm_medium, Donation.utm_campaign, Donation.referrer_host)
    gifts = func.sum(case((WHOLLY_RETURNED, 0), else_=1))
    rows = session.execute(
        select(*columns, Donation.currency, gifts, func.sum(REMAINING))
        .where(*paid_to(campaign_id))
        .group_by(*columns, Donation.currency)
        .order_by(gifts.desc(), Donation.currency)
        .limit(MAX_READ)
    )
    counts: dict[GiftSource, int] = {}
    sums: dict[GiftSource, dict[str, int]] = {}
    for source, medium, tag, host, code, count, minor in rows:
        key = GiftSource(utm_source=source, utm_medium=medium, utm_campaign=tag, referrer_host=host)
        counts[key] = counts.get(key, 0) + int(count)
        sums.setdefault(key, {})[code] = int(minor)
    shown = sorted(counts, key=lambda key: (-counts[key], str(key)))[:MAX_ROWS]
    known = tuple(SourceFigures(source=key, gifts=counts[key], given=_amounts(sums[key])) for key in shown)
    return Sources(rows=known, others=_others(known, every_gift))


def _others(known: tuple[SourceFigures, ...], every_gift: Iterable[GroupFigures]) -> SourceFigures | None:
    left, gifts = dict[str, int](), 0
    for sign, groups in ((1, every_gift), (-1, known)):
        for group in groups:
            gifts += sign * group.gifts
            for amount in group.given:
                left[amount.currency] = left.get(amount.currency, 0) + sign * amount.minor
    amounts = _amounts(left)
    return SourceFigures(source=GiftSource(), gifts=gifts, given=amounts) if gifts or amounts else None


def _amounts(sums: dict[str, int]) -> tuple[Money, ...]:
    return tuple(Money(sums[code], code) for code in sorted(sums) if sums[code])
