"""Allocations: the list, proposals with their preview, and the decision of a second person."""

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, choices, words
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign, done, file_answer, refused
from campaign.blueprints.admin.funds.forms import AllocationForm, ApprovalForm, RejectionForm
from campaign.blueprints.admin.funds.words import TIMELINE
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.timeline import timeline_row
from campaign.domain.errors import DomainError
from campaign.domain.journal import EntryKind
from campaign.gateway_registry import current_context
from campaign.services import audit
from campaign.services.exports.allocations import allocation_file
from campaign.services.exports.ledger import period_of
from campaign.services.funds import allocation_list
from campaign.services.funds import allocations as funds_allocations
from campaign.services.funds.balances import covering, fund, funds, givers_of, targets_of
from campaign.services.funds.previews import preview_of
from campaign.services.spreadsheets import FileFormat
from campaign.services.staff.account_ties import are_independent

PREFILLED = ("source", "target", "currency", "amount")


@bp.get("/allocations")
def allocations() -> ResponseReturnValue:
    """What each fund holds, the proposals that wait for a decision, and all others."""
    filters = list_filters()
    state = filters.choice("state", tuple(words.ALLOCATION))
    rows = allocation_list.allocations(campaign().id, state=state or None, before_id=filters.number("before"))
    return render_template(
        "admin/funds/allocations.html",
        filters=filters,
        state=state,
        funds=funds(campaign().id),
        rows=rows,
        pager=filters.pager(rows[-1].id if len(rows) == allocation_list.PAGE_ROWS else None),
    )


@bp.get("/allocations/<public_id>")
def allocation(public_id: str) -> ResponseReturnValue:
    """One proposal with the balances of this moment, and what this person may do about it."""
    return _page(public_id, RejectionForm())


@bp.get("/allocations/new", endpoint="allocation_form", defaults={"kind": "allocation"})
@bp.get("/allocations/back", endpoint="take_back_form", defaults={"kind": "take_back"})
@bp.get("/allocations/cover", endpoint="cover_form", defaults={"kind": "cover"})
def proposal_form(kind: str) -> ResponseReturnValue:
    """The form for money of one fund, or for one with a deficit; it offers only funds that the money may go to or come from."""
    data = {name: request.args.get(name) for name in PREFILLED}
    return _form_page(AllocationForm(campaign().currency, data=data), EntryKind(kind))


@bp.post("/allocations/new", endpoint="propose_allocation", defaults={"kind": "allocation"})
@bp.post("/allocations/back", endpoint="propose_take_back", defaults={"kind": "take_back"})
@bp.post("/allocations/cover", endpoint="propose_cover", defaults={"kind": "cover"})
def propose(kind: str) -> ResponseReturnValue:
    """First show the preview with balances before and after, then, confirmed, make the proposal."""
    form = AllocationForm(campaign().currency)
    if not form.is_ready:
        return _form_page(form, EntryKind(kind)), form.status
    move = form.move(campaign().id, EntryKind(kind))
    try:
        preview = preview_of(move)
        if form.is_confirmed:
            return _propose(form, move)
    except DomainError as error:
        form.refuse_rule(error)
        return _form_page(form, EntryKind(kind)), form.status
    return render_template("admin/funds/allocation_preview.html", preview=preview, form=form)


@bp.post("/allocations/<public_id>/approve")
def approve_allocation(public_id: str) -> ResponseReturnValue:
    """Approve what was shown: if the balances have changed since, the page is shown again."""
    figures = ApprovalForm().figures.data
    try:
        funds_allocations.approve(
            public_id, campaign_id=campaign().id, actor_id=person().id, clock=current_context().clock, figures=figures
        )
    except DomainError as error:
        return refused(error, "admin.allocation", public_id=public_id)
    return done(_("Approved. The money has moved."), "admin.allocation", public_id=public_id)


@bp.post("/allocations/<public_id>/reject")
def reject_allocation(public_id: str) -> ResponseReturnValue:
    """Reject a proposal, for a reason that its page shows."""
    form = RejectionForm()
    if not form.validate():
        return _page(public_id, form), form.status
    try:
        funds_allocations.reject(
            public_id,
            campaign_id=campaign().id,
            note=form.note.data,
            actor_id=person().id,
            clock=current_context().clock,
        )
    except DomainError as error:
        return refused(error, "admin.allocation", public_id=public_id)
    return done(_("Rejected. Nothing has moved."), "admin.allocation", public_id=public_id)


@bp.post("/allocations/<public_id>/withdraw")
def withdraw_allocation(public_id: str) -> ResponseReturnValue:
    """Withdraw one's own proposal."""
    try:
        funds_allocations.withdraw(
            public_id, campaign_id=campaign().id, actor_id=person().id, clock=current_context().clock
        )
    except DomainError as error:
        return refused(error, "admin.allocation", public_id=public_id)
    return done(_("Withdrawn. Nothing has moved."), "admin.allocation", public_id=public_id)


@bp.get("/allocations/file.<any(csv,xlsx):file_format>")
def allocation_ledger_file(file_format: FileFormat) -> Response:
    """All allocations of one state or of every state."""
    state, clock = list_filters().choice("state", tuple(words.ALLOCATION)), current_context().clock
    about = [*period_of(None, None, made_at=clock.now())]
    if state:
        about.append((_("State"), str(words.ALLOCATION[state][0])))
    file = allocation_file(campaign().id, state=state or None, about=about, file_format=file_format)
    subject = f"campaign:{campaign().slug}"
    audit.record_access(
        actor_id=person().id,
        action="allocations:download",
        subject=subject,
        detail={"format": file_format},
        clock=clock,
    )
    return file_answer(file, "allocations", file_format)


def _propose(form: AllocationForm, move: funds_allocations.Move) -> ResponseReturnValue:
    public_id = form.form_id.data
    funds_allocations.propose(
        move, public_id=public_id, reason=form.reason.data, actor_id=person().id, clock=current_context().clock
    )
    return done(_("Proposed. Another person now decides."), "admin.allocation", public_id=public_id)


def _page(public_id: str, form: RejectionForm) -> str:
    row, preview = allocation_list.allocation(campaign().id, public_id)
    timeline = [timeline_row(entry, TIMELINE) for entry in row.timeline]
    return render_template(
        "admin/funds/allocation.html",
        row=row,
        preview=preview,
        form=form,
        timeline=timeline,
        is_independent=are_independent(row.proposed_by, person().id),
    )


def _form_page(form: AllocationForm, kind: EntryKind) -> str:
    return _cover_page(form) if kind is EntryKind.COVER else _allocation_page(form, kind)


def _allocation_page(form: AllocationForm, kind: EntryKind) -> str:
    source = fund(campaign().id, form.source.data or "")
    targets = givers_of(campaign().id, source) if kind is EntryKind.TAKE_BACK else targets_of(campaign().id, source)
    if not targets:
        abort(404)
    form.target.choices = choices.funds(targets, _("Choose"))
    form.currency.choices = choices.currencies_of([source], form.own_currency)
    return render_template("admin/funds/allocation_form.html", form=form, kind=kind.value, source=source)


def _cover_page(form: AllocationForm) -> str:
    target = fund(campaign().id, form.target.data or "")
    if not target.deficits:
        abort(404)
    sources = covering(campaign().id, target)
    form.source.choices = choices.funds(sources, _("Choose"), with_balance=True)
    form.currency.choices = choices.currencies_of([target], form.own_currency)
    return render_template("admin/funds/cover_form.html", form=form, target=target, sources=sources)
