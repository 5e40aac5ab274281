"""What the lists of choices on the desk's pages offer: (value, words), the empty one first where there is one."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import LazyString

from campaign.blueprints.admin.words import Word
from campaign.i18n import exact_money, text_of
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.funds.balances import FundRow
from campaign.services.staff.accounts import StaffRow

Choice = tuple[str, str]


def states(words: Mapping[str, Word], empty: str) -> list[Choice]:
    """States by their words, with one choice for all of them."""
    return [("", empty), *((key, str(word[0])) for key, word in words.items())]


def named(words: Mapping[str, LazyString | str], empty: str) -> list[Choice]:
    """Names by their words, with one choice for all of them."""
    return [("", empty), *((str(key), str(word)) for key, word in words.items())]


def codes(found: Iterable[str], empty: str | None = None) -> list[Choice]:
    """Currency codes, which are their own words."""
    return [*([("", empty)] if empty is not None else []), *((code, code) for code in found)]


def funds(rows: Iterable[FundRow], empty: str, *, with_balance: bool = False) -> list[Choice]:
    """Funds by title and code, and what they hold."""
    return [("", empty), *((row.public_id, _fund(row, with_balance=with_balance)) for row in rows)]


def currencies_of(rows: Iterable[FundRow], first: str) -> list[Choice]:
    """The currencies that these funds hold, the campaign's own first."""
    held = {amount.currency for row in rows for amount in row.balances}
    return codes(sorted(held, key=lambda code: (code != first, code)))


def people(rows: Sequence[StaffRow], empty: str) -> list[Choice]:
    return [("", empty), *((str(row.id), row.name) for row in rows)]


def campaigns(cards: Iterable[CampaignCard]) -> list[Choice]:
    return [(card.slug, text_of(card.name)) for card in cards]


def _fund(row: FundRow, *, with_balance: bool) -> str:
    label = f"{text_of(row.title)} ({row.code})"
    return f"{label}: {', '.join(exact_money(held) for held in row.balances)}" if with_balance else label
