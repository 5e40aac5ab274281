"""An update in the public page, as it is saved or as it is typed."""

from collections.abc import Callable

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign
from campaign.blueprints.admin.news.forms import update_form
from campaign.domain.news import UpdateText
from campaign.gateway_registry import current_context
from campaign.i18n import in_language, preferred_language
from campaign.services.campaigns.page import CampaignUpdate
from campaign.services.news import updates as update_list
from campaign.web.page_cache import campaign_of


@bp.get("/updates/<public_id>/preview")
def preview_update(public_id: str) -> ResponseReturnValue:
    """The saved text in the public page."""
    view = update_list.one_update(campaign().id, public_id)
    return _preview(
        view.text,
        addresses=lambda code: url_for("admin.preview_update", public_id=public_id, lang=code),
        back=url_for("admin.update", public_id=public_id),
    )


@bp.post("/updates/preview")
def preview_typed_update() -> ResponseReturnValue:
    """The typed text in the public page; nothing is saved."""
    form = update_form(campaign().languages)
    form.validate()
    return _preview(form.text)


def _preview(
    text: UpdateText, *, addresses: Callable[[str], str] | None = None, back: str | None = None
) -> ResponseReturnValue:
    chosen, offered = request.args.get("lang", ""), campaign().languages
    with in_language(chosen if chosen in offered else preferred_language(offered)):
        return update_page(text, addresses=addresses, back=back)


def update_page(text: UpdateText, *, addresses: Callable[[str], str] | None = None, back: str | None = None) -> str:
    """Return the public page of an update with this text, in the language in use.

    Args:
        text: What the update says.
        addresses: Returns the address of the same preview in a language; None for a text that is not saved.
        back: The address of the page to go back to.
    """
    card, filled = campaign(), text.filled()
    news = CampaignUpdate(
        public_id="",
        published_at=current_context().clock.now(),
        corrected_at=None,
        title=dict(filled.title),
        body=dict(filled.body),
        author=dict(filled.author),
    )
    return render_template(
        "admin/news/preview.html", site=card, campaign=campaign_of(card), news=news, addresses=addresses, back=back
    )
