"""The dashboard: how far the campaign is on the way to its goal, and what brings the gifts."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.dashboard.chart import describe, goal_chart
from campaign.blueprints.admin.dashboard.periods import PERIODS, chosen_period
from campaign.blueprints.admin.frame import campaign
from campaign.blueprints.admin.guard import person, person_can
from campaign.blueprints.admin.permissions import sees_donors
from campaign.blueprints.admin.words import ATTENTION, FREQUENCIES
from campaign.domain.money import Money
from campaign.domain.pace import Pace
from campaign.gateway_registry import current_context
from campaign.i18n import LANGUAGES, day, exact_money, number, percent, text_of
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.dashboard.figures import GroupFigures
from campaign.services.dashboard.page import Dashboard
from campaign.services.dashboard.page import dashboard as dashboard_of
from campaign.services.dashboard.page import todays_gifts as gifts_of_today
from campaign.services.drill.gate import lacks_drill
from campaign.services.overview.attention import AttentionItem


@bp.get("/progress")
def dashboard() -> ResponseReturnValue:
    """The way to the goal, what brought the gifts, and a period beside the one before it."""
    return progress_page()


@bp.get("/progress/today")
def todays_gifts() -> ResponseReturnValue:
    """Today's gifts alone: the dashboard fetches them anew while it is in view."""
    at = current_context().clock.now()
    return render_template(
        "admin/dashboard/_today.html",
        todays=gifts_of_today(campaign().id, at=at, sees_donors=sees_donors(person().roles)),
        as_of=at,
    )


def progress_page(*, alarms: int = 0) -> str:
    """Render the dashboard; `alarms` is how many ring, for somebody who deals with them."""
    here, context = campaign(), current_context()
    at, chosen = context.clock.now(), chosen_period()
    figures = dashboard_of(
        here, at=at, period_days=chosen.days, sees_donors=sees_donors(person().roles), period=chosen.period
    )
    return render_template(
        "admin/dashboard/dashboard.html",
        campaign=here,
        it=figures,
        alarms=alarms,
        lacks_drill=lacks_drill(context.payments.mode),
        sees_donors=sees_donors(person().roles),
        concerns=_own_concerns(figures.concerns),
        verdict=verdict_of(figures.pace, here, figures.last_day),
        chart=goal_chart(
            figures.pace, figures.days, starts_on=here.starts_on, ends_on=figures.last_day, currency_code=here.currency
        ),
        chart_text=describe(figures.pace, currency_code=here.currency, ends_on=figures.last_day),
        periods=PERIODS,
        chosen_year=chosen.year or "",
        purposes=purpose_bars(figures, here),
        languages=_group_bars(figures.languages, {str(code): name for code, name in LANGUAGES.items()}),
        goals=_goal_bars(figures, here),
        funnel_days=_funnel_rows(figures),
        frequencies=_group_bars(figures.frequencies, {name: str(word) for name, word in FREQUENCIES.items()}),
    )


def _own_concerns(concerns: Iterable[AttentionItem]) -> list[AttentionItem]:
    """What this person can deal with."""
    return [concern for concern in concerns if person_can(ATTENTION[concern.kind][1])]


def verdict_of(pace: Pace, here: CampaignCard, last_day: date) -> str:
    """One sentence on whether the goal will be reached."""
    if not pace.missing:
        if pace.reached_on:
            return str(_("The goal was reached on %(day)s.", day=day(pace.reached_on)))
        return str(_("The goal is reached."))
    missing = exact_money(Money(pace.missing, here.currency))
    if not pace.days_gone:
        return str(_("Gifts are accepted from %(day)s.", day=day(here.starts_on)))
    if not pace.days_left:
        return str(_("The campaign ended on %(day)s. %(amount)s was missing.", day=day(last_day), amount=missing))
    return _outlook(pace, here, last_day, missing)


def _outlook(pace: Pace, here: CampaignCard, last_day: date, missing: str) -> str:
    """What happens at the pace of the last days."""
    if (pace.forecast.per_day if pace.forecast else pace.recent_per_day) <= 0:
        return str(_("Nothing came in the last days. %(amount)s is missing.", amount=missing))
    if pace.expected_on is not None and pace.expected_on <= last_day:
        early = (last_day - pace.expected_on).days
        return str(
            ngettext(
                "At the pace of the last days the goal is reached on %(day)s, %(num)s day before the end.",
                "At the pace of the last days the goal is reached on %(day)s, %(num)s days before the end.",
                early,
                day=day(pace.expected_on),
            )
        )
    short = Money(max(1, pace.short), here.currency)
    return str(_("At the pace of the last days %(amount)s will be missing on the last day.", amount=exact_money(short)))


def purpose_bars(figures: Dashboard, here: CampaignCard) -> list[dict[str, object]]:
    """What was raised for each purpose in the campaign's currency; together it is the total.

    A bar is full at the purpose's goal; one without a goal is as long as its part of the total.
    """
    total = sum(max(0, purpose.in_currency(here.currency).raised_minor) for purpose in figures.purposes)
    rows: list[dict[str, object]] = []
    for purpose in figures.purposes:
        minor = purpose.in_currency(here.currency).raised_minor
        amount = exact_money(Money(minor, here.currency))
        label, part, whole = text_of(purpose.title), max(minor, 0), purpose.goal.minor
        if whole:
            note = str(_("%(part)s of %(whole)s", part=amount, whole=exact_money(purpose.goal)))
        else:
            note = str(_("%(part)s, %(percent)s of all", part=amount, percent=percent(Fraction(part, total or 1))))
        full = max(whole, part) if whole else total
        rows.append({"label": label, "note": note, "parts": [part], "whole": full, "cells": [label, amount]})
    return rows


def _group_bars(groups: Iterable[GroupFigures], names: Mapping[str, str]) -> list[dict[str, object]]:
    """The gifts of each group: the bar is their number, for amounts of different currencies cannot be one bar."""
    rows: list[dict[str, object]] = []
    for group in groups:
        label = names.get(group.name, group.name)
        given = " · ".join(exact_money(amount) for amount in group.given)
        gifts = str(ngettext("%(num)s gift", "%(num)s gifts", group.gifts))
        rows.append(
            {
                "label": label,
                "note": f"{gifts}: {given}" if given else gifts,
                "parts": [group.gifts],
                "cells": [label, number(group.gifts), given],
            }
        )
    return rows


def _goal_bars(figures: Dashboard, here: CampaignCard) -> list[tuple[str, str, int, int]]:
    """(label, how far, reached, goal) of each goal besides the sum; donors only for those who see donors."""
    goals = figures.goals
    bars = [(str(_("Gifts")), figures.counts.gifts, goals.gifts)]
    if sees_donors(person().roles):
        bars.append((str(_("Donors")), figures.comparison.donors.in_all, goals.donors))
    rows = [
        (label, str(_("%(part)s of %(whole)s", part=number(reached), whole=number(goal))), reached, goal)
        for label, reached, goal in bars
        if goal
    ]
    if goals.monthly_minor:
        part, whole = (
            exact_money(Money(minor, here.currency)) for minor in (figures.monthly_minor, goals.monthly_minor)
        )
        note = str(_("%(part)s of %(whole)s", part=part, whole=whole))
        rows.append((str(_("From monthly gifts, each month")), note, figures.monthly_minor, goals.monthly_minor))
    return rows


def _funnel_rows(figures: Dashboard) -> list[tuple[str, str, str, str]]:
    """The funnel of each day, the latest first."""
    return [
        (day(date.fromisoformat(step.name)), number(step.forms), number(step.pages), number(step.paid))
        for step in reversed(figures.funnel.days)
    ]
