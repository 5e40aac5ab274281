"""The public pages of a campaign as they will be once a draft is published."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from campaign.domain.documents.kinds import AmountsText, HeroText, MilestonesText
from campaign.domain.documents.reading import read
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.campaigns.page import AmountLink, PublicCampaign, public_campaign, stages_of
from campaign.services.content.editing import document_state
from campaign.services.content.parts import PLACES, belongs_to, parts_of_document, with_facts_of_others
from campaign.services.content.rows import kind_of


def campaign_with_draft(card: CampaignCard, name: str, *, at: datetime) -> PublicCampaign:
    """Return the campaign with a document's draft in place of the published text; what cannot be read is left out.

    Raises:
        NotFound: There is no document of this name.
    """
    kind = kind_of(name)
    state = document_state(card.id, name)
    document = read(kind, state.draft, state.rules).document
    return _with_document(public_campaign(card, at=at), name, document)


def _with_document(campaign: PublicCampaign, name: str, document: Any) -> PublicCampaign:
    if isinstance(document, HeroText):
        return _with_hero(campaign, document)
    if isinstance(document, AmountsText):
        own = [row for row in document.amounts if row.currency == campaign.card.currency]
        links = [AmountLink(amount=row.amount, impact=row.impact) for row in own]
        return replace(campaign, amounts=tuple(sorted(links, key=lambda link: link.amount.minor)))
    if isinstance(document, MilestonesText):
        rows = sorted(document.milestones, key=lambda row: row.amount.minor)
        stages = stages_of([(row.amount, row.title, row.body) for row in rows], campaign.progress.raised)
        return replace(campaign, progress=replace(campaign.progress, stages=stages))
    return _with_parts(campaign, name, document)


def _with_hero(campaign: PublicCampaign, document: HeroText) -> PublicCampaign:
    return replace(
        campaign,
        card=replace(campaign.card, title=document.title, summary=document.summary),
        kicker=document.kicker,
        trust_line=document.trust_line,
    )


def _with_parts(campaign: PublicCampaign, name: str, document: Any) -> PublicCampaign:
    place = PLACES[name]
    published = campaign.texts.get(place, ())
    own = with_facts_of_others(parts_of_document(name, document), published)
    shown = [part for part in own if not part.facts.get("is_hidden")]
    others = [part for part in published if not belongs_to(name, part)]
    return replace(campaign, texts={**campaign.texts, place: (*others, *shown)})
