"""Filters of the list of donors as a segment stores them, and checked whenever they are read.

The keys are those of the page's address. Days are YYYY-MM-DD, an amount is in minor units of its currency, and the period
of a status is a number of days, so that a segment of new donors is always about the newest.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date

from campaign.domain.donation import DonationFrequency
from campaign.domain.donor import DonorStatus, SegmentUnreadable
from campaign.domain.folding import MAX_QUERY
from campaign.domain.identity import is_public_id
from campaign.domain.money import CURRENCIES
from campaign.services.donors.filters import DEFAULT_PERIOD, PERIODS, DonorFilter

DAYS = ("first_since", "first_until", "last_since", "last_until")
MAX_MINOR = 10**15
MAX_STORED = 4000
"""Characters of the JSON of a segment."""


def stored(filters: DonorFilter) -> dict[str, object]:
    """Return a filter as it is stored; what selects all is left out."""
    values: dict[str, object] = {
        "text": filters.text,
        "fund": filters.fund,
        "language": filters.language,
        "currency": filters.currency,
        "frequency": filters.frequency,
        "status": filters.status,
        "tag": filters.tag,
        **{name: day.isoformat() for name in DAYS if (day := getattr(filters, name))},
    }
    if filters.least_minor is not None:
        values["least_minor"] = filters.least_minor
    if filters.status:
        values["period_days"] = filters.period_days
    return {name: value for name, value in values.items() if value != ""}


def read_stored(values: Mapping[str, object], *, campaign_id: int, as_of: date) -> DonorFilter:
    """Return the filter that was stored.

    Raises:
        SegmentUnreadable: A key is unknown, a value is none that the list offers, or an amount has no currency.
    """
    if len(json.dumps(dict(values), ensure_ascii=False)) > MAX_STORED or not set(values) <= set(CHECKS):
        raise SegmentUnreadable(", ".join(sorted(set(values) - set(CHECKS))))
    for name, value in values.items():
        if not CHECKS[name](value):
            raise SegmentUnreadable(name)
    if "least_minor" in values and "currency" not in values:
        raise SegmentUnreadable("currency")
    days = {name: date.fromisoformat(str(values[name])) if name in values else None for name in DAYS}
    least = values.get("least_minor")
    return DonorFilter(
        campaign_id=campaign_id,
        as_of=as_of,
        text=str(values.get("text", "")),
        fund=str(values.get("fund", "")),
        language=str(values.get("language", "")),
        currency=str(values.get("currency", "")),
        frequency=str(values.get("frequency", "")),
        status=str(values.get("status", "")),
        tag=str(values.get("tag", "")),
        least_minor=int(str(least)) if least is not None else None,
        period_days=int(str(values.get("period_days", DEFAULT_PERIOD))),
        first_since=days["first_since"],
        first_until=days["first_until"],
        last_since=days["last_since"],
        last_until=days["last_until"],
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_QUERY


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_minor(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_MINOR


CHECKS: Mapping[str, Callable[[object], bool]] = {
    "text": _is_text,
    "tag": _is_text,
    "language": _is_text,
    "fund": lambda value: isinstance(value, str) and is_public_id(value),
    "currency": lambda value: value in CURRENCIES,
    "frequency": lambda value: value in set(DonationFrequency),
    "status": lambda value: value in set(DonorStatus),
    "period_days": lambda value: value in PERIODS and not isinstance(value, bool),
    "least_minor": _is_minor,
    **dict.fromkeys(DAYS, _is_day),
}
"""Key → whether a value is one that the list offers."""
