"""The list of donors with its filters, and the same rows as a file."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.donors.criteria import PERIOD_NAMES, DonorChoices
from campaign.blueprints.admin.donors.forms import SegmentForm
from campaign.blueprints.admin.donors.words import STATUSES
from campaign.blueprints.admin.filters import ListFilters, list_filters
from campaign.blueprints.admin.frame import campaign, file_answer
from campaign.blueprints.admin.guard import person
from campaign.domain.errors import NotFound
from campaign.domain.identity import is_public_id
from campaign.gateway_registry import current_context
from campaign.services import audit
from campaign.services.campaigns.currencies import currencies_of
from campaign.services.donors.listing import donor_totals
from campaign.services.donors.listing import donors as list_donors
from campaign.services.donors.segments import SegmentView, segment
from campaign.services.exports.donors import donor_file as file_of
from campaign.services.exports.ledger import period_of
from campaign.services.spreadsheets import FileFormat


@bp.get("/donors")
def donors() -> ResponseReturnValue:
    """Fifty donors a page; the address holds the filters, so it can be shared."""
    filters = list_filters()
    return list_page(filters, SegmentForm(query=request.query_string.decode())), filters.status


@bp.get("/donors/file.<any(csv,xlsx):file_format>")
def donor_file(file_format: FileFormat) -> Response:
    """The same donors, all of them, with a row for each currency."""
    filters, choices, clock = list_filters(), DonorChoices.of(campaign()), current_context().clock
    criteria = choices.read(filters)
    filters.refuse_mistakes()
    used = [(it.label, it.value) for it in choices.in_words(criteria)]
    file = file_of(criteria, about=[*period_of(None, None, made_at=clock.now())[-1:], *used], file_format=file_format)
    detail: dict[str, object] = {
        "format": file_format,
        "filters": sorted(key for key, value in filters.values.items() if value),
    }
    subject = f"campaign:{campaign().slug}"
    audit.record_access(actor_id=person().id, action="donors:download", subject=subject, detail=detail, clock=clock)
    return file_answer(file, "donors", file_format)


def list_page(filters: ListFilters, form: SegmentForm) -> str:
    """Render the list; `form` saves its filters as a segment."""
    choices = DonorChoices.of(campaign())
    criteria = choices.read(filters)
    rows, has_more = list_donors(criteria) if not filters.mistakes else ((), False)
    return render_template(
        "admin/donors/list.html",
        filters=filters,
        rows=rows,
        totals=donor_totals(criteria) if not filters.mistakes else None,
        chips=[(f"{used.label}: {used.value}", filters.without(used.name)) for used in choices.in_words(criteria)],
        pager=filters.pager(rows[-1].public_id if has_more else None),
        purposes=choices.purposes,
        currencies=sorted(row.code for row in currencies_of(campaign().id)),
        statuses=STATUSES,
        periods=PERIOD_NAMES,
        period=str(criteria.period_days),
        tags=choices.tags,
        tag=criteria.tag,
        form=form,
        segment=_segment(filters, choices),
    )


def _segment(filters: ListFilters, choices: DonorChoices) -> SegmentView | None:
    """The segment that the list was opened from, where there still is one."""
    public_id = filters.text("segment")
    if not is_public_id(public_id):
        return None
    try:
        return segment(choices.card.id, public_id, as_of=choices.today)
    except NotFound:
        return None
