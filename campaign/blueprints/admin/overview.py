"""The first of the staff pages."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.dashboard.views import progress_page
from campaign.blueprints.admin.frame import campaign
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.permissions import ADMIN, MONEY, sees_donors, starts_with_progress
from campaign.days import local_day
from campaign.domain.abuse import Cause
from campaign.domain.mail import MailState
from campaign.domain.money import Money
from campaign.domain.provider_events import EventState
from campaign.gateway_registry import current_context
from campaign.i18n import day, exact_money, text_of
from campaign.services import audit
from campaign.services.alarms import watching
from campaign.services.alarms.watching import AlarmView
from campaign.services.alarms.words import describe_alarm
from campaign.services.audit import AuditFilter
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.drill.gate import lacks_drill
from campaign.services.overview.attention import AttentionItem
from campaign.services.overview.figures import DayFigures, TargetFigures
from campaign.services.overview.page import overview as figures_of
from campaign.services.shield.state import active_shield

LAST_ACTS = 12
NO_ALARMS = AlarmView(ringing=[], books_checked_at=None)
"""For people of one campaign: alarms concern the whole installation, and name things of every campaign."""
ALARM_PLACES: dict[str, tuple[str, dict[str, str]]] = {
    "events_wait": ("admin.inbox", {}),
    "events_dead": ("admin.inbox", {"state": EventState.FAILED_PERMANENTLY}),
    "mail_waits": ("admin.mails", {"state": MailState.QUEUED}),
    "mail_dead": ("admin.mails", {"state": MailState.FAILED_PERMANENTLY}),
    "receipts_held": ("admin.receipts", {}),
    "receipts_substituted": ("admin.receipts", {}),
    "books_broken": ("admin.trial_balance", {}),
    "comparison_overdue": ("admin.reconciliation", {}),
    "unexplained": ("admin.reconciliation", {}),
    "disputed": ("admin.donations", {"state": "disputed"}),
    "refund_failed": ("admin.donations", {"state": "refund_trouble"}),
    "refunds_not_sent": ("admin.donations", {"state": "refund_trouble"}),
    "requests_not_sent": ("admin.pledges", {}),
    "payout_failed": ("admin.reconciliation", {}),
    "fund_below_zero": ("admin.allocations", {}),
}
"""The staff page where an alarm is dealt with; the others are dealt with on the command line."""

COVERED_BY_ALARM = {
    "mail_dead": "address_refused",
    "mail_waits": "mails_not_taken",
    "refunds_not_sent": "refund_stuck",
}
"""Concerns that an alarm of another key covers: while it rings, the concern is not shown beside it."""


@bp.get("/")
def overview() -> ResponseReturnValue:
    """What this person's work needs first: the way to the goal for campaign staff, what needs attention for the others."""
    if not starts_with_progress(person().roles):
        return _attention_page()
    deals_with_alarms = person().shared_roles & (MONEY | ADMIN)
    return progress_page(alarms=len(_alarms().ringing) if deals_with_alarms else 0)


@bp.get("/attention")
def attention() -> ResponseReturnValue:
    """The same for whoever starts with the other page."""
    return _attention_page()


def _attention_page() -> str:
    """What needs attention first, then figures, charts, recent activity and the system."""
    here, at, is_shared = campaign(), current_context().clock.now(), person().is_for_all_campaigns
    figures = figures_of(here.id, here.currency, at=at, with_shared=is_shared)
    context = current_context()
    view = _alarms() if is_shared else NO_ALARMS
    ringing = {COVERED_BY_ALARM.get(alarm.key, alarm.key) for alarm in view.ringing}
    return render_template(
        "admin/overview.html",
        campaign=here,
        alarms=[(describe_alarm(alarm), alarm.since) for alarm in view.ringing],
        lacks_drill=lacks_drill(context.payments.mode),
        places=ALARM_PLACES,
        concerns=[
            *(_shield_up() if is_shared else ()),
            *(concern for concern in figures.concerns if concern.kind not in ringing),
        ],
        books_checked_at=view.books_checked_at,
        money=figures.money,
        unallocated=figures.unallocated,
        given=figures.given,
        sees_donors=sees_donors(person().roles),
        monthly=figures.monthly,
        queue=figures.queue,
        days=[_day_point(point, here.currency) for point in figures.days],
        targets=[_target_bar(target, here) for target in figures.targets],
        target_heads=[_("Spent"), _("Allocated, not yet spent"), _("Missing to the plan")],
        days_left=here.days_left(local_day(at)),
        acts=audit.trail(AuditFilter(campaign_id=None if is_shared else here.id), limit=LAST_ACTS),
        as_of=at,
    )


def _alarms() -> AlarmView:
    context = current_context()
    return watching.alarm_view(takes_cards=context.payments.mode != "none", clock=context.clock)


def _shield_up() -> list[AttentionItem]:
    """The attention item while protection against card testing is on, whichever campaign is shown."""
    up = active_shield()
    if up is None:
        return []
    kind = "shield_by_hand" if up.cause is Cause.STAFF else "shield_up"
    return [AttentionItem(kind=kind, count=1, since=up.since, detail=up.reason or "")]


def _day_point(point: DayFigures, currency: str) -> dict[str, object]:
    label, amounts = day(point.day), (Money(point.minor, currency), Money(point.total_minor, currency))
    return {
        "label": label,
        "value": point.minor,
        "total": point.total_minor,
        "cells": [label, *(exact_money(amount) for amount in amounts)],
    }


def _target_bar(target: TargetFigures, here: CampaignCard) -> dict[str, object]:
    """The bar of one plan: spent, allocated and not yet spent, missing."""
    spent, unspent = target.spent_minor, max(target.allocated_minor - target.spent_minor, 0)
    parts = [spent, unspent, max(target.goal_minor - target.allocated_minor, 0)]
    label = f"{text_of(target.title)} ({target.code})"
    allocated, goal = Money(target.allocated_minor, here.currency), Money(target.goal_minor, here.currency)
    return {
        "label": label,
        "note": _("%(allocated)s of %(goal)s", allocated=exact_money(allocated), goal=exact_money(goal)),
        "whole": sum(parts),
        "parts": parts,
        "cells": [label, *(exact_money(Money(part, here.currency)) for part in parts)],
    }
