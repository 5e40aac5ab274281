"""The form's choices as its page draws them, in the reader's language."""

from datetime import datetime
from decimal import Decimal

from babel.numbers import format_percent
from flask_babel import gettext as _

from campaign.domain.money import Money, currency
from campaign.domain.pledge_dates import months_later
from campaign.i18n import currency_name, current_language, day, money, text_of
from campaign.services.campaigns.form_options import GivingOptions, Offer

__all__ = [
    "amounts",
    "currency_name",
    "each_month",
    "fee_share",
    "frequencies",
    "money_sample",
    "monthly_hint",
    "next_month",
    "purposes",
    "step",
    "typed_amount",
]
SHORTEST_MONTH = 28
Choice = tuple[str, str, str | None]
"""(value, label, hint)"""


def amounts(offer: Offer) -> list[Choice]:
    """The offered amounts with what each makes possible."""
    return [
        (typed_amount(preset.amount), money(preset.amount), text_of(preset.impact))
        for preset in offer.presets
        if preset.amount.minor >= offer.minimum.minor
    ]


def frequencies(at: datetime, options: GivingOptions) -> list[Choice]:
    """Once or every month; only once where the campaign ends before a second payment."""
    once: Choice = ("once", _("One time"), None)
    return [once, ("monthly", _("Every month"), None)] if options.takes_monthly(at) else [once]


def next_month(at: datetime) -> datetime:
    """The day of the second payment of a monthly gift that begins now."""
    return months_later(at, 1)


def monthly_hint(at: datetime, options: GivingOptions) -> str:
    """What a month means: begun now, charged again a month later by the provider, ended with the campaign."""
    monthly = _(
        "You give today and then every month, next on %(day)s, until you stop. Every email has a link "
        "to change, pause or stop it, without signing in.",
        day=day(next_month(at)),
    )
    until = _("It ends with the campaign on %(day)s.", day=day(options.ends_on))
    return f"{monthly} {until}"


def purposes(options: GivingOptions) -> list[Choice]:
    """The funds that may be chosen, the general one first."""
    return [(purpose.code, text_of(purpose.title), text_of(purpose.summary)) for purpose in options.purposes]


def fee_share(offer: Offer) -> str:
    """The part of the fee that grows with the gift, as the reader's language writes it: `2.9%`, `2,9 %`."""
    share = Decimal(offer.fee.basis_points) / 10_000
    return format_percent(share, locale=current_language(), decimal_quantization=False)


def money_sample(offer: Offer) -> str:
    """An amount written out, from which the page's script learns how the reader's language writes money."""
    return money(Money(12_345_67 * 10 ** currency(offer.currency).exponent // 100, offer.currency))


def each_month(on: int) -> str:
    """On which day of each month: “on the 22nd of each month”. A month that has no such day has a last one."""
    nth = _ordinal(on) if current_language() == "en" else str(on)
    if on > SHORTEST_MONTH:
        return str(_("on the %(nth)s of each month, or on its last day", nth=nth))
    return str(_("on the %(nth)s of each month", nth=nth))


def _ordinal(number: int) -> str:
    """`1st`, `22nd`, `13th`: English has no other way to name a day of the month in a sentence."""
    is_teen = number // 10 == 1
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def step(offer: Offer) -> int:
    """The least difference between two amounts, in minor units."""
    return currency(offer.currency).step


def typed_amount(amount: Money) -> str:
    """An amount as one types it: `25`, `25.50`."""
    return amount.plain
