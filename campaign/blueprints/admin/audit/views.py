"""The audit trail."""

from flask import render_template
from flask.typing import ResponseReturnValue

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.audit import words as audit_words
from campaign.blueprints.admin.form_values import asked_in_address
from campaign.blueprints.admin.guard import person
from campaign.services import audit
from campaign.services.audit import AuditFilter
from campaign.services.ledger.subject_words import subject_typed
from campaign.services.staff import accounts

PAGE_ROWS = 50


@bp.get("/audit")
def audit_trail() -> ResponseReturnValue:
    """Every act, newest first."""
    asked = asked_in_address()
    rows = audit.trail(
        AuditFilter(
            action=asked.filter_choice("action", words.ACTS),
            subject=subject_typed(asked.text("subject")),
            actor_id=asked.number("actor"),
            before_id=asked.number("before"),
            campaign_id=person().campaign_id,
        ),
        limit=PAGE_ROWS,
    )
    older_url = asked.with_(before=str(rows[-1].id)) if len(rows) == PAGE_ROWS else None
    return render_template(
        "admin/audit/trail.html",
        asked=asked,
        rows=rows,
        people=accounts.people(campaign_id=person().campaign_id),
        older_url=older_url,
        details_of=audit_words.details,
    )
