"""The periods that the dashboard compares with the days before them: some last days, or a fiscal year."""

from dataclasses import dataclass

from flask import request

from campaign.blueprints.admin.fiscal_years import FiscalYear, days_of
from campaign.days import local_day
from campaign.domain.errors import UnreadableFilter
from campaign.gateway_registry import current_context
from campaign.services.dashboard.figures import DayRange

PERIODS = (7, 14, 30, 90)
DEFAULT_PERIOD = 14


@dataclass(frozen=True, slots=True)
class ChosenPeriod:
    """What the address of the dashboard says: a number of last days, or a fiscal year as far as it has come."""

    days: int
    year: FiscalYear | None = None
    period: DayRange | None = None


def chosen_period() -> ChosenPeriod:
    """Return the chosen period.

    Raises:
        UnreadableFilter: it is none of those that the page offers.
    """
    text = request.args.get("days", str(DEFAULT_PERIOD))
    if text in list(FiscalYear):
        first, last = days_of(year := FiscalYear(text))
        today = local_day(current_context().clock.now())
        return ChosenPeriod(DEFAULT_PERIOD, year, DayRange(first=first, last=min(last, today)))
    if text not in map(str, PERIODS):
        raise UnreadableFilter("days")
    return ChosenPeriod(int(text))
