"""Pages that remove what was added by mistake: a part of the plan, or a draft campaign."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.campaigns.forms import ActForm
from campaign.blueprints.admin.campaigns.plan_words import REMOVAL_BLOCKS
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.domain.campaign_state import AnotherCampaignShown
from campaign.domain.errors import DomainError
from campaign.domain.removal import NotRemovable
from campaign.gateway_registry import current_context
from campaign.services.campaigns import plan_removal
from campaign.services.campaigns.plan import plan_item


@bp.get("/plan/<public_id>/remove")
def plan_removal_form(public_id: str) -> ResponseReturnValue:
    """Say what goes with a purpose or target, or why it stays."""
    item = plan_item(campaign().id, public_id)
    try:
        blocks = plan_removal.blocks_of_item(campaign().id, public_id)
    except DomainError as error:
        return refused(error, "admin.plan_item", public_id=public_id)
    sentences = [REMOVAL_BLOCKS[block] for block in blocks]
    return render_template("admin/campaigns/plan_removal.html", item=item, blocks=sentences, here=campaign())


@bp.post("/plan/<public_id>/remove")
def remove_plan_item(public_id: str) -> ResponseReturnValue:
    """Remove a purpose or target on which nothing hangs."""
    try:
        plan_removal.remove_item(campaign().id, public_id, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.plan_item", public_id=public_id)
    return done(_("Removed."), "admin.plan")


@bp.get("/campaign/remove")
def campaign_removal_form() -> ResponseReturnValue:
    """Say what goes with a draft campaign, or why it stays."""
    here = campaign()
    return render_template(
        "admin/campaigns/removal.html",
        here=here,
        blocks=[REMOVAL_BLOCKS[block] for block in plan_removal.blocks_of_campaign(here.id)],
        form=ActForm(data={"campaign": here.slug}),
    )


@bp.post("/campaign/remove")
def remove_campaign() -> ResponseReturnValue:
    """Remove a draft campaign on which nothing hangs."""
    form, here = ActForm(), campaign()
    if form.campaign.data != here.slug:
        return refused(AnotherCampaignShown(form.campaign.data), "admin.campaigns")
    try:
        plan_removal.remove_campaign(here.id, actor_id=person().id, clock=current_context().clock)
    except NotRemovable as error:
        return refused(error, "admin.campaigns")
    return done(_("Removed."), "admin.campaigns")
