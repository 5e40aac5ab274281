"""What machines read: the feed of updates, the map of the site, rules for robots, where to report a weakness."""

from datetime import timedelta
from typing import Any

from flask import Response, current_app, make_response, render_template, url_for

from campaign.blueprints.public import bp
from campaign.config import Config
from campaign.days import start_of_day
from campaign.i18n import LANGUAGES
from campaign.kept import campaign_of, card_of, kept
from campaign.services.campaigns import CampaignCard
from campaign.wiring import gateways

IN_THE_MAP = ("home", "transparency", "events", "grants", "updates", "supporters", "other_ways")


@bp.get("/<any(en,ru,ky):lang>/feed.xml")
@kept("application/atom+xml")
def feed(*, card: CampaignCard) -> str:
    return render_template("public/feed.xml", site=card, campaign=campaign_of(card), midnight=start_of_day)


@bp.get("/sitemap.xml")
@kept("application/xml")
def sitemap(*, card: CampaignCard) -> str:
    places: list[tuple[str, dict[str, Any]]] = [(f"public.{name}", {}) for name in IN_THE_MAP]
    places += [("public.standing", {"name": name}) for name in ("about", "privacy", "accessibility")]
    places += [("public.update", {"public_id": news.public_id}) for news in campaign_of(card).news]
    pages = [{lang: url_for(name, lang=lang, **given) for lang in LANGUAGES} for name, given in places]
    return render_template("public/sitemap.xml", pages=pages)


@bp.get("/robots.txt")
def robots() -> Response:
    rules = "User-agent: *\nDisallow: /staff/\nDisallow: /*/thanks\nDisallow: /*/my/\n"
    answer = make_response(f"{rules}Sitemap: {_public_url()}/sitemap.xml\n")
    answer.mimetype = "text/plain"
    return answer


@bp.get("/.well-known/security.txt")
def security_txt() -> Response:
    expires = gateways().clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=180)
    answer = make_response(
        f"Contact: mailto:{card_of().contact_email}\nExpires: {expires.isoformat()}\n"
        f"Preferred-Languages: en, ru, ky\nCanonical: {_public_url()}/.well-known/security.txt\n"
    )
    answer.mimetype = "text/plain"
    return answer


def _public_url() -> str:
    config: Config = current_app.config["KURAK"]
    return config.public_url
