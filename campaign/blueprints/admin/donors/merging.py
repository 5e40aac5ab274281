"""Donors who may be one person: the list of pairs, a merge with its preview, and its undoing."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.donors.forms import MergeForm, MergeWithForm
from campaign.blueprints.admin.donors.words import DUPLICATE_SIGNS
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import draft_fields, person
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.services.donors import merging
from campaign.services.donors.details import donor_details, donor_with_address
from campaign.services.donors.duplicates import dismiss_pair, possible_duplicates


@bp.get("/donors/duplicates")
def possible_donor_duplicates() -> ResponseReturnValue:
    """Pairs of donors who may be one person."""
    return render_template(
        "admin/donors/duplicates.html", pairs=possible_duplicates(campaign().id), signs=DUPLICATE_SIGNS
    )


@bp.post("/donors/duplicates/dismiss")
def dismiss_donor_pair() -> ResponseReturnValue:
    """Say that two donors are not one person; the pair is not proposed again."""
    first, second = (request.form.get(name, "")[:16] for name in ("first", "second"))
    dismiss_pair(campaign().id, first, second, actor_id=person().id, clock=current_context().clock)
    return done(_("These two are no longer proposed."), "admin.possible_donor_duplicates")


@bp.get("/donors/<public_id>/merge")
def merge_form(public_id: str) -> ResponseReturnValue:
    """Ask for the other donor by address, or show what a merge with them would move."""
    other = request.args.get("other", "")[:16]
    if other:
        return _preview(public_id, other, MergeForm(formdata=None, other=other, **draft_fields()))
    return _ask(public_id, MergeWithForm(formdata=None))


@bp.post("/donors/<public_id>/merge/with")
def find_merge(public_id: str) -> ResponseReturnValue:
    """Find the other donor by address, and show what a merge would move."""
    form = MergeWithForm()
    if not form.validate():
        return _ask(public_id, form), form.status
    other = donor_with_address(campaign().id, form.email.data)
    if other is None or other == public_id:
        form.refuse("email", _("Nobody else has given to this campaign with this address."))
        return _ask(public_id, form), form.status
    return _preview(public_id, other, MergeForm(formdata=None, other=other))


@bp.post("/donors/<public_id>/merge")
def merge_donors(public_id: str) -> ResponseReturnValue:
    """Merge the other donor into this one."""
    form = MergeForm()
    if not form.validate():
        return _ask(public_id, MergeWithForm(formdata=None)), 422
    order = merging.MergeOrder(
        campaign_id=campaign().id,
        target=public_id,
        source=form.other.data,
        public_id=form.new_id,
        actor_id=person().id,
    )
    try:
        merging.merge(order, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.donor", public_id=public_id)
    return done(_("The two donors are merged. You can undo this on this page."), "admin.donor", public_id=public_id)


@bp.post("/donors/<public_id>/merges/<merge_id>/undo")
def undo_donor_merge(public_id: str, merge_id: str) -> ResponseReturnValue:
    """Move back what a merge had moved."""
    try:
        source = merging.undo_merge(campaign().id, merge_id, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.donor", public_id=public_id)
    return done(_("The merge is undone. This donor has their gifts again."), "admin.donor", public_id=source)


def _ask(public_id: str, form: MergeWithForm) -> str:
    return render_template(
        "admin/donors/merge.html", donor=donor_details(campaign().id, public_id), form=form, plan=None
    )


def _preview(public_id: str, other: str, form: MergeForm) -> ResponseReturnValue:
    try:
        plan = merging.plan_merge(campaign().id, public_id, other)
    except DomainError as error:
        return refused(error, "admin.donor", public_id=public_id)
    return render_template("admin/donors/merge.html", donor=None, form=form, plan=plan)
