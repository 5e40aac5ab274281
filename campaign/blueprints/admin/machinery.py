"""The machinery: the provider's events with replay, the mails, the audit trail."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.asking import asked_in_address
from campaign.blueprints.admin.frame import done, refused
from campaign.blueprints.admin.guard import person
from campaign.domain.errors import DomainError
from campaign.services import audit, delivery, staff, webhook_inbox
from campaign.services.audit import AuditFilter
from campaign.services.replaying import replay
from campaign.wiring import gateways

PAGE_ROWS = 50
MAILS_MAX = 100


@bp.get("/inbox")
def inbox() -> ResponseReturnValue:
    """What the provider told, and what became of it."""
    asked = asked_in_address()
    state = asked.choice("state", words.INBOX)
    rows = webhook_inbox.events(state=state or None, before_id=asked.number("before"), limit=PAGE_ROWS)
    return render_template(
        "admin/inbox.html",
        asked=asked,
        state=state,
        rows=rows,
        counts=webhook_inbox.count_by_state(),
        oldest=webhook_inbox.oldest_waiting(),
        older_url=asked.with_(before=str(rows[-1].id)) if len(rows) == PAGE_ROWS else None,
    )


@bp.get("/inbox/<event_id>")
def inbox_event(event_id: str) -> ResponseReturnValue:
    """One event, word for word."""
    return render_template("admin/inbox_event.html", event=webhook_inbox.event(event_id))


@bp.post("/inbox/<event_id>/replay")
def replay_event(event_id: str) -> ResponseReturnValue:
    """Work it off again; what was done is not done twice."""
    try:
        replay(event_id, actor_id=person().id, clock=gateways().clock)
    except DomainError as error:
        return refused(error, "admin.inbox_event", event_id=event_id)
    return done(_("The event will be worked off again within a minute."), "admin.inbox_event", event_id=event_id)


@bp.get("/mails")
def mails() -> ResponseReturnValue:
    """What was mailed, is waiting, or could not leave."""
    asked = asked_in_address()
    state = asked.choice("state", words.MAIL)
    rows = delivery.messages(state=state or None, limit=MAILS_MAX)
    return render_template("admin/mails.html", asked=asked, state=state, rows=rows, most=MAILS_MAX)


@bp.get("/audit")
def audit_trail() -> ResponseReturnValue:
    """Every act, newest first."""
    asked = asked_in_address()
    rows = audit.trail(
        AuditFilter(
            action=asked.choice("action", words.ACTS),
            subject=asked.text("subject"),
            actor_id=asked.number("actor"),
            before_id=asked.number("before"),
        ),
        limit=PAGE_ROWS,
    )
    older_url = asked.with_(before=str(rows[-1].id)) if len(rows) == PAGE_ROWS else None
    return render_template("admin/audit.html", asked=asked, rows=rows, people=staff.people(), older_url=older_url)
