"""The guard of the staff pages: it checks each request against the table of permissions, before any view."""

import logging
import re
from contextlib import suppress
from datetime import timedelta
from typing import cast

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, user_logged_in, user_logged_out  # type: ignore[import-untyped]
from flask_security.signals import password_changed
from flask_security.utils import check_and_update_authn_fresh, logout_user

from campaign.blueprints.admin.current_person import Person, person_of_session
from campaign.blueprints.admin.permissions import (
    CLOSED,
    OPEN,
    OPEN_WITHOUT_SECOND_STEP,
    PASSIVE,
    RULES,
    Permission,
    can,
)
from campaign.blueprints.admin.staff.changes import device_of_browser, note_changes, remember_device, watch_changes
from campaign.blueprints.admin.staff.refusals import is_refusal, note_refusal
from campaign.blueprints.admin.staff.sign_in import FRESH_FOR
from campaign.database import DatabaseBusy
from campaign.domain.identity import new_public_id
from campaign.domain.text_marks import without_stacks
from campaign.domain.user_agent import browser_of, system_of
from campaign.extensions import csrf
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.staff import sessions
from campaign.services.staff.accounts import end_sessions
from campaign.services.staff.sessions import IDLE, LONGEST, NewSession
from campaign.web.error_pages import on_domain_error
from campaign.web.security_headers import SAFE_METHODS

log = logging.getLogger(__name__)

BLUEPRINTS = frozenset({"admin", "security"})
ONE_TIME_LINKS = frozenset({"admin.link", "admin.use_link"})
ONE_CLICK = frozenset({"admin.stop_weekly"})
"""Addresses to which mail programs send a form of their own (RFC 8058): the signed word in them is what permits the act."""
OWN_PAGE = re.compile(r"/staff(?:[/?][^\\\s\x00-\x1f]*)?")
MAX_DRAFT_CHARACTERS = 1500
"""A cookie holds 4 KB; a longer text is typed again."""


def init_app(app: Flask) -> None:
    """Run the guard before each request, start a staff session at sign-in and end it at sign-out."""
    app.before_request(load_staff_user)
    app.before_request(guard)
    app.after_request(note_changes)
    app.after_request(record_sign_in)
    watch_changes(app)
    user_logged_in.connect(_on_signed_in, app)
    user_logged_out.connect(_on_signed_out, app)
    password_changed.connect(_on_password_changed, app)
    app.context_processor(lambda: {"person": g.get("person"), "can": person_can})


def load_staff_user() -> None:
    """Load the signed-in person unless their session has ended; errors from here on are shown in the staff frame."""
    if not request.path.startswith("/staff/") or not current_user.is_authenticated:
        return
    if (ended := _reason_of_end()) is not None:
        g.reason_of_end = ended
    else:
        g.person = person_of_session()
        g.lang = g.person.language


def guard() -> ResponseReturnValue | None:
    """Admit people whose role has the permission, with a CSRF token on each unsafe request; refuse all others."""
    if request.blueprint not in BLUEPRINTS:
        return None
    if (turned_away := _suspicious()) is not None:
        return turned_away
    endpoint = str(request.endpoint)
    if endpoint in CLOSED:
        abort(404)
    if not current_user.is_authenticated:
        return None if endpoint in OPEN else _to_sign_in()
    if "person" not in g:
        logout_user()
        flash(g.reason_of_end, "info")
        return _to_sign_in()
    return _admit(endpoint)


def _admit(endpoint: str) -> ResponseReturnValue | None:
    """Admit a signed-in person where their role allows it, once they have the second step that it needs."""
    if g.person.lacks_second_step and endpoint not in OPEN_WITHOUT_SECOND_STEP:
        return redirect(url_for("security.two_factor_setup"))
    if endpoint in OPEN:
        return _past_second_step(endpoint)
    rule = RULES.get(endpoint)
    if rule is None or not rule.allows(g.person.roles, shared_roles=g.person.shared_roles):
        log.warning("staff:%s may not go to %s", g.person.id, endpoint)
        abort(403)
    return _ask_again(rule) if rule.fresh and not _is_fresh() else None


def record_sign_in(response: Response) -> Response:
    """Record a sign-in in the audit trail at the end of the request, after Flask-Security has committed its own work.

    Without that row nobody is signed in, nor by a request that failed.
    """
    if request.method == "POST" and is_refusal(response):
        note_refusal()
    staff_id: int | None = g.pop("signed_in_id", None)
    if staff_id is None:
        return response
    if response.status_code >= 400:
        session.clear()
        return response
    agent, follows_new_password = request.user_agent.string, g.pop("is_password_changed", False)
    device = device_of_browser()
    try:
        new = NewSession(
            public_id=session_id(),
            device=device,
            browser=browser_of(agent),
            system=system_of(agent),
            follows_new_password=follows_new_password,
        )
        sessions.begin(staff_id, new, clock=current_context().clock)
    except Exception as error:
        session.clear()  # else the page that tells of the error would carry the session out
        if isinstance(error, DatabaseBusy):
            return on_domain_error(error)
        raise
    remember_device(response, device)
    wake("outbox")
    return response


def person() -> Person:
    """Return the signed-in person; only behind the guard."""
    return cast(Person, g.person)


def session_id() -> str:
    """Return the id of this browser's session; empty without one."""
    return str(session.get("session_id", ""))


def person_can(endpoint: str) -> bool:
    """Whether the signed-in person may use this endpoint; for menus and buttons."""
    if "person" not in g or g.person.lacks_second_step:
        return False
    return can(g.person.roles, endpoint, shared_roles=g.person.shared_roles)


def covers_organisation() -> bool:
    """Whether the page that is shown is open to the person for the whole organisation, not for one campaign alone."""
    rule = RULES.get(str(request.endpoint))
    return rule is not None and bool(rule.roles & person().shared_roles)


