"""The link builder: a link with its tags, its QR code and posters. All of it is in the page's address; nothing is stored."""

from io import BytesIO

from flask import Response, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.filters import ListFilters, list_filters
from campaign.blueprints.admin.frame import campaign
from campaign.domain.brand import STANDARD
from campaign.domain.errors import UnreadableFilter
from campaign.domain.fund import COLLECTING_KINDS
from campaign.domain.gift_source import GiftSource, clean_tag
from campaign.gateway_registry import current_context
from campaign.i18n import LANGUAGES, shown, text_of
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.funds.balances import FundRow, funds
from campaign.services.links.campaign_link import CampaignLink
from campaign.services.links.poster import PaperSize, Poster, render_poster
from campaign.services.links.qr_code import qr_inline, qr_png, qr_svg
from campaign.services.organisation.profile import organisation

PAGES = ("form", "campaign")
FREQUENCIES = ("once", "monthly")
TAGS = ("source", "medium", "tag")
"""The names of the tags in this page's address: as utm_source and so on they would be its own."""


@bp.get("/links")
def links() -> ResponseReturnValue:
    """The form, and below it the link, its code and its posters."""
    filters, here = list_filters(), campaign()
    purposes = _purposes(here)
    link = _link(filters, here, purposes)
    page = render_template(
        "admin/links/links.html",
        filters=filters,
        campaign=here,
        link=link,
        fund_choices=[
            SelectChoice("", _("The donor chooses")),
            *(SelectChoice(code, text_of(row.title)) for code, row in purposes.items()),
        ],
        campaign_languages={code: LANGUAGES.get(code, code) for code in here.languages},
        sizes=list(PaperSize),
        query=filters.query(),
        poster_queries={code: filters.with_(language=code).partition("?")[2] for code in here.languages},
    )
    return page, filters.status


@bp.get("/links/qr.svg", defaults={"file_format": "svg"})
@bp.get("/links/qr.png", defaults={"file_format": "png"})
def link_qr(file_format: str) -> Response:
    """The link's code as a drawing or a picture."""
    link = _valid_link()
    data = qr_svg(link.address).encode() if file_format == "svg" else qr_png(link.address)
    mimetype = "image/svg+xml" if file_format == "svg" else "image/png"
    return send_file(BytesIO(data), mimetype=mimetype, download_name=f"{campaign().slug}-qr.{file_format}", max_age=0)


@bp.get("/links/poster.pdf")
def link_poster() -> Response:
    """A poster with the link's code, in the link's language.

    Raises:
        UnreadableFilter: no size of paper is named, or the link cannot be read.
    """
    size, link, here = list_filters().choice("size", list(PaperSize)), _valid_link(), campaign()
    if not size:
        raise UnreadableFilter("size")
    pdf = render_poster(_poster(link, here), PaperSize(size))
    name = f"{here.slug}-poster-{size}-{link.language}.pdf"
    return send_file(BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0)


def _valid_link() -> CampaignLink:
    filters, here = list_filters(), campaign()
    link = _link(filters, here, _purposes(here))
    filters.refuse_mistakes()
    return link


def _purposes(here: CampaignCard) -> dict[str, FundRow]:
    return {row.code: row for row in funds(here.id) if row.kind in COLLECTING_KINDS}


def _link(filters: ListFilters, here: CampaignCard, purposes: dict[str, FundRow]) -> CampaignLink:
    """The link that the address describes.

    Raises:
        UnreadableFilter: it names what the form does not offer.
    """
    source, medium, tag = (clean_tag(filters.text(name)) for name in TAGS)
    return CampaignLink(
        public_url=current_context().public_url,
        language=filters.choice("language", here.languages) or here.languages[0],
        slug=None if here.is_featured else here.slug,
        source=GiftSource(utm_source=source, utm_medium=medium, utm_campaign=tag),
        to_form=filters.choice("page", PAGES) != "campaign",
        fund_code=filters.choice("fund", purposes) or None,
        amount=filters.money("amount", here.currency),
        is_monthly=filters.choice("frequency", FREQUENCIES) == "monthly",
    )


def _poster(link: CampaignLink, here: CampaignCard) -> Poster:
    """The texts of a poster in the link's language."""
    profile = organisation()
    issuer = shown(profile.legal_name or profile.name, language=link.language).text
    with force_locale(link.language):
        return Poster(
            language=link.language,
            name=shown(here.name, language=link.language).text,
            title=shown(here.title, language=link.language).text,
            call=_("Give with your phone"),
            hint=_("Point your phone’s camera at the code, or type the address."),
            short_address=link.short_address,
            organisation=f"{issuer} · {_('Demo data')}" if here.is_demo else issuer,
            qr=qr_inline(link.address),
            colour=here.button_colour or profile.button_colour or STANDARD,
        )
