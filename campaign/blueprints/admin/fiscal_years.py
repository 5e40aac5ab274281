"""The organisation's fiscal years, as periods that staff choose."""

from datetime import date, timedelta
from enum import StrEnum

from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.days import local_day
from campaign.domain.calendar import fiscal_year
from campaign.gateway_registry import current_context
from campaign.services.organisation.profile import organisation


class FiscalYear(StrEnum):
    """Which one; the values stand in addresses."""

    THIS = "this-fiscal-year"
    LAST = "last-fiscal-year"


def days_of(year: FiscalYear) -> tuple[date, date]:
    """Return the first and the last day, in the organisation's time zone."""
    month = organisation().fiscal_month
    first, last = fiscal_year(local_day(current_context().clock.now()), month)
    return (first, last) if year is FiscalYear.THIS else fiscal_year(first - timedelta(days=1), month)


@bp.app_template_global("fiscal_years")
def fiscal_years() -> list[tuple[str, str, str, str]]:
    """Return (which one, its words, first day, last day) of each, the days as addresses have them."""
    words = {FiscalYear.THIS: _("This fiscal year"), FiscalYear.LAST: _("Last fiscal year")}
    return [(year.value, word, *(day.isoformat() for day in days_of(year))) for year, word in words.items()]
