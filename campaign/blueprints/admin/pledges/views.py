"""Monthly gifts: the list, one with its timeline, and stopping one at its donor's request."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.filters import list_filters
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import draft_fields, person
from campaign.blueprints.admin.permissions import sees_donors
from campaign.blueprints.admin.pledges import words
from campaign.blueprints.admin.pledges.forms import StopForm
from campaign.blueprints.admin.timeline import TimelineRow, timeline_row
from campaign.domain.errors import DomainError
from campaign.domain.pledge import Act, PledgeRequester, PledgeState
from campaign.domain.timeline import TimelineEntry
from campaign.gateway_registry import current_context
from campaign.jobs import wake
from campaign.services.pledges import listing as pledge_register
from campaign.services.pledges.endings import ending_counts
from campaign.services.pledges.listing import PledgeDetails, pledge_details
from campaign.services.pledges.mailbox import send_link
from campaign.services.pledges.requests import PledgeOrder, ask


@bp.get("/pledges")
def pledges() -> ResponseReturnValue:
    """Fifty monthly gifts a page, of one state or all, and what they bring each month."""
    filters = list_filters()
    state = filters.choice("state", [state.value for state in PledgeState])
    rows, has_more = pledge_register.pledges(
        campaign().id,
        state=state,
        text=filters.text("text"),
        before=filters.text("before"),
        sees_donors=_sees_donors(),
    )
    return render_template(
        "admin/pledges/list.html",
        filters=filters,
        rows=rows,
        ending=ending_counts(campaign().id),
        values=pledge_register.monthly_values(campaign().id),
        pager=filters.pager(rows[-1].public_id if has_more else None),
        states=words.STATES,
        sees_donors=_sees_donors(),
    )


@bp.get("/pledges/<public_id>")
def pledge(public_id: str) -> ResponseReturnValue:
    """One monthly gift with its months and its history."""
    return _page(_story(public_id), StopForm(data=draft_fields()))


@bp.post("/pledges/<public_id>/stop")
def stop_pledge(public_id: str) -> ResponseReturnValue:
    """Stop it at once, because its donor asked for it; the audit trail holds the reason."""
    story, form = _story(public_id), StopForm()
    if not form.validate():
        return _page(story, form), form.status
    order = PledgeOrder(
        pledge_public_id=public_id,
        act=Act.STOP,
        detail={"why": form.why.data},
        requested_by=PledgeRequester.STAFF,
        actor_id=person().id,
        public_id=form.form_id.data,
    )
    try:
        ask(order, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.pledge", public_id=public_id)
    wake("pledges")
    message = _("It is being stopped. The payment provider is notified within a minute, and the donor gets an email.")
    return done(message, "admin.pledge", public_id=public_id)


@bp.post("/pledges/<public_id>/links")
def withdraw_pledge_links(public_id: str) -> ResponseReturnValue:
    """Revoke the links of all emails so far, for when one has got into wrong hands."""
    pledge_register.withdraw_links(campaign().id, public_id, actor_id=person().id, clock=current_context().clock)
    return done(_("The links sent so far no longer work."), "admin.pledge", public_id=public_id)


@bp.post("/pledges/<public_id>/send-link")
def send_pledge_link(public_id: str) -> ResponseReturnValue:
    """Email the donor the current link."""
    is_sent = send_link(campaign().id, public_id, actor_id=person().id, clock=current_context().clock)
    wake("outbox")
    sentence = _("A new link is on its way to the donor.") if is_sent else _("There is no email address for this gift.")
    return done(sentence, "admin.pledge", public_id=public_id)


def _row(entry: TimelineEntry) -> TimelineRow:
    """An entry of the history as the page shows it."""
    return timeline_row(entry, words.TIMELINE, str(words.NOTES.get(entry.note, entry.note)))


def _story(public_id: str) -> PledgeDetails:
    """The monthly gift of this campaign.

    Raises:
        NotFound: The campaign has no such monthly gift.
    """
    return pledge_details(campaign().id, public_id, sees_donors=_sees_donors())


def _page(story: PledgeDetails, form: StopForm) -> str:
    return render_template(
        "admin/pledges/pledge.html",
        pledge=story,
        timeline=[_row(entry) for entry in story.timeline],
        pledge_words=words,
        form=form,
        sees_donors=_sees_donors(),
    )


def _sees_donors() -> bool:
    return sees_donors(person().roles)
