"""The audit trail."""

from flask import render_template
from flask.typing import ResponseReturnValue

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.audit import words as audit_words
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign
from campaign.blueprints.admin.guard import covers_organisation
from campaign.services import audit
from campaign.services.audit import AuditFilter
from campaign.services.ledger.subject_words import subject_typed
from campaign.services.staff import accounts

PAGE_ROWS = 50


@bp.get("/audit")
def audit_trail() -> ResponseReturnValue:
    """All recorded actions, newest first."""
    filters = list_filters()
    campaign_id = None if covers_organisation() else campaign().id
    rows = audit.trail(
        AuditFilter(
            action=filters.choice("action", words.ACTS),
            subject=subject_typed(filters.text("subject")),
            actor_id=filters.number("actor"),
            before_id=filters.number("before"),
            campaign_id=campaign_id,
        ),
        limit=PAGE_ROWS,
    )
    return render_template(
        "admin/audit/trail.html",
        filters=filters,
        rows=rows,
        people=accounts.people(campaign_id=campaign_id),
        pager=filters.pager(rows[-1].id if len(rows) == PAGE_ROWS else None),
        details_of=audit_words.details,
    )
