"""Segments of donors: saved from the list, opened, renamed, given other filters, removed."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.donors.criteria import DonorChoices, address_query
from campaign.blueprints.admin.donors.forms import SegmentFiltersForm, SegmentForm, SegmentNameForm
from campaign.blueprints.admin.donors.views import list_page
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.news.words import MAILING
from campaign.domain.donor import SegmentExists, TooManySegments
from campaign.gateway_registry import current_context
from campaign.services.donors import segments as segment_list
from campaign.services.donors.listing import donor_totals
from campaign.services.donors.segments import NewSegment
from campaign.services.segment_mailings.sending import segment_mailings


@bp.get("/donors/segments")
def segments() -> ResponseReturnValue:
    """The campaign's segments, with their filters in words."""
    choices = DonorChoices.of(campaign())
    rows = segment_list.segments(campaign().id, as_of=choices.today)
    return render_template(
        "admin/donors/segments.html",
        rows=rows,
        mailings=segment_mailings(campaign().id),
        mailing_states=MAILING,
        filters={row.public_id: choices.in_words(row.filters) for row in rows if row.filters},
    )


@bp.post("/donors/segments")
def save_segment() -> ResponseReturnValue:
    """Save the filters of the list under a name."""
    form = SegmentForm()
    filters = form.filters
    criteria = DonorChoices.of(campaign()).read(filters)
    if form.validate() and not filters.mistakes:
        new = NewSegment(public_id=form.new_id, name=form.name.data, filters=criteria, actor_id=person().id)
        try:
            segment_list.save_segment(new, clock=current_context().clock)
        except (SegmentExists, TooManySegments) as error:
            form.refuse("name", words.sentence_of(error))
        else:
            return done(_("The segment is saved."), "admin.segment", public_id=form.new_id)
    return list_page(filters, form), 422


@bp.get("/donors/segments/<public_id>")
def segment(public_id: str) -> ResponseReturnValue:
    """One segment: who is in it today, and its name."""
    return _page(public_id, SegmentNameForm(formdata=None))


@bp.get("/donors/segments/<public_id>/list")
def segment_donors(public_id: str) -> ResponseReturnValue:
    """Lead to the list of donors with the filters of a segment."""
    it = segment_list.segment(campaign().id, public_id, as_of=DonorChoices.of(campaign()).today)
    if it.filters is None:
        return redirect(url_for("admin.segment", public_id=public_id))
    query = address_query(it.filters)
    return redirect(f"{url_for('admin.donors')}?{query}{'&' if query else ''}segment={public_id}")


@bp.post("/donors/segments/<public_id>")
def rename_segment(public_id: str) -> ResponseReturnValue:
    """Give a segment another name."""
    form = SegmentNameForm()
    if form.validate():
        try:
            segment_list.change_segment(
                campaign().id, public_id, name=form.name.data, actor_id=person().id, clock=current_context().clock
            )
        except SegmentExists as error:
            form.refuse("name", words.sentence_of(error))
        else:
            return done(_("The segment is saved."), "admin.segment", public_id=public_id)
    return _page(public_id, form), form.status


@bp.post("/donors/segments/<public_id>/filters")
def set_segment_filters(public_id: str) -> ResponseReturnValue:
    """Give a segment the filters of the list that is shown."""
    form = SegmentFiltersForm()
    filters = form.filters
    criteria = DonorChoices.of(campaign()).read(filters)
    if not form.validate() or filters.mistakes:
        return list_page(filters, SegmentForm(formdata=None, query=form.query.data)), 422
    segment_list.change_segment(
        campaign().id, public_id, filters=criteria, actor_id=person().id, clock=current_context().clock
    )
    return done(_("The segment is saved."), "admin.segment", public_id=public_id)


@bp.post("/donors/segments/<public_id>/remove")
def remove_segment(public_id: str) -> ResponseReturnValue:
    """Remove a segment; its donors stay."""
    segment_list.remove_segment(campaign().id, public_id, actor_id=person().id, clock=current_context().clock)
    return done(_("The segment is removed. The donors in it stay."), "admin.segments")


def _page(public_id: str, form: SegmentNameForm) -> str:
    choices = DonorChoices.of(campaign())
    it = segment_list.segment(campaign().id, public_id, as_of=choices.today)
    return render_template(
        "admin/donors/segment.html",
        segment=it,
        criteria=choices.in_words(it.filters) if it.filters else [],
        totals=donor_totals(it.filters) if it.filters else None,
        form=form,
    )
