"""Allocations: the pool, proposals with their preview, and the decision of a second person."""

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.form_values import ASK_FOR_AMOUNT, Asked, asked_in_address, asked_in_form
from campaign.blueprints.admin.frame import campaign, done, file_answer, refused
from campaign.blueprints.admin.guard import person
from campaign.domain.errors import DomainError
from campaign.domain.identity import new_public_id
from campaign.domain.journal import EntryKind
from campaign.domain.money import CURRENCIES
from campaign.gateway_registry import gateways
from campaign.services import audit
from campaign.services.exports.ledger import allocation_file, period_of
from campaign.services.funds import allocations as funds_allocations
from campaign.services.funds.allocation_list import allocation as allocation_now
from campaign.services.funds.allocation_list import allocations as allocations_found
from campaign.services.funds.balances import FundRow, covering, fund, funds, givers_of, targets_of
from campaign.services.funds.previews import preview_of
from campaign.services.spreadsheets import FileFormat


@bp.get("/allocations")
def allocations() -> ResponseReturnValue:
    """What every fund holds, what waits for a decision, and the register."""
    asked = asked_in_address()
    state = asked.filter_choice("state", tuple(words.ALLOCATION))
    rows = allocations_found(campaign().id, state=state or None, before_id=asked.number("before"))
    return render_template(
        "admin/funds/allocations.html",
        asked=asked,
        state=state,
        funds=funds(campaign().id),
        rows=rows,
        older_url=asked.with_(before=str(rows[-1].id)) if len(rows) == 50 else None,
    )


@bp.get("/allocations/<public_id>")
def allocation(public_id: str) -> ResponseReturnValue:
    """One proposal with the balances of this moment, and what this person may do about it."""
    row, seen = allocation_now(campaign().id, public_id)
    return render_template("admin/funds/allocation.html", row=row, seen=seen)


@bp.get("/allocations/new", endpoint="allocation_form", defaults={"kind": "allocation"})
@bp.get("/allocations/back", endpoint="take_back_form", defaults={"kind": "take_back"})
@bp.get("/allocations/cover", endpoint="cover_form", defaults={"kind": "cover"})
def form(kind: str) -> ResponseReturnValue:
    """The form for money of one fund, or for one that owes; only where that money may go, or come from, is offered."""
    asked = Asked({**request.args.to_dict(), "form_id": new_public_id()})
    return _form(asked, EntryKind(kind))


@bp.post("/allocations/new", endpoint="propose_allocation", defaults={"kind": "allocation"})
@bp.post("/allocations/back", endpoint="propose_take_back", defaults={"kind": "take_back"})
@bp.post("/allocations/cover", endpoint="propose_cover", defaults={"kind": "cover"})
def propose(kind: str) -> ResponseReturnValue:
    """First the preview with balances before and after, then, confirmed, the proposal."""
    asked = asked_in_form(form_id=new_public_id())
    form_id = asked.form_id(told_at="amount")
    move = _move(asked, EntryKind(kind))
    reason = asked.required("reason", _("Say why."))
    if asked.mistakes or move is None or asked.text("step") == "change":
        return _form(asked, EntryKind(kind)), 422 if asked.mistakes else 200
    try:
        seen = preview_of(move)
        if asked.text("step") == "confirm":
            funds_allocations.propose(
                move, public_id=form_id, reason=reason, actor_id=person().id, clock=gateways().clock
            )
            return done(_("Proposed. Another person now decides."), "admin.allocation", public_id=form_id)
    except DomainError as error:
        asked.refuse("amount", error, words.sentence_of(error))
        return _form(asked, EntryKind(kind)), 422
    return render_template("admin/funds/allocation_preview.html", seen=seen, asked=asked, kind=kind, reason=reason)


@bp.post("/allocations/<public_id>/approve")
def approve_allocation(public_id: str) -> ResponseReturnValue:
    """Approve what was shown: if the balances have moved since, the page is shown again."""
    figures = request.form.get("figures", "")
    try:
        funds_allocations.approve(
            public_id, campaign_id=campaign().id, actor_id=person().id, clock=gateways().clock, figures=figures
        )
    except DomainError as error:
        return refused(error, "admin.allocation", public_id=public_id)
    return done(_("Approved. The money has moved."), "admin.allocation", public_id=public_id)


@bp.post("/allocations/<public_id>/reject")
def reject_allocation(public_id: str) -> ResponseReturnValue:
    note = asked_in_form().text("note")
    try:
        funds_allocations.reject(
            public_id, campaign_id=campaign().id, note=note, actor_id=person().id, clock=gateways().clock
        )
    except DomainError as error:
        return refused(error, "admin.allocation", public_id=public_id)
    return done(_("Rejected. Nothing has moved."), "admin.allocation", public_id=public_id)


@bp.post("/allocations/<public_id>/withdraw")
def withdraw_allocation(public_id: str) -> ResponseReturnValue:
    try:
        funds_allocations.withdraw(public_id, campaign_id=campaign().id, actor_id=person().id, clock=gateways().clock)
    except DomainError as error:
        return refused(error, "admin.allocation", public_id=public_id)
    return done(_("Withdrawn. Nothing has moved."), "admin.allocation", public_id=public_id)


@bp.get("/allocations/file.<any(csv,xlsx):file_format>")
def allocation_ledger_file(file_format: FileFormat) -> Response:
    """The register of allocations, whole."""
    state, clock = asked_in_address().filter_choice("state", tuple(words.ALLOCATION)), gateways().clock
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


def _move(asked: Asked, kind: EntryKind) -> funds_allocations.Move | None:
    currency = asked.choice("currency", CURRENCIES) or campaign().currency
    amount = asked.money("amount", currency)
    if amount is None and not asked.error_of("amount"):
        asked.mistakes.append(("amount", str(ASK_FOR_AMOUNT)))
    source = asked.required("source", _("Choose where the money comes from."))
    target = asked.required("target", _("Choose where the money goes."))
    if amount is None or not source or not target:
        return None
    return funds_allocations.Move(campaign_id=campaign().id, kind=kind, source=source, target=target, amount=amount)


def _form(asked: Asked, kind: EntryKind) -> str:
    if kind is EntryKind.COVER:
        return _cover_form(asked)
    source = fund(campaign().id, asked.text("source"))
    targets = _targets(source, kind)
    if not targets:
        abort(404)
    return render_template(
        "admin/funds/allocation_form.html",
        asked=asked,
        kind=kind.value,
        source=source,
        targets=targets,
        own_currency=campaign().currency,
    )


def _cover_form(asked: Asked) -> str:
    target = fund(campaign().id, asked.text("target"))
    if not target.deficits:
        abort(404)
    return render_template(
        "admin/funds/cover_form.html",
        asked=asked,
        target=target,
        sources=covering(campaign().id, target),
        own_currency=campaign().currency,
    )


def _targets(source: FundRow, kind: EntryKind) -> list[FundRow]:
    found = givers_of(campaign().id, source) if kind is EntryKind.TAKE_BACK else targets_of(campaign().id, source)
    return list(found)
