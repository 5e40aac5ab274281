"""What a campaign plans: the list, one purpose or target, and their changes."""

from dataclasses import replace
from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.campaigns.currency_form import plain
from campaign.blueprints.admin.campaigns.plan_forms import FORMS, CostForm, EventForm, ItemForm
from campaign.blueprints.admin.campaigns.plan_words import ACTS, KINDS, NEW
from campaign.blueprints.admin.events.words import over_capacity_sentence
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.days import local_day, local_time
from campaign.domain.errors import DomainError
from campaign.domain.form_version import ChangedMeanwhile, version_of
from campaign.domain.fund import FundKind
from campaign.domain.target_state import possible_acts
from campaign.gateway_registry import current_context
from campaign.i18n import day
from campaign.jobs import wake
from campaign.services.campaigns import plan as plans
from campaign.services.campaigns import plan_changes
from campaign.services.campaigns.plan import PlanItem
from campaign.services.campaigns.plan_removal import is_item_booked
from campaign.services.campaigns.report_drafts import report_drafts
from campaign.services.campaigns.shown_pictures import MAX_AT_PLACE
from campaign.services.events.desk import sign_up_desk
from campaign.services.pictures.places import pictures_at

SHOWN_AT_END = {FundKind.EVENT: "ends_at", FundKind.GRANT: "closes_on"}
"""The field beside which times in the wrong order are shown."""
KIND_IN_PATH = "any(theme,event,grant,line)"


@bp.get("/plan")
def plan() -> ResponseReturnValue:
    """Purposes, events, grants and lines, with their states."""
    items = plans.plan_of(campaign().id)
    groups = [(kind, label, [row for row in items if row.kind in kinds]) for kind, label, kinds in KINDS]
    today = local_day(current_context().clock.now())
    return render_template("admin/campaigns/plan.html", groups=groups, new=NEW, here=campaign(), today=today)


@bp.get(f"/plan/new/<{KIND_IN_PATH}:kind>")
def plan_item_form(kind: str) -> ResponseReturnValue:
    """The form for a new purpose or target."""
    return _new_page(kind, _form(kind))


@bp.post(f"/plan/new/<{KIND_IN_PATH}:kind>")
def add_plan_item(kind: str) -> ResponseReturnValue:
    """Add a purpose or a target."""
    form = _form(kind)
    if not form.validate():
        return _new_page(kind, form), form.status
    try:
        public_id = plan_changes.add_item(campaign().id, FundKind(kind), form.draft, form_id=form.new_id, **_by())
    except plan_changes.EndsBeforeItBegins as error:
        form.refuse(SHOWN_AT_END[FundKind(kind)], words.sentence_of(error))
        return _new_page(kind, form), form.status
    if form.adds_another:
        return done(_("Added. Here is a form for the next one."), "admin.plan_item_form", kind=kind)
    return done(_("Added."), "admin.plan_item", public_id=public_id)


@bp.get("/plan/<public_id>")
def plan_item(public_id: str) -> ResponseReturnValue:
    """One purpose or target: its texts, its costs, and what can be done with it."""
    item = plans.plan_item(campaign().id, public_id)
    return item_page(item, stored_form(item))


@bp.post("/plan/<public_id>")
def save_plan_item(public_id: str) -> ResponseReturnValue:
    """Change texts, times and the planned amount."""
    item = plans.plan_item(campaign().id, public_id)
    form = _form_of(item)
    if not form.validate():
        return item_page(item, form), form.status
    draft = form.draft if form.theme.raw_data else replace(form.draft, theme=item.theme or None)
    try:
        plan_changes.change_item(campaign().id, public_id, draft, version=form.version.data, **_by())
    except ChangedMeanwhile:
        item = plans.plan_item(campaign().id, public_id)
        if form.conflicts_with(stored_form(item)):
            return item_page(item, form), form.status
    except (plan_changes.EndsBeforeItBegins, plan_changes.PurposeInUse) as error:
        is_time = isinstance(error, plan_changes.EndsBeforeItBegins)
        form.refuse(SHOWN_AT_END[FundKind(item.kind)] if is_time else "theme", words.sentence_of(error))
        return item_page(item, form), form.status
    if item.takes_sign_ups:
        wake("outbox")
        _warn_of_missing_places(public_id)
    return done(_("Saved."), "admin.plan_item", public_id=public_id)


