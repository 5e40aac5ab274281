"""The page of the goals besides the sum."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.dashboard.forms import GoalsForm
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.guard import person
from campaign.domain.form_version import ChangedMeanwhile, version_of
from campaign.domain.money import Money
from campaign.gateway_registry import current_context
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.dashboard import goals as goal_store


@bp.get("/progress/goals")
def goals() -> ResponseReturnValue:
    """The goals as they are."""
    return _page(_stored(campaign()))


def _stored(here: CampaignCard) -> GoalsForm:
    """Return the form with what is stored now."""
    stored = goal_store.goals_of(here.id)
    monthly = Money(stored.monthly_minor, here.currency).plain if stored.monthly_minor else ""
    data = {"gifts": str(stored.gifts or ""), "donors": str(stored.donors or ""), "monthly": monthly}
    return GoalsForm(formdata=None, data={**data, "version": version_of(stored)})


@bp.post("/progress/goals")
def save_goals() -> ResponseReturnValue:
    """Store them; the same once more changes nothing."""
    form, here = GoalsForm(), campaign()
    form.currency = here.currency
    if not form.validate():
        return _page(form), form.status
    by: Any = {"actor_id": person().id, "clock": current_context().clock}
    try:
        goal_store.set_goals(here.id, form.goals, version=form.version.data, **by)
    except ChangedMeanwhile:
        if form.conflicts_with(_stored(here)):
            return _page(form), form.status
    return done(_("Goals saved."), "admin.dashboard")


def _page(form: GoalsForm) -> str:
    return render_template("admin/dashboard/goals.html", form=form, campaign=campaign())
