"""The page of the organisation: its names, addresses, colours and whoever signs for it."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import done
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.organisation.forms import OrganisationForm
from campaign.gateway_registry import current_context
from campaign.services.organisation import profile as profiles


@bp.get("/organisation", endpoint="organisation")
def show() -> ResponseReturnValue:
    """Show what is known of the organisation, to be changed."""
    return _page(_form())


@bp.post("/organisation", endpoint="save_organisation")
def save() -> ResponseReturnValue:
    """Write it, or show again what was typed with what is wrong."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    try:
        profiles.save_organisation(form.profile(), actor_id=person().id, clock=current_context().clock)
    except profiles.OrganisationChanged:
        if form.conflicts_with(_form(formdata=None)):
            return _page(form), form.status
    except profiles.TimeZoneFixed:
        form.refuse("time_zone", _("The books have entries, so their time zone can no longer change."))
        return _page(form), 422
    return done(_("The organisation has been saved."), "admin.organisation")


def _form(**settings: Any) -> OrganisationForm:
    return OrganisationForm(profiles.organisation(), is_time_zone_fixed=profiles.is_time_zone_fixed(), **settings)


def _page(form: OrganisationForm) -> str:
    return render_template("admin/organisation/organisation.html", form=form)
