"""One donor, and what staff note about them."""

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.donors.forms import NoteForm, TagForm
from campaign.blueprints.admin.donors.words import CREDITS
from campaign.blueprints.admin.frame import campaign, done
from campaign.blueprints.admin.gifts.timeline_words import TIMELINE
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.mail import words as mail_words
from campaign.blueprints.admin.pledges import words as pledge_words
from campaign.blueprints.admin.timeline import TimelineRow, timeline_row
from campaign.domain.donor import TooManyNotes, TooManyTags
from campaign.domain.timeline import TimelineEntry
from campaign.gateway_registry import current_context
from campaign.services.donors import notes, tags
from campaign.services.donors.details import donor_details


@bp.get("/donors/<public_id>")
def donor(public_id: str) -> ResponseReturnValue:
    """One donor, as far as this campaign knows them."""
    return _page(public_id, NoteForm(formdata=None), TagForm(formdata=None))


@bp.post("/donors/<public_id>/notes")
def add_donor_note(public_id: str) -> ResponseReturnValue:
    """Write a note about a donor."""
    form = NoteForm()
    if form.validate():
        note = notes.NewNote(
            campaign_id=campaign().id,
            donor_public_id=public_id,
            public_id=form.new_id,
            text=form.text.data,
            actor_id=person().id,
        )
        try:
            notes.add_note(note, clock=current_context().clock)
        except TooManyNotes as error:
            form.refuse("text", words.sentence_of(error))
        else:
            return done(_("The note is saved."), "admin.donor", public_id=public_id)
    return _page(public_id, form, TagForm(formdata=None)), form.status


@bp.post("/donors/<public_id>/notes/<note_id>/remove")
def remove_donor_note(public_id: str, note_id: str) -> ResponseReturnValue:
    """Remove a note."""
    notes.remove_note(campaign().id, public_id, note_id, actor_id=person().id, clock=current_context().clock)
    return done(_("The note is removed."), "admin.donor", public_id=public_id)


@bp.post("/donors/<public_id>/tags")
def add_donor_tag(public_id: str) -> ResponseReturnValue:
    """Give the donor a tag."""
    form = TagForm()
    if form.validate():
        try:
            tags.add_tag(campaign().id, public_id, form.tag.data, actor_id=person().id, clock=current_context().clock)
        except TooManyTags as error:
            form.refuse("tag", words.sentence_of(error))
        else:
            return redirect(url_for("admin.donor", public_id=public_id), 303)
    return _page(public_id, NoteForm(formdata=None), form), form.status


@bp.post("/donors/<public_id>/tags/remove")
def remove_donor_tag(public_id: str) -> ResponseReturnValue:
    """Take a tag off the donor."""
    name = request.form.get("tag", "")[: tags.MAX_TAG]
    tags.remove_tag(campaign().id, public_id, name, actor_id=person().id, clock=current_context().clock)
    return redirect(url_for("admin.donor", public_id=public_id), 303)


def _page(public_id: str, note_form: NoteForm, tag_form: TagForm) -> str:
    details = donor_details(campaign().id, public_id)
    return render_template(
        "admin/donors/donor.html",
        donor=details,
        timeline=[_row(entry) for entry in details.timeline],
        mistakes=[*tag_form.mistakes, *note_form.mistakes],
        note_form=note_form,
        tag_form=tag_form,
        known_tags=tags.campaign_tags(campaign().id),
        credit_kinds=CREDITS,
        mail_words=mail_words,
        pledge_words=pledge_words,
    )


def _row(entry: TimelineEntry) -> TimelineRow:
    """An entry of the donor's history as the page shows it."""
    thing, _sep, kind = entry.kind.partition(":")
    if thing == "pledge":
        word, colour = pledge_words.TIMELINE[kind]
        return timeline_row(entry, {entry.kind: (_("Monthly gift: %(what)s", what=word), colour)})
    is_number = thing == "donation"  # the note is the donation's number, which says nothing to people
    return timeline_row(replace(entry, note="") if is_number else entry, TIMELINE)
