"""A person's own sessions: in which browsers they are signed in, and ending one or all others."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import done
from campaign.blueprints.admin.guard import person, session_id
from campaign.gateway_registry import current_context
from campaign.services.staff import sessions as staff_sessions


@bp.get("/sessions")
def sessions() -> ResponseReturnValue:
    """Show where the person is signed in."""
    rows = staff_sessions.sessions_of(person().id, clock=current_context().clock)
    return render_template("admin/staff/sessions.html", rows=rows, current=session_id())


@bp.post("/sessions/<public_id>/end")
def end_session(public_id: str) -> ResponseReturnValue:
    """End one session of the person."""
    staff_sessions.end_one(person().id, public_id, clock=current_context().clock)
    return done(_("The session has ended."), "admin.sessions")


@bp.post("/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """End all sessions but this browser's."""
    count = staff_sessions.end_others(person().id, session_id(), clock=current_context().clock)
    return done(
        ngettext("%(num)s other session has ended.", "%(num)s other sessions have ended.", count), "admin.sessions"
    )
