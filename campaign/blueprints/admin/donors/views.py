"""The list of donors with its filters, the same rows as a file, and one donor."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.donors.criteria import DEFAULT_PERIOD, PERIODS, criteria_in_words, donor_filter
from campaign.blueprints.admin.donors.words import STATUSES
from campaign.blueprints.admin.filters import ListFilters, list_filters
from campaign.blueprints.admin.frame import campaign, file_answer
from campaign.blueprints.admin.gifts.timeline_words import TIMELINE
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.mail import words as mail_words
from campaign.blueprints.admin.pledges import words as pledge_words
from campaign.blueprints.admin.timeline import TimelineRow, timeline_row
from campaign.days import local_day
from campaign.domain.fund import COLLECTING_KINDS
from campaign.domain.timeline import TimelineEntry
from campaign.gateway_registry import current_context
from campaign.services import audit
from campaign.services.campaigns.currencies import currencies_of
from campaign.services.donors.details import MAX_ROWS, donor_details
from campaign.services.donors.filters import DonorFilter
from campaign.services.donors.listing import donor_totals
from campaign.services.donors.listing import donors as list_donors
from campaign.services.exports.donors import donor_file as file_of
from campaign.services.exports.ledger import period_of
from campaign.services.funds.balances import FundRow, funds
from campaign.services.spreadsheets import FileFormat


@bp.get("/donors")
def donors() -> ResponseReturnValue:
    """Fifty donors a page; the address holds the filters, so it can be shared."""
    filters, purposes = list_filters(), _purposes()
    criteria = _criteria(filters, purposes)
    rows, has_more = list_donors(criteria) if not filters.mistakes else ((), False)
    page = render_template(
        "admin/donors/list.html",
        filters=filters,
        rows=rows,
        totals=donor_totals(criteria) if not filters.mistakes else None,
        chips=[
            (f"{used.label}: {used.value}", filters.without(used.name))
            for used in criteria_in_words(filters, criteria, purposes)
        ],
        pager=filters.pager(rows[-1].public_id if has_more else None),
        purposes=purposes,
        currencies=sorted(row.code for row in currencies_of(campaign().id)),
        statuses=STATUSES,
        periods=PERIODS,
        period=filters.text("days") or DEFAULT_PERIOD,
    )
    return page, filters.status


@bp.get("/donors/file.<any(csv,xlsx):file_format>")
def donor_file(file_format: FileFormat) -> Response:
    """The same donors, all of them, with a row for each currency."""
    filters, purposes, clock = list_filters(), _purposes(), current_context().clock
    criteria = _criteria(filters, purposes)
    filters.refuse_mistakes()
    used = [(it.label, it.value) for it in criteria_in_words(filters, criteria, purposes)]
    file = file_of(criteria, about=[*period_of(None, None, made_at=clock.now())[-1:], *used], file_format=file_format)
    detail: dict[str, object] = {
        "format": file_format,
        "filters": sorted(key for key, value in filters.values.items() if value),
    }
    subject = f"campaign:{campaign().slug}"
    audit.record_access(actor_id=person().id, action="donors:download", subject=subject, detail=detail, clock=clock)
    return file_answer(file, "donors", file_format)


@bp.get("/donors/<public_id>")
def donor(public_id: str) -> ResponseReturnValue:
    """One donor, as far as this campaign knows them."""
    details = donor_details(campaign().id, public_id)
    return render_template(
        "admin/donors/donor.html",
        donor=details,
        timeline=[_row(entry) for entry in details.timeline],
        max_rows=MAX_ROWS,
        mail_words=mail_words,
        pledge_words=pledge_words,
    )


def _row(entry: TimelineEntry) -> TimelineRow:
    """An entry of the donor's history as the page shows it."""
    thing, _sep, kind = entry.kind.partition(":")
    if thing == "pledge":
        word, colour = pledge_words.TIMELINE[kind]
        return timeline_row(entry, {entry.kind: (_("Monthly gift: %(what)s", what=word), colour)})
    return timeline_row(entry, TIMELINE)


def _purposes() -> dict[str, FundRow]:
    return {row.public_id: row for row in funds(campaign().id) if row.kind in COLLECTING_KINDS}


def _criteria(filters: ListFilters, purposes: dict[str, FundRow]) -> DonorFilter:
    return donor_filter(filters, campaign(), purposes, today=local_day(current_context().clock.now()))
