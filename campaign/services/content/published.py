"""What is published of a document: read from the tables of the campaign, and written into them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.days import local_day
from campaign.domain.documents.fields import specs
from campaign.domain.documents.kinds import UPDATE, AmountRow, AmountsText, HeroText, MilestoneRow, MilestonesText
from campaign.domain.money import Money
from campaign.models.campaign import Campaign, CampaignCurrency, Milestone, Section, SuggestedAmount
from campaign.services.campaigns.page import TextPart
from campaign.services.campaigns.revision import count_public_change
from campaign.services.content.parts import (
    PAGE,
    PLACES,
    belongs_to,
    document_of_parts,
    parts_of_document,
    with_facts_of_others,
)
from campaign.services.content.update_documents import read_update, write_update


def read_published(session: Session, campaign_id: int, name: str) -> Any:
    """Return a document as the site shows it now, hidden rows included."""
    if name.startswith(UPDATE):
        return read_update(session, campaign_id, name)
    if name in PLACES:
        return document_of_parts(name, [_part(row) for row in _sections(session, campaign_id, name)])
    return _READERS[name](session, session.get_one(Campaign, campaign_id))


def write_published(
    session: Session, campaign_id: int, name: str, document: Any, *, at: datetime, actor_id: int | None
) -> None:
    """Replace what the site shows of a document, and count the public change.

    Args:
        session: The caller's transaction.
        campaign_id: The campaign.
        name: The document's name.
        document: The valid document.
        at: When; standing pages show the organisation's day.
        actor_id: Who publishes it; nobody: a worker, at its time.
    """
    if name.startswith(UPDATE):
        write_update(session, campaign_id, name, document, at=at, actor_id=actor_id)
    elif name in PLACES:
        _write_sections(session, campaign_id, name, document, today=local_day(at))
    else:
        _WRITERS[name](session, session.get_one(Campaign, campaign_id), document)
    session.flush()
    count_public_change(session, campaign_id)


def _sections(session: Session, campaign_id: int, name: str) -> list[Section]:
    query = select(Section).where(Section.campaign_id == campaign_id, Section.place == PLACES[name])
    rows = session.execute(query.order_by(Section.position, Section.id)).scalars()
    return [row for row in rows if belongs_to(name, _part(row))]


def _part(row: Section) -> TextPart:
    return TextPart(slug=row.slug, heading=row.heading, body=row.body, facts=row.facts)


def _write_sections(session: Session, campaign_id: int, name: str, document: Any, *, today: date) -> None:
    earlier = _sections(session, campaign_id, name)
    parts = with_facts_of_others(parts_of_document(name, document), map(_part, earlier))
    if name.startswith(PAGE):
        parts[0].facts["updated_on"] = today.isoformat()
    first = min((row.position for row in earlier), default=0)
    for row in earlier:
        session.delete(row)
    session.flush()
    session.add_all(
        Section(
            campaign_id=campaign_id,
            place=PLACES[name],
            slug=part.slug,
            position=first + number,
            heading=part.heading,
            body=part.body,
            facts=part.facts,
        )
        for number, part in enumerate(parts)
    )


def _read_hero(_session: Session, campaign: Campaign) -> HeroText:
    return HeroText(**{name: getattr(campaign, name) for name in specs(HeroText)})


def _write_hero(_session: Session, campaign: Campaign, document: HeroText) -> None:
    for name in specs(HeroText):
        setattr(campaign, name, getattr(document, name))


def _read_amounts(session: Session, campaign: Campaign) -> AmountsText:
    rows = session.execute(
        select(SuggestedAmount)
        .join(
            CampaignCurrency,
            (CampaignCurrency.campaign_id == SuggestedAmount.campaign_id)
            & (CampaignCurrency.currency == SuggestedAmount.currency),
        )
        .where(SuggestedAmount.campaign_id == campaign.id)
        .order_by(CampaignCurrency.position, SuggestedAmount.amount_minor)
    ).scalars()
    return AmountsText(
        amounts=tuple(
            AmountRow(
                key=f"{row.currency.lower()}-{row.amount_minor}",
                currency=row.currency,
                amount=Money(row.amount_minor, row.currency),
                impact=row.impact,
            )
            for row in rows
        )
    )


def _write_amounts(session: Session, campaign: Campaign, document: AmountsText) -> None:
    session.execute(delete(SuggestedAmount).where(SuggestedAmount.campaign_id == campaign.id))
    session.add_all(
        SuggestedAmount(
            campaign_id=campaign.id, currency=row.currency, amount_minor=row.amount.minor, impact=row.impact
        )
        for row in document.amounts
    )


def _read_milestones(session: Session, campaign: Campaign) -> MilestonesText:
    query = select(Milestone).where(Milestone.campaign_id == campaign.id).order_by(Milestone.amount_minor)
    return MilestonesText(
        milestones=tuple(
            MilestoneRow(
                key=f"m{row.amount_minor}",
                amount=Money(row.amount_minor, campaign.currency),
                title=row.title,
                body=row.body,
            )
            for row in session.execute(query).scalars()
        )
    )


def _write_milestones(session: Session, campaign: Campaign, document: MilestonesText) -> None:
    session.execute(delete(Milestone).where(Milestone.campaign_id == campaign.id))
    session.add_all(
        Milestone(campaign_id=campaign.id, amount_minor=row.amount.minor, title=row.title, body=row.body)
        for row in document.milestones
    )


_READERS: Mapping[str, Callable[[Session, Campaign], Any]] = {
    "hero": _read_hero,
    "amounts": _read_amounts,
    "milestones": _read_milestones,
}
_WRITERS: Mapping[str, Callable[[Session, Campaign, Any], None]] = {
    "hero": _write_hero,
    "amounts": _write_amounts,
    "milestones": _write_milestones,
}
