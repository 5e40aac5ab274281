"""The page of the goals besides the sum."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.dashboard.forms import GoalsForm
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.guard import person
from campaign.domain.money import Money
from campaign.gateway_registry import current_context
from campaign.services.dashboard import goals as goal_store


@bp.get("/progress/goals")
def goals() -> ResponseReturnValue:
    """The goals as they are."""
    here = campaign()
    stored = goal_store.goals_of(here.id)
    monthly = Money(stored.monthly_minor, here.currency).plain if stored.monthly_minor else ""
    data = {"gifts": str(stored.gifts or ""), "donors": str(stored.donors or ""), "monthly": monthly}
    return _page(GoalsForm(data=data))


@bp.post("/progress/goals")
def save_goals() -> ResponseReturnValue:
    """Store them; the same once more changes nothing."""
    form, here = GoalsForm(), campaign()
    form.currency = here.currency
    if not form.validate():
        return _page(form), form.status
    goal_store.set_goals(here.id, form.goals, actor_id=person().id, clock=current_context().clock)
    return done(_("Goals saved."), "admin.dashboard")


def _page(form: GoalsForm) -> str:
    return render_template("admin/dashboard/goals.html", form=form, campaign=campaign())
