"""What a campaign's settings must be like: its address, the prefix of its receipts, its days and its currencies."""

import re
from collections.abc import Mapping
from datetime import date

from campaign.domain.campaign_state import MAX_YEARS
from campaign.domain.currencies import CURRENCIES, MAX_CHARGE_MINOR, Currency
from campaign.domain.errors import DomainError

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SERIES = re.compile(r"[A-Z]{2,8}")
MAX_SENDER_NAME = 60
"""Characters of a sender's name in one language; mail programs show fewer."""
MAX_SLUG = 60
DEFAULT_MAXIMUM = 20_000
"""The largest gift of a currency that was just added, as a multiple of the least one."""


class BadSlug(DomainError):
    """The address has other characters than small Latin letters, digits and single hyphens, or is too long."""


class SlugTaken(DomainError):
    """Another campaign has this address."""


class SlugIsFixed(DomainError):
    """The campaign was public: people have its address, and gifts its currency."""


class BadSeries(DomainError):
    """The prefix of receipts is not two to eight capital Latin letters."""


class SeriesTaken(DomainError):
    """Another campaign's receipts have this prefix."""


class SeriesIsFixed(DomainError):
    """A receipt of this prefix exists already."""


class BadSenderName(DomainError):
    """The name of the sender has a line break or another control character, or is too long."""


class EndsBeforeStart(DomainError):
    """The last day is not after the first one."""


class TooLong(DomainError):
    """A campaign would go on for more than ten years."""


class UnsupportedCurrency(DomainError):
    """The payment provider does not charge this currency."""


class GoalCurrencyNotSettled(DomainError):
    """Gifts are never credited in this currency, so a goal in it would stay at zero.

    Attributes:
        code: The currency of the goal.
        possible: The currencies in which the payment account is credited, its own first.
    """

    def __init__(self, code: str, possible: tuple[str, ...]) -> None:
        super().__init__(code)
        self.code, self.possible = code, possible


class OwnCurrencyNeeded(DomainError):
    """The currency in which the goal is counted cannot be removed."""


class BadBounds(DomainError):
    """The least gift is below what the provider takes, the largest one above it, or they are the wrong way round."""


class NotInSteps(DomainError):
    """An amount is not a multiple of the least amount in which the currency is charged."""


def check_slug(slug: str) -> str:
    """Return the address of a campaign if it is usable.

    Raises:
        BadSlug: It is not.
    """
    if len(slug) > MAX_SLUG or not SLUG.fullmatch(slug):
        raise BadSlug(slug)
    return slug


def check_series(series: str) -> str:
    """Return the prefix of a campaign's receipts if it is usable; TEST- stands before it for test payments.

    Raises:
        BadSeries: It is not.
    """
    if series == "TEST" or not SERIES.fullmatch(series):
        raise BadSeries(series)
    return series


def check_sender_name(name: Mapping[str, str]) -> Mapping[str, str]:
    """Return the name in which a campaign's emails leave, per language, if it can stand in the header of an email.

    Raises:
        BadSenderName: It cannot.
    """
    if any(len(text) > MAX_SENDER_NAME or not text.isprintable() for text in name.values()):
        raise BadSenderName("sender_name")
    return name


def check_days(starts_on: date, ends_on: date) -> None:
    """Check the first and the last day of a campaign.

    Raises:
        EndsBeforeStart: The last day is not after the first.
        TooLong: There are more than ten years between them.
    """
    if ends_on <= starts_on:
        raise EndsBeforeStart(ends_on.isoformat())
    if ends_on.year > starts_on.year + MAX_YEARS:
        raise TooLong(ends_on.isoformat())


def supported(code: str) -> Currency:
    """Return the table's row of a currency.

    Raises:
        UnsupportedCurrency: The payment provider does not charge it.
    """
    if code not in CURRENCIES:
        raise UnsupportedCurrency(code)
    return CURRENCIES[code]


def check_goal_currency(code: str, settled: tuple[str, ...]) -> None:
    """Check the currency of a goal against those in which the payment account is credited; none are known before it is set up.

    Raises:
        GoalCurrencyNotSettled: The account is credited in others alone.
    """
    if settled and code not in settled:
        raise GoalCurrencyNotSettled(code, settled)


def check_bounds(code: str, minimum_minor: int, maximum_minor: int) -> None:
    """Check the least and the largest gift in a currency, in minor units.

    Raises:
        UnsupportedCurrency: The payment provider does not charge it.
        NotInSteps: One is not a multiple of the currency's step.
        BadBounds: They are outside what the provider takes, or the wrong way round.
    """
    unit = supported(code)
    if minimum_minor % unit.step or maximum_minor % unit.step:
        raise NotInSteps(code)
    if not unit.minimum_minor <= minimum_minor < maximum_minor <= MAX_CHARGE_MINOR:
        raise BadBounds(code)


def default_bounds(code: str) -> tuple[int, int]:
    """Return a least and a largest gift to begin with, in minor units."""
    unit = supported(code)
    most = min(unit.minimum_minor * DEFAULT_MAXIMUM, MAX_CHARGE_MINOR)
    return unit.minimum_minor, most - most % unit.step
