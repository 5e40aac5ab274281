"""What `base.html` needs on every page of the site: whose site it is, its addresses, the same page in other languages."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app, g, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from sqlalchemy.exc import SQLAlchemyError

from campaign.blueprints.public import bp
from campaign.config import Config
from campaign.days import local_day
from campaign.domain.errors import DomainError
from campaign.domain.gift_source import shared_address
from campaign.domain.sketch_map import SketchMap, sketch_map
from campaign.gateway_registry import current_context
from campaign.i18n import LANGUAGES, page_language
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.campaigns.page import TextPart
from campaign.services.drill.gate import takes_card_gifts
from campaign.services.news.subscriptions import CONSENT_TEXT
from campaign.services.organisation.logos import LogoFacts, profile_and_logos
from campaign.services.organisation.profile import OrganisationProfile
from campaign.web.page_cache import campaign_of, card_of

log = logging.getLogger(__name__)


@bp.app_context_processor
def frame() -> dict[str, object]:
    """Names for every template; a view that speaks for another campaign hands its own `site` in."""
    config: Config = current_app.config["KURAK"]
    organisation, logos = _organisation()
    return {
        "site": g.get("desk_campaign") or featured_site(),
        "organisation": organisation,
        "logos": logos,
        "brand_version": organisation.revision if organisation.button_colour or organisation.link_colour else None,
        "same_page": same_page,
        "public_url": config.public_url,
    }


@bp.record_once
def _add_globals(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(address=address, accepts_gifts=accepts_gifts, canonical=canonical)
    state.app.jinja_env.globals.update(
        standing_pages=standing_pages, shared_address=shared_address, sketch_map=sketch_map_of
    )
    state.app.jinja_env.globals.update(page_languages=page_languages, NEWS_CONSENT=CONSENT_TEXT)
    state.app.jinja_env.filters.update(teaser=teaser, host_of=host_of)


def page_languages(site: CampaignCard | None) -> tuple[str, ...]:
    """Return the languages that a page offers: its campaign’s, else those of the interface."""
    return site.languages if site else tuple(LANGUAGES)


def address(path: str, site: CampaignCard | None, *, language: str | None = None, **query: object) -> str:
    """The path of a public page that speaks for this campaign, in the reader's language unless another is given.

    Only the featured campaign owns the bare addresses. Every other one is named in the query, or by its own front page.
    """
    start, other = f"/{language or page_language()}/", None if site is None or site.is_featured else site.slug
    if other and not path:
        return f"{start}c/{other}/"
    arguments = {**query, "campaign": other}
    query_string = urlencode({name: str(value) for name, value in arguments.items() if value is not None})
    return f"{start}{path}" + (f"?{query_string}" if query_string else "")


def canonical(site: CampaignCard | None) -> str:
    """The one address under which a page is known, whatever its query says: for search engines and shared links."""
    given = request.view_args or {}
    if request.endpoint is None or "lang" not in given or request.endpoint in {"public.home", "public.campaign"}:
        return address("", site)
    path = url_for(request.endpoint, **given).removeprefix(f"/{given['lang']}/").partition("?")[0]
    page = request.args.get("page", type=int)
    return address(path, site, page=page if page and page > 1 else None)


def teaser(text: str, most: int) -> str:
    """The beginning of a text, at most `most` characters: it ends at a word, without punctuation before the ellipsis."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    return flat[:most].rpartition(" ")[0].rstrip(" ,;:.!?–—-«“(") + "…"


def sketch_map_of(places: Sequence[Mapping[str, Any]]) -> SketchMap:
    """Return the map of places by the facts of their texts."""
    return sketch_map([(facts["latitude_centidegrees"], facts["longitude_centidegrees"]) for facts in places])


def host_of(link: str) -> str:
    """Return the host of a link, which says in short where it leads."""
    return (urlsplit(link).hostname or link).removeprefix("www.")


def accepts_gifts(site: CampaignCard | None) -> bool:
    """Whether anybody can give to this campaign today: it is running, and card payments are taken."""
    if site is None:
        return False
    context = current_context()
    return site.is_open_on(local_day(context.clock.now())) and takes_card_gifts(context.payments.mode)


def standing_pages(site: CampaignCard | None) -> frozenset[str]:
    """Return which of about, privacy (always), accessibility and other-ways the campaign has.

    There are none while there is no database.
    """
    if site is None:
        return frozenset()
    try:
        return pages_with_texts(campaign_of(site).texts)
    except SQLAlchemyError:
        log.exception("the frame of the page could not read the campaign's texts")
        return frozenset()


def pages_with_texts(texts: Mapping[str, Sequence[TextPart]]) -> frozenset[str]:
    """Return the static pages for which these texts have something to say; privacy always is one."""
    own = {str(part.facts.get("page")) for part in texts.get("page", ())}
    return frozenset({"privacy", *own, *(["other-ways"] if texts.get("other_way") else [])})


def same_page(language: str) -> str:
    """Return the path of this page in another language; of the front page where an address has no language."""
    given = request.view_args or {}
    if request.endpoint is None or "lang" not in given:
        return f"/{language}/"
    query = {name: request.args[name] for name in ("campaign", "page") if name in request.args}
    return url_for(request.endpoint, **{**query, **given, "lang": language})


def _organisation() -> tuple[OrganisationProfile, dict[str, LogoFacts]]:
    """Who runs this installation, with its logo and icon; an empty profile while there is none or no database."""
    try:
        return profile_and_logos()
    except SQLAlchemyError:
        log.exception("the frame of the page could not read the organisation")
        return OrganisationProfile(), {}


def featured_site() -> CampaignCard | None:
    """Return the featured campaign; nothing while there is none or no database: an error page still stands."""
    try:
        return card_of()
    except DomainError:
        return None
    except SQLAlchemyError:
        log.exception("the frame of the page could not read the campaign")
        return None
