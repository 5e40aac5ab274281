"""The filters of the list of donors: read from its address, written into one, and said in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import lazy_ngettext, pgettext

from campaign.blueprints.admin import words
from campaign.blueprints.admin.donors.words import STATUSES
from campaign.blueprints.admin.filters import ListFilters
from campaign.days import local_day
from campaign.domain.donor import DonorStatus
from campaign.domain.folding import MAX_QUERY, fold
from campaign.domain.fund import COLLECTING_KINDS
from campaign.domain.money import CURRENCIES, Money
from campaign.gateway_registry import current_context
from campaign.i18n import LANGUAGES, day, exact_money, text_of
from campaign.languages import language_name
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.donors.filters import DEFAULT_PERIOD, PERIODS, DonorFilter
from campaign.services.donors.tags import campaign_tags
from campaign.services.funds.balances import FundRow, funds

PERIOD_NAMES = {str(days): lazy_ngettext("%(num)s day", "%(num)s days", days) for days in PERIODS}


@dataclass(frozen=True, slots=True)
class Criterion:
    """A filter that is in use: its parameter, and it in words."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class DonorChoices:
    """What the filters of a campaign's list can be: its purposes by public id, and its tags by their folded names."""

    card: CampaignCard
    purposes: Mapping[str, FundRow]
    tags: Mapping[str, str]
    today: date

    @classmethod
    def of(cls, card: CampaignCard) -> "DonorChoices":
        """Read the purposes and tags of a campaign."""
        purposes = {row.public_id: row for row in funds(card.id) if row.kind in COLLECTING_KINDS}
        today = local_day(current_context().clock.now())
        return cls(card=card, purposes=purposes, tags=campaign_tags(card.id), today=today)

    def read(self, filters: ListFilters) -> DonorFilter:
        """Read the filters of an address; mistakes are noted in `filters`.

        An amount without a currency is one of the campaign's own currency.
        """
        currency = filters.choice("currency", CURRENCIES)
        least = filters.money("least", currency or self.card.currency)
        first_since, first_until = _days(filters, "first")
        last_since, last_until = _days(filters, "last")
        return DonorFilter(
            campaign_id=self.card.id,
            as_of=self.today,
            text=filters.text("text")[:MAX_QUERY],
            fund=filters.choice("fund", self.purposes),
            language=filters.choice("language", LANGUAGES),
            currency=least.currency if least else currency,
            frequency=filters.choice("frequency", words.FREQUENCIES),
            first_since=first_since,
            first_until=first_until,
            last_since=last_since,
            last_until=last_until,
            least_minor=least.minor if least else None,
            status=filters.choice("status", [status.value for status in DonorStatus]),
            period_days=int(filters.choice("days", PERIOD_NAMES) or DEFAULT_PERIOD),
            tag=fold(filters.text("tag"))[:MAX_QUERY],
            before=filters.text("before"),
        )

    def in_words(self, criteria: DonorFilter) -> list[Criterion]:
        """Return the filters in use, in the order of the form."""
        least = Money(criteria.least_minor, criteria.currency) if criteria.least_minor is not None else None
        purpose = self.purposes.get(criteria.fund)
        period = _("In the last %(days)s", days=PERIOD_NAMES[str(criteria.period_days)])
        values = (
            ("text", _("Text"), criteria.text),
            ("fund", _("Purpose"), text_of(purpose.title) if purpose else criteria.fund),
            ("language", _("Language"), language_name(criteria.language) if criteria.language else ""),
            ("currency", _("Currency"), "" if least else criteria.currency),
            ("frequency", _("How often"), str(words.FREQUENCIES.get(criteria.frequency, ""))),
            ("first_since", _("First gift from"), _day(criteria.first_since)),
            ("first_until", _("First gift until"), _day(criteria.first_until)),
            ("last_since", _("Last gift from"), _day(criteria.last_since)),
            ("last_until", _("Last gift until"), _day(criteria.last_until)),
            ("least", _("Sum at least"), exact_money(least) if least else ""),
            ("status", period, str(STATUSES.get(criteria.status, ""))),
            ("tag", pgettext("donors", "Tag"), self.tags.get(criteria.tag, criteria.tag)),
        )
        return [Criterion(name, str(label), value) for name, label, value in values if value]


def address_query(criteria: DonorFilter) -> str:
    """Return the filters as the list's address has them."""
    least = Money(criteria.least_minor, criteria.currency).plain if criteria.least_minor is not None else ""
    days = {name: getattr(criteria, name) for name in ("first_since", "first_until", "last_since", "last_until")}
    values = {
        "text": criteria.text,
        "fund": criteria.fund,
        "frequency": criteria.frequency,
        "language": criteria.language,
        "currency": criteria.currency,
        "least": least,
        **{name: value.isoformat() if value else "" for name, value in days.items()},
        "status": criteria.status,
        "days": str(criteria.period_days) if criteria.status else "",
        "tag": criteria.tag,
    }
    return urlencode({name: value for name, value in values.items() if value})


def _days(filters: ListFilters, name: str) -> tuple[date | None, date | None]:
    since, until = filters.day(f"{name}_since"), filters.day(f"{name}_until")
    if since and until and until < since:
        filters.mistakes.append((f"{name}_until", _("The last day is before the first one.")))
    return since, until


def _day(value: date | None) -> str:
    return day(value) if value else ""
