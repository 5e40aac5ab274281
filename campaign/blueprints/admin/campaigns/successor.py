"""The page on which staff name the campaign in which monthly gifts may continue, with what donors answered."""

from collections.abc import Mapping

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.campaigns.successor_form import PREFIX, SuccessorForm, purposes_in, successor_form
from campaign.blueprints.admin.frame import campaign, done, refused, visible_campaigns
from campaign.blueprints.admin.guard import person
from campaign.domain.campaign_state import AnotherCampaignShown
from campaign.domain.errors import DomainError
from campaign.domain.succession import QUESTION_LEAD, NotASuccessor, check_successor
from campaign.gateway_registry import current_context
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.campaigns.form_options import Purpose, purposes_of
from campaign.services.pledges import successors
from campaign.services.pledges.endings import ending_counts


@bp.get("/campaign/successor")
def successor() -> ResponseReturnValue:
    """The successor, and how many donors were asked, said yes, said no, or are silent."""
    view = successors.succession_of(campaign().id)
    data = {PREFIX + code: other for code, other in view.purposes.items()}
    return _page(_form(data={**data, "successor": view.successor_slug, "campaign": campaign().slug}))


@bp.post("/campaign/successor")
def name_successor() -> ResponseReturnValue:
    """Name a successor, or none."""
    here, form = campaign(), _form()
    if form.campaign.data != here.slug:
        return refused(AnotherCampaignShown(form.campaign.data), "admin.campaigns")
    if not form.validate():
        return _page(form), form.status
    slug = form.successor.data
    purposes = purposes_in(form, purposes_of(here.id), _purposes_of(slug))
    try:
        successors.name_successor(here.id, slug, purposes=purposes, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        form.refuse("successor", words.sentence_of(error))
        return _page(form), form.status
    message = _("Saved. Monthly donors are asked from the day on this page.") if slug else _("Saved. Nobody is asked.")
    return done(message, "admin.successor")


def _form(data: Mapping[str, str] | None = None) -> SuccessorForm:
    """Return the form; purposes are offered once a successor is named."""
    others = _purposes_of(successors.succession_of(campaign().id).successor_slug)
    fitting = [card for card in visible_campaigns() if _fits(card)]
    return successor_form(fitting, purposes_of(campaign().id), others, data=data or {})


def _purposes_of(slug: str) -> tuple[Purpose, ...]:
    card = next((card for card in visible_campaigns() if card.slug == slug), None)
    return purposes_of(card.id) if card else ()


def _fits(card: CampaignCard) -> bool:
    here = campaign()
    try:
        check_successor(
            card.stage,
            starts_on=card.starts_on,
            ends_on=card.ends_on,
            is_same=card.id == here.id,
            predecessor_ends_on=here.ends_on,
        )
    except NotASuccessor:
        return False
    return True


def _page(form: SuccessorForm) -> str:
    here = campaign()
    return render_template(
        "admin/campaigns/successor.html",
        form=form,
        here=here,
        view=successors.succession_of(here.id),
        running=ending_counts(here.id).running,
        questions_from=here.ends_on - QUESTION_LEAD,
    )
