"""The list of donations with its filters, one donation with its timeline, and its place on the supporters list."""

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.donors.words import CREDITS
from campaign.blueprints.admin.filters import ListFilters, list_filters
from campaign.blueprints.admin.frame import campaign, done, file_answer, refused
from campaign.blueprints.admin.gifts import dispute_words
from campaign.blueprints.admin.gifts.forms import GiftApprovalForm, VisibilityForm
from campaign.blueprints.admin.gifts.timeline_words import TIMELINE
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.inbox import words as inbox_words
from campaign.blueprints.admin.mail import words as mail_words
from campaign.blueprints.admin.permissions import ADMIN, CAMPAIGN, MONEY, sees_donors
from campaign.blueprints.admin.timeline import TimelineRow, timeline_row
from campaign.domain.fraud_hold import HoldDecided
from campaign.domain.fund import COLLECTING_KINDS
from campaign.domain.money import CURRENCIES, Money
from campaign.domain.timeline import TimelineEntry
from campaign.gateway_registry import current_context
from campaign.i18n import LANGUAGES, day, exact_money, text_of
from campaign.languages import language_name
from campaign.services import audit
from campaign.services.campaigns.currencies import currencies_of
from campaign.services.campaigns.moderation import set_visibility as store_visibility
from campaign.services.donors.soft_credits import credits_of_gift
from campaign.services.exports.ledger import period_of
from campaign.services.exports.registers import donation_file
from campaign.services.funds.balances import FundRow, funds
from campaign.services.gifts import suspicion
from campaign.services.gifts.listing import MAX_SUMMED, STATES, DonationFilter, totals
from campaign.services.gifts.listing import donations as list_donations
from campaign.services.gifts.timeline import gift_details
from campaign.services.spreadsheets import FileFormat


@bp.get("/donations")
def donations() -> ResponseReturnValue:
    """Fifty gifts a page; the address holds the filters, so it can be shared."""
    filters, purposes = list_filters(), _purposes()
    criteria = _criteria(filters, purposes)
    rows, has_more = list_donations(criteria) if not filters.mistakes else ((), False)
    page = render_template(
        "admin/gifts/list.html",
        filters=filters,
        rows=rows,
        totals=totals(criteria, most=None if filters.text("sums") == "all" else MAX_SUMMED),
        chips=_chips(filters, criteria, purposes),
        pager=filters.pager(rows[-1].public_id if has_more else None),
        states=STATES,
        purposes=purposes,
        currencies=sorted(row.code for row in currencies_of(campaign().id)),
        sees_donors=_sees_donors(),
    )
    return page, filters.status


@bp.get("/donations/<public_id>")
def donation(public_id: str) -> ResponseReturnValue:
    """One gift with its timeline."""
    return _gift_page(public_id)


@bp.post("/donations/<public_id>/approve")
def approve_gift(public_id: str) -> ResponseReturnValue:
    """Decide that a gift under suspicion of fraud is good."""
    form, context = GiftApprovalForm(), current_context()
    if not form.validate():
        return _gift_page(public_id, form=form), form.status
    try:
        suspicion.approve_gift(
            campaign().id,
            public_id,
            actor_id=person().id,
            context=context,
            reason=form.reason.data or "",
        )
    except HoldDecided as problem:
        return refused(problem, "admin.donation", public_id=public_id)
    return done(
        _("Approved. The gift counts, and its receipt is on its way if it had none."),
        "admin.donation",
        public_id=public_id,
    )


def _gift_page(public_id: str, *, form: GiftApprovalForm | None = None) -> str:
    story = gift_details(campaign().id, public_id, sees_donors=_sees_donors())
    return render_template(
        "admin/gifts/gift.html",
        gift=story,
        timeline=[_row(entry) for entry in story.timeline if entry.kind != "provider:event"],
        mails=[_row(entry) for entry in story.timeline if entry.kind.startswith("mail:")],
        reports=[_row(entry) for entry in story.timeline if entry.kind == "provider:event"],
        sees_books=bool(person().roles - CAMPAIGN),
        sees_log=bool(person().roles & (MONEY | ADMIN)),
        sees_donors=_sees_donors(),
        claim_words=dispute_words,
        credits=credits_of_gift(campaign().id, public_id) if _sees_donors() else (),
        credit_kinds=CREDITS,
        form=form,
    )


