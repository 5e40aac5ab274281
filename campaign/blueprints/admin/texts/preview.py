"""A draft in the real public page, at the width of a phone and of a desktop."""

from flask import Response, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.news.preview import update_page
from campaign.blueprints.admin.texts import words
from campaign.domain.documents.kinds import UPDATE
from campaign.domain.errors import NotFound
from campaign.domain.news import UpdateText
from campaign.gateway_registry import current_context
from campaign.i18n import in_language
from campaign.services.campaigns.page import PublicCampaign
from campaign.services.content.editing import document_state
from campaign.services.content.mail_preview import DraftMail, mail_with_draft
from campaign.services.content.preview import campaign_with_draft
from campaign.web.security_headers import content_security_policy

PAGE, MAIL = "page:", "mail:"


@bp.get("/texts/<document>/preview")
def preview_text(document: str) -> ResponseReturnValue:
    """The preview in both widths, beside the links to it in every language."""
    state, chosen = document_state(campaign().id, document), _chosen_language()
    email = _email(document, chosen) if document.startswith(MAIL) else None
    answer = make_response(
        render_template(
            "admin/texts/preview.html", state=state, texts=words, chosen=chosen, email=email, slug=campaign().slug
        )
    )
    answer.headers["Content-Security-Policy"] = content_security_policy() + "; frame-src 'self'"
    return answer


@bp.get("/texts/<document>/preview/<language:lang>")
def preview_page(document: str, lang: str) -> ResponseReturnValue:
    """The public page with the draft in place of the published text; only our own preview may frame it."""
    if lang not in campaign().languages:
        raise NotFound(lang)
    if document.startswith(MAIL):
        return _email_page(_email(document, lang).html)
    state = document_state(campaign().id, document)
    g.lang = lang
    with in_language(lang):
        if document.startswith(UPDATE):
            answer = make_response(
                update_page(UpdateText(**state.draft), back=url_for("admin.text", document=document))
            )
        else:
            answer = _page(document, campaign_with_draft(campaign(), document, at=current_context().clock.now()))
    answer.headers["Content-Security-Policy"] = content_security_policy().replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    return answer


def _email(document: str, language: str) -> DraftMail:
    context = current_context()
    return mail_with_draft(campaign(), document, language, public_url=context.public_url, at=context.clock.now())


def _email_page(html: str) -> Response:
    """An email as a mail program shows it: its own styles are allowed here, scripts are not."""
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; frame-ancestors 'self'; sandbox"
    )
    return answer


def _chosen_language() -> str:
    """Return the language of the address, or the person's own, or the campaign's first one."""
    offered = campaign().languages
    choices = (request.args.get("lang", ""), person().language)
    return next((code for code in choices if code in offered), offered[0])


def _page(document: str, shown: PublicCampaign) -> Response:
    common = {"site": shown.card, "campaign": shown, "is_preview": True}
    if document == "other_ways":
        return make_response(render_template("public/other_ways.html", **common))
    if not document.startswith(PAGE):
        return make_response(render_template("public/campaign.html", **common))
    page = document.removeprefix(PAGE)
    parts = [part for part in shown.texts.get("page", ()) if part.facts.get("page") == page]
    if not parts:
        raise NotFound(page)
    return make_response(render_template("public/standing.html", head=parts[0], parts=parts[1:], **common))
