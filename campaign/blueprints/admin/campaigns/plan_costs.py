"""The costs in the plan of an event, a grant or another cost."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.campaigns.currency_form import plain
from campaign.blueprints.admin.campaigns.plan import item_page, stored_form
from campaign.blueprints.admin.campaigns.plan_forms import CostChangeForm, CostForm
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.form_version import ChangedMeanwhile, version_of
from campaign.gateway_registry import current_context
from campaign.services.campaigns import plan_costs
from campaign.services.campaigns.plan import Cost, PlanItem, plan_item

COST = "/plan/<public_id>/costs/<int(max=2147483647):cost_id>"


@bp.post("/plan/<public_id>/costs")
def add_plan_cost(public_id: str) -> ResponseReturnValue:
    """Add a cost to a plan."""
    item, form = plan_item(campaign().id, public_id), CostForm(campaign().currency)
    if not form.validate():
        return item_page(item, stored_form(item), form), form.status
    try:
        plan_costs.add_cost(
            campaign().id, public_id, title=form.title.data, amount_minor=form.amount.money.minor, **_by()
        )
    except DomainError as error:
        return refused(error, "admin.plan_item", public_id=public_id)
    return done(_("Added."), "admin.plan_item", public_id=public_id)


@bp.get(COST)
def plan_cost(public_id: str, cost_id: int) -> ResponseReturnValue:
    """The form of one cost."""
    item = plan_item(campaign().id, public_id)
    return _cost_page(item, cost_id, _stored(_cost(item, cost_id)))


@bp.post(COST)
def save_plan_cost(public_id: str, cost_id: int) -> ResponseReturnValue:
    """Change the name and the amount of a cost."""
    item, form = plan_item(campaign().id, public_id), CostChangeForm(campaign().currency)
    if not form.validate():
        return _cost_page(item, cost_id, form), form.status
    cost = Cost(id=cost_id, title=form.title.data, amount_minor=form.amount.money.minor)
    try:
        plan_costs.change_cost(campaign().id, public_id, cost, version=form.version.data, **_by())
    except ChangedMeanwhile:
        item = plan_item(campaign().id, public_id)
        if form.conflicts_with(_stored(_cost(item, cost_id))):
            return _cost_page(item, cost_id, form), form.status
    return done(_("Saved."), "admin.plan_item", public_id=public_id)


@bp.post(f"{COST}/remove")
def remove_plan_cost(public_id: str, cost_id: int) -> ResponseReturnValue:
    """Take a cost out of a plan."""
    plan_costs.remove_cost(campaign().id, public_id, cost_id, **_by())
    return done(_("Removed."), "admin.plan_item", public_id=public_id)


@bp.post(f"{COST}/up")
def move_plan_cost(public_id: str, cost_id: int) -> ResponseReturnValue:
    """Move a cost one place up."""
    plan_costs.move_cost(campaign().id, public_id, cost_id, **_by())
    return done(_("Moved up."), "admin.plan_item", public_id=public_id)


def _cost(item: PlanItem, cost_id: int) -> Cost:
    cost = next((cost for cost in item.costs if cost.id == cost_id), None)
    if cost is None:
        raise NotFound(f"cost:{cost_id}")
    return cost


def _stored(cost: Cost) -> CostChangeForm:
    """Return the form with what is stored now."""
    currency = campaign().currency
    data = {"title": cost.title, "amount": plain(cost.amount_minor, currency), "version": version_of(cost)}
    return CostChangeForm(currency, data=data, formdata=None)


def _cost_page(item: PlanItem, cost_id: int, form: CostChangeForm) -> str:
    return render_template("admin/campaigns/plan_cost.html", item=item, cost_id=cost_id, form=form)


def _by() -> dict[str, Any]:
    """Who acts, and when."""
    return {"actor_id": person().id, "clock": current_context().clock}