@bp.post("/donations/<public_id>/wall", endpoint="set_wall")
def set_visibility(public_id: str) -> ResponseReturnValue:
    """Take the name and message off the supporters list, or put them back."""
    form = VisibilityForm()
    if not form.validate():
        abort(400)
    store_visibility(
        campaign().id, public_id, is_shown=form.is_shown, actor_id=person().id, clock=current_context().clock
    )
    message = (
        _("The name and message are on the supporters list.")
        if form.is_shown
        else _("The name and message are off the supporters list.")
    )
    return done(message, "admin.donation", public_id=public_id)


@bp.get("/donations/file.<any(csv,xlsx):file_format>")
def donation_register(file_format: FileFormat) -> Response:
    """The same rows as on screen, all of them, with names and addresses."""
    filters, purposes, clock = list_filters(), _purposes(), current_context().clock
    criteria = _criteria(filters, purposes)
    filters.refuse_mistakes()
    about = [*period_of(criteria.since, criteria.until, made_at=clock.now()), *_about(criteria, purposes)]
    file = donation_file(criteria, about=about, file_format=file_format)
    detail: dict[str, object] = {
        "format": file_format,
        "filters": sorted(key for key, value in filters.values.items() if value),
    }
    audit.record_access(
        actor_id=person().id,
        action="donations:download",
        subject=f"campaign:{campaign().slug}",
        detail=detail,
        clock=clock,
    )
    return file_answer(file, "donations", file_format)


def _row(entry: TimelineEntry) -> TimelineRow:
    """An entry of the gift's history as the page shows it."""
    if entry.kind.startswith("mail:"):
        name = str(words.MAIL_KINDS.get(entry.note, entry.note))
        why = mail_words.why_unsent(entry.kind.removeprefix("mail:"), entry.failure, entry.hold_reason)
        return timeline_row(entry, TIMELINE, name, why)
    if entry.kind == "provider:event":
        return timeline_row(entry, TIMELINE, inbox_words.subject_of(entry.note))
    return timeline_row(entry, TIMELINE)


def _purposes() -> dict[str, FundRow]:
    return {row.public_id: row for row in funds(campaign().id) if row.kind in COLLECTING_KINDS}


def _criteria(filters: ListFilters, purposes: dict[str, FundRow]) -> DonationFilter:
    currency = filters.choice("currency", CURRENCIES)
    counted_in = currency or campaign().currency
    least, most = filters.money("least", counted_in), filters.money("most", counted_in)
    since, until = filters.period()
    is_about_amounts = least is not None or most is not None
    return DonationFilter(
        campaign_id=campaign().id,
        text=filters.text("text"),
        state=filters.choice("state", STATES),
        since=since,
        until=until,
        currency=counted_in if is_about_amounts else currency,
        language=filters.choice("language", LANGUAGES),
        frequency=filters.choice("frequency", words.FREQUENCIES),
        fund=filters.choice("fund", purposes),
        least_minor=least.minor if least else None,
        most_minor=most.minor if most else None,
        before=filters.text("before"),
        sees_donors=_sees_donors(),
    )


def _about(criteria: DonationFilter, purposes: dict[str, FundRow]) -> list[tuple[str, str]]:
    """The filters in use, in words."""
    said = {
        _("Text"): criteria.text,
        _("State"): str(words.DONATION[criteria.state][0]) if criteria.state else "",
        _("Currency"): criteria.currency,
        _("Language"): criteria.language and language_name(criteria.language),
        _("How often"): str(words.FREQUENCIES.get(criteria.frequency, "")),
        _("Fund"): text_of(purposes[criteria.fund].title) if criteria.fund else "",
        _("At least"): exact_money(Money(criteria.least_minor, criteria.currency))
        if criteria.least_minor is not None
        else "",
        _("At most"): exact_money(Money(criteria.most_minor, criteria.currency))
        if criteria.most_minor is not None
        else "",
    }
    return [(label, value) for label, value in said.items() if value]


def _chips(filters: ListFilters, criteria: DonationFilter, purposes: dict[str, FundRow]) -> list[tuple[str, str]]:
    names = {
        _("Text"): "text",
        _("State"): "state",
        _("Currency"): "currency",
        _("Language"): "language",
        _("How often"): "frequency",
        _("Fund"): "fund",
        _("At least"): "least",
        _("At most"): "most",
    }
    chips = [(f"{label}: {value}", filters.without(names[label])) for label, value in _about(criteria, purposes)]
    if criteria.since:
        chips.append((_("From %(day)s", day=day(criteria.since)), filters.without("since")))
    if criteria.until:
        chips.append((_("Until %(day)s", day=day(criteria.until)), filters.without("until")))
    return chips


def _sees_donors() -> bool:
    return sees_donors(person().roles)
