"""The sign-ups of an event: whether people can sign up, and who did."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.events.forms import SignUpSettingsForm
from campaign.blueprints.admin.events.words import OFFERS, STATES, over_capacity_sentence, overtaken_sentence
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.guard import person
from campaign.days import local_day, local_time
from campaign.domain.event_sign_up import UPCOMING, DeadlineTooLate, SignUpNeedsTimes
from campaign.domain.form_version import ChangedMeanwhile, version_of
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.events import desk
from campaign.services.events.desk import SignUpDesk


@bp.get("/plan/<public_id>/sign-ups")
def event_sign_ups(public_id: str) -> ResponseReturnValue:
    """Who signed up, and the settings of the sign-up."""
    shown = desk.sign_up_desk(campaign().id, public_id)
    return _page(shown, _settings_form(shown))


@bp.post("/plan/<public_id>/sign-ups")
def save_sign_up_settings(public_id: str) -> ResponseReturnValue:
    """Open or close the sign-up."""
    form = SignUpSettingsForm()
    if form.validate():
        try:
            desk.save_settings(campaign().id, public_id, form.settings, version=form.version.data, **_by())
        except ChangedMeanwhile:
            form.conflicts_with(_settings_form(desk.sign_up_desk(campaign().id, public_id)))
        except DeadlineTooLate as error:
            form.refuse("until", words.sentence_of(error))
        except SignUpNeedsTimes as error:
            form.refuse("is_offered", words.sentence_of(error))
        else:
            wake("outbox")
            return done(_("Saved."), "admin.event_sign_ups", public_id=public_id)
    return _page(desk.sign_up_desk(campaign().id, public_id), form), form.status


def _settings_form(shown: SignUpDesk) -> SignUpSettingsForm:
    rules = shown.rules
    data = {
        "is_offered": rules.is_offered,
        "until": local_time(rules.until) if rules.until else None,
        "has_waiting_list": rules.has_waiting_list or not rules.is_offered,
    }
    return SignUpSettingsForm(formdata=None, data={**data, "version": version_of(shown.settings)})


def _page(shown: SignUpDesk, form: SignUpSettingsForm) -> str:
    at, here = current_context().clock.now(), campaign()
    return render_template(
        "admin/events/sign_ups.html",
        shown=shown,
        form=form,
        here=here,
        states=STATES,
        state=shown.state_on(local_day(at)),
        too_many=over_capacity_sentence(shown.rules.over_capacity) if shown.rules.over_capacity else None,
        overtaken=overtaken_sentence,
        is_upcoming=shown.status in set(UPCOMING),
        offer=OFFERS[shown.rules.offer(at=at, campaign_state=here.state_on(local_day(at)))],
    )


def _by() -> dict[str, Any]:
    """Who acts, and when."""
    return {"actor_id": person().id, "clock": current_context().clock}
