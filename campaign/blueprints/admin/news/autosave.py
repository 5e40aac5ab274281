"""A draft of an update is saved while somebody types; the answers are for the script of the page."""

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.news.forms import update_form
from campaign.blueprints.admin.words import sentence_of
from campaign.domain.errors import DomainError
from campaign.domain.news import first_bad_links
from campaign.gateway_registry import current_context
from campaign.i18n import time_of_day
from campaign.services.news.writing import autosave_draft
from campaign.web.error_pages import status_of


@bp.post("/updates/<public_id>/autosave")
def autosave_update(public_id: str) -> ResponseReturnValue:
    """Save the typed texts of a draft; what cannot be published is named, and saved all the same."""
    form = update_form(campaign().languages)
    if not form.validate():
        problems = {field.name: str(field.errors[0]) for field in form if field.errors}
        return jsonify(message=_("Not saved: the text is too long. Shorten it."), problems=problems), 422
    clock = current_context().clock
    order = form.order(public_id, campaign_id=campaign().id, actor_id=person().id)
    try:
        revision = autosave_draft(order, clock=clock)
    except DomainError as error:
        return jsonify(message=_("Not saved: %(reason)s", reason=sentence_of(error)), problems={}), status_of(error)
    form.refuse_links(first_bad_links(form.text.body))
    problems = {field.name: str(field.errors[0]) for field in form if field.errors}
    return jsonify(revision=revision, message=_("Saved %(time)s", time=time_of_day(clock.now())), problems=problems)
