"""The list of campaigns, and what staff do with one: each act has a page that says what will happen."""

from datetime import date

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.campaigns.forms import FORMS, ActForm, CloseForm, ExtendForm
from campaign.blueprints.admin.campaigns.words import ACTS, GAPS, goal_currency_sentence
from campaign.blueprints.admin.frame import campaign, done, refused, visible_campaigns
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.permissions import DESIGNERS
from campaign.blueprints.admin.staff.account import show_chosen_campaign
from campaign.blueprints.admin.texts.words import DOCUMENT_NAMES
from campaign.days import local_day
from campaign.domain.campaign_state import (
    POSSIBLE_IN,
    AnotherCampaignShown,
    CampaignAct,
    CampaignState,
    EndNotLater,
    EndsInThePast,
    EndTooFar,
    OpeningGap,
    WrongCampaignState,
)
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.i18n import in_language
from campaign.services.campaigns import lifecycle
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.campaigns.page import public_campaign
from campaign.services.campaigns.settlement import settlement_currencies
from campaign.services.content.listing import documents_of
from campaign.services.pledges.endings import ending_counts

ACT_IN_PATH = f"any({','.join(CampaignAct)})"

EXPECTED_TEXTS = frozenset({"hero", "story", "page:about", "page:privacy"})
SHOWN_AT_DAY = (EndsInThePast, EndNotLater, EndTooFar)


@bp.get("/campaigns")
def campaigns() -> ResponseReturnValue:
    """Every campaign that this person may see, with its state, and what can be done with the one that is shown."""
    cards = visible_campaigns()
    shown = campaign() if cards else None
    return render_template(
        "admin/campaigns/list.html",
        rows=cards,
        shown=shown,
        today=_today(),
        state=shown.state_on(_today()) if shown else None,
        acts=[(act, ACTS[act]) for act in _possible()] if shown else [],
    )


@bp.post("/campaigns/choose")
def switch_campaign() -> ResponseReturnValue:
    """Show another campaign on the staff pages, and stay on the list.

    Raises:
        NotFound: The person may not see this campaign, or there is none of this name.
    """
    show_chosen_campaign()
    return redirect(url_for("admin.campaigns"), 303)


@bp.get("/campaign/preview/<language:lang>")
def campaign_preview(lang: str) -> ResponseReturnValue:
    """The public page of the campaign as it will look, for staff alone."""
    card = campaign()
    with in_language(lang):
        whole = public_campaign(card, at=current_context().clock.now())
        return render_template("admin/campaigns/preview.html", site=card, campaign=whole)


@bp.get(f"/campaign/<{ACT_IN_PATH}:act>")
def campaign_act_form(act: str) -> ResponseReturnValue:
    """Say what an act does, before it is done."""
    _refuse_act_on_others(CampaignAct(act))
    form = _form_of(CampaignAct(act), data={"campaign": campaign().slug})
    if CampaignAct(act) not in _possible():
        return _not_possible(campaign().state_on(_today()))
    return _act_page(CampaignAct(act), form)


@bp.post(f"/campaign/<{ACT_IN_PATH}:act>")
def campaign_act(act: str) -> ResponseReturnValue:
    """Carry an act out."""
    _refuse_act_on_others(CampaignAct(act))
    form = _form_of(CampaignAct(act))
    if form.campaign.data != campaign().slug:
        return refused(AnotherCampaignShown(form.campaign.data), "admin.campaigns")
    if not form.validate():
        return _act_page(CampaignAct(act), form), form.status
    try:
        lifecycle.carry_out(_decision(CampaignAct(act), form), context=current_context())
    except SHOWN_AT_DAY as error:
        form.refuse("ends_on", words.sentence_of(error))
        return _act_page(CampaignAct(act), form), form.status
    except WrongCampaignState as error:
        return _not_possible(error.state)
    except DomainError as error:
        return refused(error, "admin.campaigns")
    return done(str(ACTS[CampaignAct(act)].done), "admin.campaigns")


def _act_page(act: CampaignAct, form: ActForm) -> str:
    context, here = current_context(), campaign()
    return render_template(
        "admin/campaigns/act.html",
        act=act.value,
        words_of_act=ACTS[act],
        form=form,
        here=here,
        starts_now=here.starts_on <= _today(),
        gaps=_gaps(here) if act is CampaignAct.OPEN else [],
        thin_texts=_thin_texts() if act is CampaignAct.OPEN else [],
        open_pages=lifecycle.open_pages(here.id, clock=context.clock),
        monthly=ending_counts(here.id),
    )


def _gaps(here: CampaignCard) -> list[str]:
    settlement = settlement_currencies(current_context().account)
    gaps = lifecycle.opening_gaps(here.id, settlement=settlement, today=_today())
    return [
        goal_currency_sentence(here.currency, settlement.codes) if gap is OpeningGap.GOAL_CURRENCY else str(GAPS[gap])
        for gap in gaps
    ]


def _thin_texts() -> list[LazyString]:
    """Name the texts that a reader of an open campaign looks for, and that are empty or not complete."""
    rows = documents_of(campaign().id)
    return [DOCUMENT_NAMES[row.name] for row in rows if row.name in EXPECTED_TEXTS and (row.is_empty or row.problems)]


def _form_of(act: CampaignAct, **settings: object) -> ActForm:
    return FORMS.get(act, ActForm)(**settings)


def _decision(act: CampaignAct, form: ActForm) -> lifecycle.CampaignDecision:
    return lifecycle.CampaignDecision(
        campaign_id=campaign().id,
        act=act,
        actor_id=person().id,
        ends_on=form.ends_on.data if isinstance(form, ExtendForm) else None,
        reason=form.reason.data if isinstance(form, (CloseForm, ExtendForm)) else {},
    )


def _possible() -> list[CampaignAct]:
    """The acts that the campaign's state allows; the start page shows the featured one already."""
    here = campaign()
    acts = [act for act in CampaignAct if here.state_on(_today()) in POSSIBLE_IN[act]]
    is_feature_possible = not here.is_featured and _decides_for_all()
    return [act for act in acts if act is not CampaignAct.FEATURE or is_feature_possible]


def _decides_for_all() -> bool:
    return bool(DESIGNERS & person().shared_roles)


def _refuse_act_on_others(act: CampaignAct) -> None:
    """Answer 403 to putting a campaign on the start page, which takes another one off it, by staff of one campaign alone."""
    if act is CampaignAct.FEATURE and not _decides_for_all():
        abort(403)


def _not_possible(state: CampaignState) -> ResponseReturnValue:
    label = words.CAMPAIGN[state][0]
    flash(
        _("This is not possible now: the state of the campaign is “%(state)s”. Nothing was changed.", state=label),
        "bad",
    )
    return redirect(url_for("admin.campaigns"), 303)


def _today() -> date:
    return local_day(current_context().clock.now())
