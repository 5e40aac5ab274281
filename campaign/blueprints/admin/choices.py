"""The choices of select fields, the empty one first where there is one."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import LazyString
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from campaign.blueprints.admin.words import Word
from campaign.i18n import exact_money, text_of
from campaign.services.campaigns.cards import CampaignCard
from campaign.services.funds.balances import FundRow
from campaign.services.staff.accounts import StaffRow


def states(words: Mapping[str, Word], empty: str) -> list[SelectChoice]:
    """States by their words, with one choice for all of them."""
    return [SelectChoice("", empty), *(SelectChoice(key, str(word[0])) for key, word in words.items())]


def named(words: Mapping[str, LazyString | str], empty: str) -> list[SelectChoice]:
    """Names by their words, with one choice for all of them."""
    return [SelectChoice("", empty), *(SelectChoice(str(key), str(word)) for key, word in words.items())]


def codes(values: Iterable[str], empty: str | None = None) -> list[SelectChoice]:
    """Currency codes, which are their own words."""
    return [*([SelectChoice("", empty)] if empty is not None else []), *map(SelectChoice, values)]


def funds(rows: Iterable[FundRow], empty: str, *, with_balance: bool = False) -> list[SelectChoice]:
    """Funds by title and code, and what they hold."""
    return [
        SelectChoice("", empty),
        *(SelectChoice(row.public_id, _fund(row, with_balance=with_balance)) for row in rows),
    ]


def currencies_of(rows: Iterable[FundRow], first: str) -> list[SelectChoice]:
    """The currencies that these funds hold, the campaign's own first."""
    currencies = {amount.currency for row in rows for amount in row.balances}
    return codes(sorted(currencies, key=lambda code: (code != first, code)))


def people(rows: Sequence[StaffRow], empty: str) -> list[SelectChoice]:
    """People by name."""
    return [SelectChoice("", empty), *(SelectChoice(str(row.id), row.name) for row in rows)]


def campaigns(cards: Iterable[CampaignCard]) -> list[SelectChoice]:
    """Campaigns by name."""
    return [SelectChoice(card.slug, text_of(card.name)) for card in cards]


def _fund(row: FundRow, *, with_balance: bool) -> str:
    label = f"{text_of(row.title)} ({row.code})"
    if not with_balance:
        return label
    return f"{label}: {', '.join(exact_money(amount) for amount in row.balances) or _('nothing')}"
