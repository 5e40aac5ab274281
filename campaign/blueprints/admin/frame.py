"""The frame of each staff page: the campaign, the menu, the mode, and headers against caching."""

from decimal import Decimal
from typing import IO, cast

from babel.numbers import format_decimal
from flask import Response, flash, g, redirect, render_template, request, send_file, session, url_for
from flask.typing import ResponseReturnValue

from campaign.blueprints.admin import bp, choices, words
from campaign.blueprints.admin.guard import BLUEPRINTS, person, person_can
from campaign.blueprints.admin.menu import visible_groups
from campaign.days import local_day
from campaign.domain.errors import DomainError, NoCampaign, NotFound
from campaign.domain.money import Money
from campaign.gateway_registry import current_context
from campaign.i18n import current_language, exact_money
from campaign.services.campaigns.cards import (
    CampaignCard,
    all_campaigns,
    campaign_named,
    campaign_with_id,
    first_campaign,
)
from campaign.services.ledger import words as ledger_words
from campaign.services.ledger.subject_words import subject_in_words
from campaign.services.spreadsheets import FileFormat

MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def campaign() -> CampaignCard:
    """The campaign that the staff pages show: the one that the person chose, one of theirs, or the featured one.

    Raises:
        NoCampaign: there is none yet.
    """
    if "desk_campaign" not in g:
        shown = person().campaign_id
        g.desk_campaign = _chosen_campaign() if shown is None else campaign_with_id(shown)
    return cast(CampaignCard, g.desk_campaign)


def _chosen_campaign() -> CampaignCard:
    slug = session.get("campaign")
    try:
        return campaign_named(slug) if slug else first_campaign()
    except NotFound:
        session.pop("campaign", None)
        return first_campaign()


def visible_campaigns() -> list[CampaignCard]:
    """The campaigns that this person may see; none before the first one is created."""
    return [card for card in all_campaigns() if person().may_see(card.id)]


@bp.errorhandler(NoCampaign)
def on_no_campaign(_error: NoCampaign) -> ResponseReturnValue:
    """Say on every page about a campaign that there is none yet; lead whoever can create one to the set-up."""
    if person_can("admin.setup") and request.method == "GET":
        return redirect(url_for("admin.setup"))
    return render_template("admin/no_campaign.html"), 404


@bp.url_value_preprocessor
def allow_long_texts(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Let a form of a staff page be as long as any body may be: its own limits refuse a text, and show it again."""
    request.max_form_memory_size = request.max_content_length


@bp.app_context_processor
def frame() -> dict[str, object]:
    """Add the names that the templates of staff pages, sign-in and their error pages use."""
    if request.blueprint not in BLUEPRINTS and "person" not in g:
        return {}
    return {
        "menu": visible_groups(),
        "words": words,
        "choices": choices,
        "ledger_words": ledger_words,
        "mode": current_context().payments.mode,
    }


@bp.app_template_filter("minor")
def minor(value: int, currency: str) -> str:
    """Format an amount of minor units with all its decimals, so that a column can be compared."""
    return exact_money(Money(value, currency))


@bp.app_template_filter("exact")
def exact(amount: Money) -> str:
    """Format an amount with all its decimals."""
    return exact_money(amount)


@bp.app_template_filter("rate")
def rate(text: str, charged: str, settled: str) -> str:
    """Format what one unit of the charged currency was worth; `text` is the provider's decimal, shown with all digits."""
    worth = format_decimal(Decimal(text), locale=current_language(), decimal_quantization=False)
    return f"1\u00a0{charged} = {worth}\u00a0{settled}"


bp.add_app_template_filter(subject_in_words, "subject")


@bp.app_template_global("address_of_subject")
def address_of_subject(subject: str) -> str | None:
    """Return the staff page of a subject of the audit trail or the journal; None where it has no page."""
    kind, _sep, name = subject.partition(":")
    pages = {
        "donation": ("admin.donation", "public_id"),
        "donor": ("admin.donor", "public_id"),
        "segment": ("admin.segment", "public_id"),
        "segment_mailing": ("admin.segment_mailing", "public_id"),
        "pledge": ("admin.pledge", "public_id"),
        "allocation": ("admin.allocation", "public_id"),
        "update": ("admin.update", "public_id"),
        "picture": ("admin.picture", "public_id"),
        "consent": ("admin.consent", "public_id"),
        "application": ("admin.application", "public_id"),
        "provider_event": ("admin.inbox_event", "event_id"),
        "payout": ("admin.payout", "payout_id"),
        "transaction": ("admin.reconciliation_case", "transaction_id"),
    }
    if kind not in pages or not person_can(pages[kind][0]):
        return None
    endpoint, value = pages[kind]
    return url_for(endpoint, **{value: name})  # type: ignore[arg-type]  # only values of addresses come in


@bp.after_app_request
def forbid_caching(response: Response) -> Response:
    """Forbid caches to store staff pages, which hold personal data, and other sites to learn their addresses."""
    if request.path.startswith("/staff"):
        response.headers["Cache-Control"] = "no-store"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def done(message: str, endpoint: str, **values: str) -> ResponseReturnValue:
    """Redirect to a page and show that the action succeeded."""
    flash(message, "good")
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type]  # only values of addresses come in


def refused(error: DomainError, endpoint: str, **values: str) -> ResponseReturnValue:
    """Redirect to a page and show why the action was refused; a thing that does not exist is answered with 404."""
    if isinstance(error, NotFound):
        raise error
    flash(words.sentence_of(error), "bad")
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type]  # only values of addresses come in


def file_answer(file: IO[bytes], name: str, file_format: FileFormat) -> Response:
    """Send a file named after the campaign and the day."""
    today = local_day(current_context().clock.now()).isoformat()
    return send_file(
        file,
        mimetype=MIME[file_format],
        as_attachment=True,
        download_name=f"{campaign().slug}-{name}-{today}.{file_format}",
        max_age=0,
    )
