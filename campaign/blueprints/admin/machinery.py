"""The machinery: the mails, and the audit trail."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import audit_words, bp, words
from campaign.blueprints.admin.asking import asked_in_address
from campaign.blueprints.admin.frame import done, refused
from campaign.blueprints.admin.guard import person
from campaign.domain.errors import DomainError
from campaign.jobs import wake
from campaign.services import audit, delivery, staff
from campaign.services.audit import AuditFilter
from campaign.wiring import gateways

PAGE_ROWS = 50
MAILS_MAX = 100


@bp.get("/mails")
def mails() -> ResponseReturnValue:
    """What was mailed, is waiting, or could not leave."""
    asked = asked_in_address()
    state = asked.choice("state", words.MAIL)
    rows = delivery.messages(state=state or None, limit=MAILS_MAX)
    return render_template("admin/mails.html", asked=asked, state=state, rows=rows, most=MAILS_MAX)


@bp.post("/mails/<public_id>/again")
def send_mail_again(public_id: str) -> ResponseReturnValue:
    """A mail that was given up is tried anew."""
    try:
        delivery.send_again(public_id, actor_id=person().id, clock=gateways().clock)
    except DomainError as error:
        return refused(error, "admin.mails")
    wake("outbox")
    return done(_("The mail is tried again."), "admin.mails")


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
    return render_template(
        "admin/audit.html",
        asked=asked,
        rows=rows,
        people=staff.people(),
        older_url=older_url,
        details_of=audit_words.details,
    )
