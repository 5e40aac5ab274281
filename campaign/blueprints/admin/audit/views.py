"""The audit trail."""

from dataclasses import replace

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.audit import words as audit_words
from campaign.blueprints.admin.filters import ListFilters, list_filters
from campaign.blueprints.admin.frame import campaign, file_answer
from campaign.blueprints.admin.guard import covers_organisation, person
from campaign.gateway_registry import current_context
from campaign.i18n import moment
from campaign.services import audit
from campaign.services.audit import AuditFilter, AuditRow
from campaign.services.exports.audit import audit_file as exported_audit
from campaign.services.ledger.subject_words import subject_in_words, subject_typed
from campaign.services.spreadsheets import FileFormat
from campaign.services.staff import accounts

PAGE_ROWS = 50


@bp.get("/audit")
def audit_trail() -> ResponseReturnValue:
    """All recorded actions, newest first."""
    filters = list_filters()
    criteria = _criteria(filters)
    rows = audit.trail(criteria, limit=PAGE_ROWS)
    return render_template(
        "admin/audit/trail.html",
        filters=filters,
        rows=rows,
        people=accounts.people(campaign_id=criteria.campaign_id),
        pager=filters.pager(rows[-1].id if len(rows) == PAGE_ROWS else None),
        details_of=audit_words.details,
    )


@bp.get("/audit/file.<any(csv,xlsx):file_format>")
def audit_file(file_format: FileFormat) -> Response:
    """The same rows as on the page, all of them, as a file."""
    filters, clock = list_filters(), current_context().clock
    criteria = replace(_criteria(filters), before_id=None)
    names = {row.id: row.name for row in accounts.people(campaign_id=criteria.campaign_id)}
    about = [
        (str(_("Act")), str(words.ACTS.get(criteria.action, criteria.action)) or str(_("All"))),
        (str(_("Person")), names.get(criteria.actor_id or 0, "") or str(_("All"))),
        (str(_("About")), subject_in_words(criteria.subject) or str(_("All"))),
        (str(_("Made at")), moment(clock.now())),
    ]
    file = exported_audit(criteria, about=about, describe=_described, file_format=file_format)
    detail: dict[str, object] = {"format": file_format}
    audit.record_access(
        actor_id=person().id, action="audit:download", subject="audit:trail", detail=detail, clock=clock
    )
    return file_answer(file, "audit", file_format)


def _described(row: AuditRow) -> tuple[str, str, str]:
    pairs = "; ".join(f"{word}: {text}" for word, text in audit_words.details(row.detail))
    return str(words.ACTS.get(row.action, row.action)), subject_in_words(row.subject), pairs


def _criteria(filters: ListFilters) -> AuditFilter:
    return AuditFilter(
        action=filters.choice("action", words.ACTS),
        subject=subject_typed(filters.text("subject")),
        actor_id=filters.number("actor"),
        before_id=filters.number("before"),
        campaign_id=None if covers_organisation() else campaign().id,
    )
