"""The start page, the campaign's page, its updates and its supporters."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaign.blueprints.public import bp
from campaign.blueprints.public.frame import featured_site, page_languages
from campaign.days import local_day
from campaign.domain.errors import NotFound
from campaign.domain.news import UpdateWithdrawn
from campaign.gateway_registry import current_context
from campaign.i18n import preferred_language
from campaign.services.campaigns.cards import CampaignCard, other_campaigns
from campaign.services.campaigns.supporters import supporters_page
from campaign.web.page_cache import cached, campaign_of


@bp.get("/")
def front_door() -> Response:
    """Redirect to the language that the reader chose last, or that their browser prefers."""
    offered = page_languages(featured_site())
    chosen = request.cookies.get("lang", "")
    lang = chosen if chosen in offered else preferred_language(offered)
    answer = redirect(url_for("public.home", lang=lang), code=302)
    answer.vary.update(("Accept-Language", "Cookie"))
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/<language:lang>/", endpoint="home")
@bp.get("/<language:lang>/c/<slug>/", endpoint="campaign")
@cached()
def campaign_page(*, card: CampaignCard) -> str:
    """Show the campaign; the start page leads to all others, past ones too."""
    others = other_campaigns(card) if card.is_featured else []
    today = local_day(current_context().clock.now())
    return render_template("public/campaign.html", site=card, campaign=campaign_of(card), others=others, today=today)


@bp.get("/<language:lang>/updates/")
@cached()
def updates(*, card: CampaignCard) -> str:
    """Show the list of news."""
    return render_template("public/updates.html", site=card, campaign=campaign_of(card))


@bp.get("/<language:lang>/updates/<public_id>")
@cached()
def update(*, public_id: str, card: CampaignCard) -> str:
    """Show one piece of news."""
    campaign = campaign_of(card)
    if public_id in campaign.withdrawn_news:
        raise UpdateWithdrawn(public_id)
    news = next((item for item in campaign.news if item.public_id == public_id), None)
    if news is None:
        raise NotFound("update")
    return render_template("public/update.html", site=card, campaign=campaign, news=news)


@bp.get("/<language:lang>/supporters/")
@cached(arguments=("page",))
def supporters(*, card: CampaignCard) -> str:
    """Show a page of supporters."""
    requested = request.args.get("page", "1")
    page = request.args.get("page", 1, type=int)
    if requested != str(page):
        raise NotFound("page")  # else one page would be cached under many names
    wall = supporters_page(card, page)
    return render_template("public/supporters.html", site=card, campaign=campaign_of(card), wall=wall)


@bp.get("/quilt/<slug>.svg")
@cached("image/svg+xml")
def quilt(*, card: CampaignCard) -> str:
    """Return the quilt as a drawing."""
    return campaign_of(card).quilt
