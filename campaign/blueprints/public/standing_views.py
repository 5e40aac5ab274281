"""Static pages: other ways to give, about, privacy, accessibility."""

from flask import render_template

from campaign.blueprints.public import bp
from campaign.blueprints.public.privacy_entries import privacy_entries
from campaign.domain.errors import NotFound
from campaign.services.campaigns.cards import CampaignCard
from campaign.web.page_cache import cached, campaign_of


@bp.get("/<language:lang>/other-ways")
@cached()
def other_ways(*, card: CampaignCard) -> str:
    """Show other ways to support the campaign."""
    return render_template("public/other_ways.html", site=card, campaign=campaign_of(card))


@bp.get("/<language:lang>/<any(about,privacy,accessibility):name>")
@cached()
def standing(*, name: str, card: CampaignCard) -> str:
    """Show a standing page of the campaign; the one about privacy is there without a text of its own, too."""
    campaign = campaign_of(card)
    parts = [part for part in campaign.texts.get("page", ()) if part.facts.get("page") == name]
    if name == "privacy":
        head = parts[0] if parts else None
        entries = privacy_entries()
        return render_template(
            "public/privacy.html", site=card, campaign=campaign, head=head, parts=parts[1:], entries=entries
        )
    if not parts:
        raise NotFound(name)
    return render_template("public/standing.html", site=card, campaign=campaign, head=parts[0], parts=parts[1:])
