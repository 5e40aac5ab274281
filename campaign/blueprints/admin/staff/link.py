"""The page of a one-time link: a person chooses their name, language and password, and is signed in. GET changes nothing."""

from http import HTTPStatus
from typing import Any

from flask import flash, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security.utils import hash_password, login_user

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.staff.forms import OneTimeLinkForm
from campaign.blueprints.admin.staff.sign_in import ATTEMPTS_OF_AN_ADDRESS, normalized_password, security
from campaign.domain.staff_link import StaffLinkBroken, StaffLinkExpired, StaffLinkSpent
from campaign.extensions import limiter
from campaign.gateway_registry import current_context
from campaign.services.staff import links
from campaign.services.staff.links import OpenLink


@bp.get("/link/<token>")
@limiter.limit(ATTEMPTS_OF_AN_ADDRESS)
def link(token: str) -> ResponseReturnValue:
    """Show the form of a valid link; another one says what is wrong with it and whom to ask."""
    try:
        opened = links.open_link(token, clock=current_context().clock)
    except StaffLinkBroken as error:
        return _broken(error)
    g.lang = opened.language
    name = "" if opened.name == opened.email else opened.name
    return _page(opened, OneTimeLinkForm(data={"name": name, "language": opened.language}))


@bp.post("/link/<token>")
@limiter.limit(ATTEMPTS_OF_AN_ADDRESS)
def use_link(token: str) -> ResponseReturnValue:
    """Set the name and password; sign the person in, unless their second step has to be shown first."""
    form = OneTimeLinkForm()
    try:
        opened = links.open_link(token, clock=current_context().clock)
        g.lang = opened.language
        if not form.validate() or not form.check_password(opened.email):
            return _page(opened, form)
        used = links.use_link(
            token,
            name=form.name.data,
            language=form.language.data,
            hashed_password=hash_password(normalized_password(form.password.data)),
            clock=current_context().clock,
        )
    except StaffLinkBroken as error:
        return _broken(error)
    if used.has_second_step:
        flash(_("Your password has been set. Sign in with it."), "success")
        return redirect(url_for("security.login"), 303)
    datastore: Any = security.datastore
    login_user(datastore.find_user(id=used.staff_id), authn_via=["password"])
    flash(_("Your password has been set. Now set up the second step."), "success")
    return redirect(url_for("security.two_factor_setup"), 303)


def _page(opened: OpenLink, form: OneTimeLinkForm) -> ResponseReturnValue:
    return _private(render_template("admin/staff/link.html", link=opened, form=form), form.status)


def _broken(error: StaffLinkBroken) -> ResponseReturnValue:
    headings = {
        StaffLinkSpent: _("This link has been used"),
        StaffLinkExpired: _("This link has expired"),
    }
    heading = headings.get(type(error), _("This link is not valid"))
    status = HTTPStatus.GONE if type(error) in headings else HTTPStatus.NOT_FOUND
    return _private(render_template("admin/staff/link_broken.html", heading=heading, error=error), status)


def _private(page: str, status: int) -> ResponseReturnValue:
    """Answer with a page that tells its address to no site, not even to ours."""
    answer = make_response(page, status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
