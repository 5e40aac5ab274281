"""The data map in the words of the privacy page: what is stored, why, how long, and who receives it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from flask_babel import LazyString, ngettext

from campaign.domain.retention import DAYS, RetentionName
from campaign.i18n import number
from campaign.services.privacy.data_entry import BASES, PERIODS, RECIPIENTS, DataEntry
from campaign.services.privacy.data_map import DATA_MAP

YEAR_DAYS = 365.25
MIN_DAYS_IN_YEARS = 730
"""Longer periods are said in years where they are whole ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyEntry:
    """One kind of data as the page shows it."""

    title: LazyString
    what: LazyString
    why: LazyString
    basis: LazyString
    periods: Sequence[str]
    recipients: Sequence[LazyString]


def privacy_entries() -> list[PrivacyEntry]:
    """Return the whole data map, with the periods of this installation."""
    return [
        PrivacyEntry(
            title=entry.title,
            what=entry.what,
            why=entry.why,
            basis=BASES[entry.basis],
            periods=_periods(entry),
            recipients=[RECIPIENTS[recipient] for recipient in entry.recipients],
        )
        for entry in DATA_MAP
    ]


def days_in_words(days: int) -> str:
    """Return a period: in years where it is some whole ones, else in days."""
    years = round(days / YEAR_DAYS)
    if days >= MIN_DAYS_IN_YEARS and abs(days - years * YEAR_DAYS) < 1:
        return str(ngettext("%(years)s year", "%(years)s years", years, years=number(years)))
    return str(ngettext("%(days)s day", "%(days)s days", days, days=number(days)))


def _periods(entry: DataEntry) -> list[str]:
    own = current_app.config["KURAK"].retention_days
    return [
        str(PERIODS[period] % {"days": days_in_words(own.get(period, DAYS[period]))})
        if isinstance(period, RetentionName)
        else str(period)
        for period in entry.periods
    ]
