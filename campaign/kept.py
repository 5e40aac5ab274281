"""Public answers, made once per change of the campaign and then kept: the same for everybody."""

from collections.abc import Callable
from datetime import date
from functools import wraps

from flask import Response, current_app, make_response, request

from campaign.config import Config
from campaign.services.campaign_page import PublicCampaign, public_campaign
from campaign.services.campaigns import CampaignCard, campaign_named, featured_campaign
from campaign.services.page_cache import Cards, Kept, KeptPage, finished
from campaign.wiring import gateways

PAGES_MOST = 2000
View = Callable[..., str]


class PublicMemory:
    """What this process remembers of the public pages."""

    def __init__(self, *, seconds: float) -> None:
        self.cards = Cards(seconds=seconds)
        self.pages: Kept[KeptPage] = Kept(PAGES_MOST)
        self.campaigns: Kept[PublicCampaign] = Kept(20)


def memory() -> PublicMemory:
    """This app's memory. In tests a campaign is looked up at every request, so that nobody has to wait a second."""
    known = current_app.extensions
    if "public_memory" not in known:
        config: Config = current_app.config["KURAK"]
        known["public_memory"] = PublicMemory(seconds=0.0 if config.testing else 1.0)
    found: PublicMemory = known["public_memory"]
    return found


def card_of(slug: str | None = None) -> CampaignCard:
    """The campaign of this address, or the featured one; NotFound where there is none."""
    return memory().cards.get(slug, lambda: campaign_named(slug) if slug else featured_campaign())


def campaign_of(card: CampaignCard) -> PublicCampaign:
    """All that the pages of a campaign show, read once per change and day, for every language and page together."""
    now = gateways().clock.now()
    return memory().campaigns.get(card.slug, _version(card, now.date()), lambda: public_campaign(card, at=now))


def kept(mimetype: str = "text/html", *, arguments: tuple[str, ...] = ()) -> Callable[[View], Callable[..., Response]]:
    """A view that is made once per (campaign, address, change, day): it is handed the campaign's card as `card`.

    `arguments` names the parts of the query that make another page; all others are ignored. `?campaign=` chooses
    another campaign than the featured one.
    """

    def decorate(view: View) -> Callable[..., Response]:
        @wraps(view)
        def answer(**given: str) -> Response:
            given.pop("lang", None)  # the language is chosen by the address already
            slug = given.pop("slug", None) or request.args.get("campaign") or None
            card = card_of(slug)
            key = (card.slug, request.path, tuple(request.args.get(name, "") for name in arguments))
            version = _version(card, gateways().clock.today())
            page = memory().pages.get(key, version, lambda: finished(view(card=card, **given)))
            return _answer(page, mimetype)

        return answer

    return decorate


def _version(card: CampaignCard, day: date) -> tuple[int, int, date]:
    return card.id, card.revision, day


def _answer(page: KeptPage, mimetype: str) -> Response:
    is_packed = bool(request.accept_encodings["gzip"])
    answer = make_response(page.packed if is_packed else page.body)
    answer.mimetype = mimetype
    if is_packed:
        answer.content_encoding = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.cache_control.public = True
    answer.cache_control.max_age = 1
    answer.set_etag(page.etag, weak=True)
    answer.make_conditional(request)
    return answer
