"""What staff do with an event or a grant: each act has a page that says what everybody will read."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.campaigns.plan_forms import CancelForm, ReportForm
from campaign.blueprints.admin.campaigns.plan_words import ACTS
from campaign.blueprints.admin.forms import StaffForm
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.domain.errors import DomainError
from campaign.domain.form_version import ChangedMeanwhile, version_of
from campaign.domain.fund import FundKind
from campaign.domain.target_state import ReportDoesNotAddUp, TargetAct, WrongTargetState, possible_acts
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.campaigns.plan import PlanItem, plan_item
from campaign.services.campaigns.report_drafts import ReportDraft, delete_draft, report_drafts
from campaign.services.campaigns.shown_pictures import MAX_AT_PLACE
from campaign.services.campaigns.target_acts import TargetDecision, act_on_target
from campaign.services.events.attendance import counted_attendance
from campaign.services.pictures.places import pictures_at

FORMS: dict[TargetAct, type[StaffForm]] = {TargetAct.CANCEL: CancelForm, TargetAct.REPORT: ReportForm}
ACT_IN_PATH = f"any({','.join(TargetAct)})"


@bp.get(f"/plan/<public_id>/<{ACT_IN_PATH}:target_act>")
def target_act_form(public_id: str, target_act: str) -> ResponseReturnValue:
    """Say what an act does, and ask for what everybody will read."""
    item, act = plan_item(campaign().id, public_id), TargetAct(target_act)
    if act not in possible_acts(item.kind, item.status):
        return refused(WrongTargetState(item.status), "admin.plan_item", public_id=public_id)
    return _page(item, act, _stored(item, act))


@bp.post(f"/plan/<public_id>/<{ACT_IN_PATH}:target_act>")
def act_on_plan_item(public_id: str, target_act: str) -> ResponseReturnValue:
    """Carry an act out."""
    item, act = plan_item(campaign().id, public_id), TargetAct(target_act)
    form = FORMS.get(act, StaffForm)()
    if not form.validate():
        return _page(item, act, form), form.status
    try:
        act_on_target(_decision(public_id, act, form), clock=current_context().clock)
    except ChangedMeanwhile:
        if isinstance(form, ReportForm) and form.conflicts_with(_stored(plan_item(campaign().id, public_id), act)):
            return _page(item, act, form), form.status
    except ReportDoesNotAddUp as error:
        form.refuse("came", words.sentence_of(error))
        return _page(item, act, form), form.status
    except DomainError as error:
        return refused(error, "admin.plan_item", public_id=public_id)
    wake("outbox")
    return done(str(ACTS[act].done), "admin.plan_item", public_id=public_id)


@bp.post("/plan/<public_id>/field-reports/<draft_id>/delete")
def delete_field_report(public_id: str, draft_id: str) -> ResponseReturnValue:
    """Delete a report from field mode that nobody needs."""
    delete_draft(campaign().id, public_id, draft_id, actor_id=person().id, clock=current_context().clock)
    return done(_("Deleted."), "admin.plan_item", public_id=public_id)


def _report_data(item: PlanItem) -> dict[str, Any]:
    """What the report says so far; the first one of an event begins with what was written or counted there."""
    draft = _draft(item)
    if item.report or item.kind != FundKind.EVENT:
        return draft.completed(item.report) if draft else item.report
    counted = counted_attendance(campaign().id, item.public_id)
    return {**counted, **{name: value for name, value in draft.completed({}).items() if value}} if draft else counted


def _draft(item: PlanItem) -> ReportDraft | None:
    """Return the draft from field mode that the report is opened with."""
    name = request.args.get("draft", "")
    drafts = report_drafts(campaign().id, item.public_id) if name else []
    return next((draft for draft in drafts if draft.public_id == name), None)


def _stored(item: PlanItem, act: TargetAct) -> StaffForm:
    """Return the form with what is stored now."""
    data = {**_report_data(item), "version": version_of(item.report)} if act is TargetAct.REPORT else {}
    return FORMS.get(act, StaffForm)(formdata=None, data=data)


def _decision(public_id: str, act: TargetAct, form: StaffForm) -> TargetDecision:
    return TargetDecision(
        campaign_id=campaign().id,
        public_id=public_id,
        act=act,
        actor_id=person().id,
        reason=form.reason.data if isinstance(form, CancelForm) else {},
        report=form.report if isinstance(form, ReportForm) else None,
        version=form.version.data if isinstance(form, ReportForm) else "",
        draft=request.args.get("draft", ""),
    )


def _page(item: PlanItem, act: TargetAct, form: StaffForm) -> str:
    return render_template(
        "admin/campaigns/target_act.html",
        item=item,
        act=act.value,
        its=ACTS[act],
        form=form,
        draft=_draft(item) if act is TargetAct.REPORT else None,
        here=campaign(),
        placed=pictures_at(campaign().id, f"{item.kind}:{item.public_id}", clock=current_context().clock),
        max_pictures=MAX_AT_PLACE,
    )
