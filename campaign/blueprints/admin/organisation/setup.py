"""The set-up: what is done, what is missing, and the page where each step is done."""

from http import HTTPStatus

from flask import abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import done, visible_campaigns
from campaign.blueprints.admin.guard import person, person_can
from campaign.config import Config
from campaign.gateway_registry import current_context
from campaign.services.organisation.setup import SetupStep, StepName, setup_steps
from campaign.services.staff import grants

PAGES: dict[StepName, tuple[str, ...]] = {
    StepName.ORGANISATION: ("admin.organisation",),
    StepName.CAMPAIGN: ("admin.new_campaign",),
    StepName.PEOPLE: ("admin.invitation_form", "admin.people"),
}
"""Step → the pages where it is done, the best first; the others are done by whoever runs the server."""


@bp.get("/setup")
def setup() -> ResponseReturnValue:
    """Show the steps; the first one with something missing is where to continue."""
    config: Config = current_app.config["KURAK"]
    steps = setup_steps(config, current_context().account)
    has_campaign = bool(visible_campaigns())
    return render_template(
        "admin/organisation/setup.html",
        steps=[(step, _page_of(step, has_campaign=has_campaign)) for step in steps],
        following=next(
            (step.name for step in steps if not step.is_done and _page_of(step, has_campaign=has_campaign)), None
        ),
        has_campaign=has_campaign,
        may_take_role=grants.CAMPAIGN not in person().roles,
        done_count=sum(step.is_done for step in steps),
    )


@bp.post("/setup/campaign-role")
def take_campaign_role() -> ResponseReturnValue:
    """Give the administrator the role with which texts are written; the button sends its name."""
    if request.form.get("role") != grants.CAMPAIGN:
        abort(HTTPStatus.BAD_REQUEST)
    grants.take_campaign_role(person().id, clock=current_context().clock)
    return done(_("You have the role “Campaign” now: the menu has the pages for texts and pictures."), "admin.setup")


@bp.app_template_global("is_set_up")
def is_set_up() -> bool:
    """Whether every step is done that this person can do here."""
    steps = setup_steps(current_app.config["KURAK"], current_context().account)
    return all(step.is_done or _page_of(step, has_campaign=True) is None for step in steps)


def _page_of(step: SetupStep, *, has_campaign: bool) -> str | None:
    possible = ("admin.campaigns",) if step.name is StepName.CAMPAIGN and has_campaign else PAGES.get(step.name, ())
    pages = (page for page in possible if page in current_app.view_functions and person_can(page))
    page = next(pages, None)
    return url_for(page) if page else None