def _warn_of_missing_places(public_id: str) -> None:
    """Say that more people have a place than there are places; nobody loses theirs."""
    if too_many := sign_up_desk(campaign().id, public_id).rules.over_capacity:
        flash(over_capacity_sentence(too_many), "warn")


@bp.post("/plan/<public_id>/up")
def move_plan_item(public_id: str) -> ResponseReturnValue:
    """Move a purpose or a target one place up."""
    plan_changes.move_item(campaign().id, public_id, **_by())
    return done(_("Moved up."), "admin.plan")


@bp.post("/plan/<public_id>/<any(close,reopen):change>")
def close_plan_item(public_id: str, change: str) -> ResponseReturnValue:
    """Let donors choose a purpose no more, or again."""
    try:
        plan_changes.close_item(campaign().id, public_id, is_closed=change == "close", **_by())
    except DomainError as error:
        return refused(error, "admin.plan_item", public_id=public_id)
    message = _("Donors cannot choose it any more.") if change == "close" else _("Donors can choose it again.")
    return done(message, "admin.plan_item", public_id=public_id)


def _form(kind: str, *, theme: str = "", **settings: object) -> ItemForm:
    """The form for a kind of item; `theme` is the purpose that it has, which may be closed."""
    purposes = [row for row in plans.plan_of(campaign().id) if row.closed_on is None or row.code == theme]
    return FORMS.get(kind, ItemForm)(campaign().currency, purposes, **settings)


def _form_of(item: PlanItem, **settings: object) -> ItemForm:
    form = _form(item.kind, theme=item.theme, **settings)
    if isinstance(form, EventForm) and item.first_day and not item.begins_at:
        form.allow_empty_times(day(item.first_day))
    return form


def stored_form(item: PlanItem) -> ItemForm:
    """Return the form with what is stored now."""
    return _form_of(item, data={**_data(item), "version": version_of(item.form_facts)}, formdata=None)


def _data(item: PlanItem) -> dict[str, object]:
    return {
        "title": item.title,
        "summary": item.summary,
        "goal": plain(item.goal_minor, campaign().currency) if item.goal_minor and not item.costs else "",
        "theme": item.theme,
        "place": item.place,
        "begins_at": local_time(item.begins_at) if item.begins_at else None,
        "ends_at": local_time(item.ends_at) if item.ends_at else None,
        "capacity": item.capacity,
        "opens_on": item.first_day,
        "closes_on": item.last_day,
    }


def _new_page(kind: str, form: ItemForm) -> str:
    return render_template("admin/campaigns/plan_item.html", kind=kind, form=form, item=None, heading=NEW[kind])


def item_page(item: PlanItem, form: ItemForm, cost_form: CostForm | None = None) -> str:
    """The page of one purpose or target."""
    return render_template(
        "admin/campaigns/plan_item.html",
        kind=item.kind,
        form=form,
        item=item,
        heading=None,
        here=campaign(),
        placed=pictures_at(campaign().id, f"{item.kind}:{item.public_id}", clock=current_context().clock),
        max_pictures=MAX_AT_PLACE,
        is_booked=is_item_booked(campaign().id, item.public_id),
        cost_form=cost_form or CostForm(campaign().currency, formdata=None),
        acts=[(act, ACTS[act]) for act in possible_acts(item.kind, item.status)] if item.status else [],
        drafts=report_drafts(campaign().id, item.public_id) if item.kind == FundKind.EVENT else [],
        today=local_day(current_context().clock.now()),
    )


def _by() -> dict[str, Any]:
    """Who acts, and when."""
    return {"actor_id": person().id, "clock": current_context().clock}