def draft_fields() -> dict[str, str]:
    """Return, once, what was typed on this page before the password was requested again."""
    draft = session.get("draft")
    if not draft or draft.get("path") != request.path:
        return {}
    session.pop("draft")
    return cast(dict[str, str], draft["fields"])


def _suspicious() -> ResponseReturnValue | None:
    """Refuse bodies that no staff form sends, unsafe requests without a token, and `next` addresses of other sites."""
    if request.is_json:
        abort(415)
    has_password = request.blueprint == "security" or request.endpoint in ONE_TIME_LINKS
    if has_password and any(without_stacks(value) != value for value in request.form.values()):
        abort(400)  # address and password are normalized as they come
    if request.method not in SAFE_METHODS and (answer := _without_session_or_token()) is not None:
        return answer
    if all(map(_is_of_the_desk, request.values.getlist("next"))):
        return None
    return redirect(url_for(str(request.endpoint))) if request.method == "GET" else abort(400)


def _without_session_or_token() -> ResponseReturnValue | None:
    """Redirect an unsafe request of somebody who was signed out to the sign-in, and refuse one without a token."""
    if not current_user.is_authenticated and request.endpoint not in OPEN:
        if _has_page():  # not for what a script saves again and again
            flash(_("You were signed out, so nothing was saved. Sign in to continue."), "info")
        return _to_sign_in()
    if request.endpoint not in ONE_CLICK:
        csrf.protect()
    return None


def _is_of_the_desk(address: str) -> bool:
    """Whether sign-in may lead there: a staff path that no browser reads as another site."""
    path = address.removeprefix(request.host_url.rstrip("/"))  # Flask-Security names our own host too
    return not path or OWN_PAGE.fullmatch(path) is not None


def _to_sign_in() -> ResponseReturnValue:
    """Redirect to the sign-in, which leads back to this page, or to the page of this form where they share an address."""
    next_address = request.full_path.rstrip("?") if _has_page() else None
    return redirect(url_for("security.login", next=next_address))


def _has_page() -> bool:
    """Whether a page can be opened at this address."""
    adapter = current_app.create_url_adapter(request)
    return request.method in SAFE_METHODS or (adapter is not None and adapter.test(request.path, "GET"))


def _past_second_step(endpoint: str) -> ResponseReturnValue | None:
    """Redirect from pages of the way in that a signed-in person has no use for.

    Flask-Security would sign the person out on its code page where no code is due.
    """
    if endpoint in ONE_TIME_LINKS:
        flash(_("You are signed in. To use a one-time link, sign out first."), "info")
        return redirect(url_for("admin.account"))
    if endpoint == "security.two_factor_token_validation" and session.get("tf_state") != "validating_profile":
        return redirect(url_for("admin.account"))
    return None


def _ask_again(rule: Permission) -> ResponseReturnValue:
    """Redirect to the password page, which leads back here, or to the page of this form or download."""
    if request.method not in SAFE_METHODS:
        path = url_for(rule.back, **request.view_args or {}) if rule.back else request.path
        fields = {name: value for name, value in request.form.items() if name != "csrf_token"}
        if sum(map(len, fields.values())) <= MAX_DRAFT_CHARACTERS:
            session["draft"] = {"path": path, "fields": fields}
        return redirect(url_for("security.verify", next=path))
    if rule.back:
        flash(_("Confirm your identity, then select the download again."), "info")
        return redirect(url_for("security.verify", next=f"{url_for(rule.back)}?{request.query_string.decode()}"))
    return redirect(url_for("security.verify", next=request.full_path.rstrip("?")))


def _is_fresh() -> bool:
    return bool(check_and_update_authn_fresh(FRESH_FOR, timedelta(0)))


def _reason_of_end() -> str | None:
    """Return why this session has ended, as a sentence; None while it is open."""
    clock = current_context().clock
    now_seconds = clock.now().timestamp()
    last_used, started = session.get("seen_at", 0), session.get("in_at", 0)
    if now_seconds - last_used > IDLE.total_seconds() or now_seconds - started > LONGEST.total_seconds():
        return str(_("You were signed out after 30 minutes of inactivity. Sign in to continue."))
    if not sessions.is_open(current_user.id, session_id()):
        return str(_("This session has ended. Sign in to continue."))
    if (
        request.endpoint not in PASSIVE and now_seconds - last_used > 60
    ):  # once a minute is often enough to say that somebody is there
        session["seen_at"] = now_seconds
        with suppress(DatabaseBusy):  # it is for the list alone
            sessions.note_use(session_id(), clock=clock)
    return None


def _on_signed_in(_app: Flask, user: object, **_more: object) -> None:
    """Start a new session with a new CSRF token; nothing of the browser's earlier session is trusted."""
    session.permanent = True
    for name in ("csrf_token", "draft"):
        session.pop(name, None)
        g.pop(name, None)
    session["session_id"] = new_public_id()
    session["in_at"] = session["seen_at"] = current_context().clock.now().timestamp()
    g.signed_in_id = int(getattr(user, "id"))  # noqa: B009  # Flask-Login hands over any object


def _on_password_changed(_app: Flask, user: object, **_more: object) -> None:  # noqa: ARG001  # Blinker's names
    """End the person's other sessions when this one is written."""
    g.is_password_changed = True


def _on_signed_out(_app: Flask, user: object, **_more: object) -> None:
    """End all copies of a session at sign-out, since a session lives in its cookie: they name an earlier account.

    A session that was left alone is over by its own clock; it takes no other browser of the person with it.
    """
    for name in ("in_at", "seen_at", "session_id"):
        session.pop(name, None)
    if "person" in g:
        end_sessions(int(getattr(user, "id")))  # noqa: B009  # as above
