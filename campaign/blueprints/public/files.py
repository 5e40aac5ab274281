"""What machines read: feed, sitemap, pictures for shared links, rules for robots, where to report a weakness."""

from datetime import timedelta

from flask import Response, current_app, make_response, render_template, request
from flask_babel import gettext as _

from campaign.blueprints.public import bp
from campaign.blueprints.public.frame import address, pages_with_texts
from campaign.config import Config
from campaign.days import local_day, start_of_day
from campaign.domain.brand import STANDARD, LowContrast, NotAColour, read_colour, stylesheet
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.logo import PNG, LogoKind
from campaign.domain.picture import CENTRE, PictureFormat
from campaign.gateway_registry import current_context
from campaign.i18n import money, text_of
from campaign.services.campaigns.cards import CampaignCard, public_campaigns
from campaign.services.campaigns.shown_pictures import HERO, PublicPicture
from campaign.services.organisation.logos import logo_file
from campaign.services.organisation.profile import organisation
from campaign.services.pictures.listing import public_file
from campaign.web.page_cache import cached, campaign_of, card_of

ALWAYS = ("donate", "transparency", "events/", "grants/", "updates/", "supporters/")
PRIVATE = ("/staff/", "/sandbox/", "/dev/", "/*/thanks", "/*/p/", "/*/receipt/", "/*/verify/*")
STANDING = ("other-ways", "about", "privacy", "accessibility")


@bp.get("/<language:lang>/feed.xml")
@cached("application/atom+xml")
def feed(*, card: CampaignCard) -> str:
    """Return the news as an Atom feed."""
    return render_template("public/feed.xml", site=card, campaign=campaign_of(card), midnight=start_of_day)


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """Every public page of every campaign, once, under its canonical address in each language."""
    pages = [page for card in public_campaigns() for page in _addresses_of(card)]
    answer = make_response(render_template("public/sitemap.xml", pages=pages))
    answer.mimetype = "application/xml"
    return answer


def _addresses_of(card: CampaignCard) -> list[dict[str, str]]:
    """Language → path, for each page of a campaign that is there."""
    campaign = campaign_of(card)
    standing = pages_with_texts(campaign.texts)
    paths = ["", *ALWAYS, *(name for name in STANDING if name in standing)]
    paths += [f"{kind}s/{row.public_id}" for kind in ("event", "grant") for row in campaign.money.of_kind(kind)]
    paths += [f"updates/{news.public_id}" for news in campaign.news]
    return [{lang: address(path, card, language=lang) for lang in card.languages} for path in paths]


@bp.get("/og/<language:lang>/<slug>.png")
@cached("image/png")
def share_image(*, card: CampaignCard) -> bytes:
    """Return the picture that is shown where the campaign's address is shared."""
    from campaign.services.campaigns.share_image import ShareImage, render_png  # Pillow is loaded by those who share

    campaign = campaign_of(card)
    progress, hero = campaign.progress, campaign.pictures.get(HERO)
    reached = _("%(part)s of %(whole)s", part=money(progress.raised), whole=money(progress.goal))
    own = organisation()
    return render_png(
        ShareImage(
            name=text_of(own.name) or text_of(card.name),
            title=text_of(card.title),
            progress=reached,
            share=progress.share,
            demo_label=_("Demo data") if card.is_demo else None,
            photo=_photo(hero) if hero else None,
            focal_point=(hero.focal_x, hero.focal_y) if hero else (CENTRE, CENTRE),
            colour=card.button_colour or own.button_colour or STANDARD,
            logo=_png_logo(),
        )
    )


def _png_logo() -> bytes | None:
    """Return the logo where it is a PNG; an SVG cannot be drawn here."""
    try:
        media_type, content, _digest = logo_file(LogoKind.LOGO)
    except NotFound:
        return None
    return content if media_type == PNG else None


def _photo(picture: PublicPicture) -> bytes | None:
    """Return a middle-sized file of a picture; None where its consent ended this minute."""
    context = current_context()
    width = picture.widths[-2] if len(picture.widths) > 1 else picture.widths[0]
    try:
        day = local_day(context.clock.now())
        return public_file(picture.public_id, width, PictureFormat.JPEG, store=context.files, day=day).body
    except DomainError:
        return None


def _readable(colour: str) -> str | None:
    """Return a colour of an address; None for one that the pages cannot show."""
    try:
        return read_colour(colour[:7])
    except (NotAColour, LowContrast):
        return None


@bp.get("/brand.css")
def brand_stylesheet() -> Response:
    """Return the colours of a campaign, which its pages name here, or the organisation's, over those of the site's stylesheet."""
    profile = organisation()
    button, link = (_readable(request.args.get(name, "")) for name in ("button", "link"))
    answer = make_response(stylesheet(button or profile.button_colour, link or profile.link_colour))
    answer.mimetype = "text/css"
    answer.cache_control.public = True
    answer.cache_control.max_age = 300  # pages name the version, so a change shows at once
    return answer


@bp.get("/brand/<any(logo,icon):mark>")
def brand_logo(mark: str) -> Response:
    """Return the organisation's logo or icon; an SVG can run nothing and load nothing, wherever it is opened."""
    media_type, content, digest = logo_file(LogoKind(mark))
    answer = make_response(content)
    answer.mimetype = media_type
    answer.set_etag(digest)
    answer.cache_control.public = True
    answer.cache_control.max_age = 31_536_000 if request.args.get("v") == digest else 300
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    answer.make_conditional(request)
    return answer


@bp.get("/robots.txt")
def robots() -> Response:
    """Return the rules for crawlers."""
    rules = "".join(["User-agent: *\n", *(f"Disallow: {path}\n" for path in PRIVATE)])
    answer = make_response(f"{rules}Sitemap: {_public_url()}/sitemap.xml\n")
    answer.mimetype = "text/plain"
    return answer


@bp.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Return whom to tell of a weakness (RFC 9116)."""
    expires = current_context().clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=180)
    answer = make_response(
        f"Contact: mailto:{card_of().contact_email}\nExpires: {expires.isoformat()}\n"
        f"Preferred-Languages: en, ru, ky\nCanonical: {_public_url()}/.well-known/security.txt\n"
    )
    answer.mimetype = "text/plain"
    return answer


def _public_url() -> str:
    config: Config = current_app.config["KURAK"]
    return config.public_url
