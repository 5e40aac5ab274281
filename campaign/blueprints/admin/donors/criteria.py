"""The filters of the list of donors: read from its address, and said in words."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_ngettext

from campaign.blueprints.admin import words
from campaign.blueprints.admin.donors.words import STATUSES
from campaign.blueprints.admin.filters import ListFilters
from campaign.domain.donor import DonorStatus
from campaign.domain.money import CURRENCIES, Money
from campaign.i18n import LANGUAGES, day, exact_money, text_of
from campaign.languages import language_name
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.donors.filters import DonorFilter
from campaign.services.funds.balances import FundRow

PERIODS = {str(days): lazy_ngettext("%(num)s day", "%(num)s days", days) for days in (30, 90, 180, 365)}
"""Times, up to today, in which a donor is new, came back or has lapsed."""
DEFAULT_PERIOD = "90"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A filter that is in use: its parameter, and it in words."""

    name: str
    label: str
    value: str


def donor_filter(filters: ListFilters, card: CampaignCard, purposes: dict[str, FundRow], *, today: date) -> DonorFilter:
    """Read the filters; mistakes are noted in `filters`.

    An amount without a currency is one of the campaign's own currency.
    """
    currency = filters.choice("currency", CURRENCIES)
    least = filters.money("least", currency or card.currency)
    first_since, first_until = _days(filters, "first")
    last_since, last_until = _days(filters, "last")
    period = filters.choice("days", PERIODS) or DEFAULT_PERIOD
    return DonorFilter(
        campaign_id=card.id,
        text=filters.text("text"),
        fund=filters.choice("fund", purposes),
        language=filters.choice("language", LANGUAGES),
        currency=least.currency if least else currency,
        frequency=filters.choice("frequency", words.FREQUENCIES),
        first_since=first_since,
        first_until=first_until,
        last_since=last_since,
        last_until=last_until,
        least_minor=least.minor if least else None,
        status=filters.choice("status", [status.value for status in DonorStatus]),
        period_start=today - timedelta(days=int(period) - 1),
        before=filters.text("before"),
    )


def criteria_in_words(filters: ListFilters, criteria: DonorFilter, purposes: dict[str, FundRow]) -> list[Criterion]:
    """Return the filters in use, in the order of the form."""
    period = filters.choice("days", PERIODS) or DEFAULT_PERIOD
    least = Money(criteria.least_minor, criteria.currency) if criteria.least_minor is not None else None
    values = (
        ("text", _("Text"), criteria.text),
        ("fund", _("Purpose"), text_of(purposes[criteria.fund].title) if criteria.fund else ""),
        ("language", _("Language"), language_name(criteria.language) if criteria.language else ""),
        ("currency", _("Currency"), criteria.currency if filters.text("currency") else ""),
        ("frequency", _("How often"), str(words.FREQUENCIES.get(criteria.frequency, ""))),
        ("first_since", _("First gift from"), _day(criteria.first_since)),
        ("first_until", _("First gift until"), _day(criteria.first_until)),
        ("last_since", _("Last gift from"), _day(criteria.last_since)),
        ("last_until", _("Last gift until"), _day(criteria.last_until)),
        ("least", _("Sum at least"), exact_money(least) if least else ""),
        ("status", _("In the last %(days)s", days=PERIODS[period]), str(STATUSES.get(criteria.status, ""))),
    )
    return [Criterion(name, str(label), value) for name, label, value in values if value]


def _days(filters: ListFilters, name: str) -> tuple[date | None, date | None]:
    since, until = filters.day(f"{name}_since"), filters.day(f"{name}_until")
    if since and until and until < since:
        filters.mistakes.append((f"{name}_until", _("The last day is before the first one.")))
    return since, until


def _day(value: date | None) -> str:
    return day(value) if value else ""
