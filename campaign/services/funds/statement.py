"""The fund statement: the receipts and payments of every fund, the same columns on screen and in the file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.database import reading
from campaign.domain.money import Money
from campaign.services.ledger import sums
from campaign.services.ledger.sums import FundFlow

COLUMNS: tuple[tuple[LazyString, Callable[[FundFlow], int]], ...] = (
    (_("Contributions"), lambda flow: flow.contributed_minor),
    (_("Fees covered by donors"), lambda flow: flow.fees_covered_minor),
    (_("Refunds"), lambda flow: -flow.refunded_minor),
    (_("Chargebacks"), lambda flow: -flow.charged_back_minor),
    (_("Conversion"), lambda flow: flow.converted_minor),
    (_("Fees"), lambda flow: -flow.fees_minor),
    (_("Moved in"), lambda flow: flow.transferred_in_minor),
    (_("Moved out"), lambda flow: -flow.transferred_out_minor),
    (_("Spent"), lambda flow: -flow.spent_minor),
    (_("Balance"), lambda flow: flow.balance_minor),
)
"""Each column's name and its signed amount; the balance is the sum of those before it."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One fund in one currency, or with no fund the total of a currency; the amounts are in the order of `COLUMNS`."""

    fund_id: int | None
    currency: str
    amounts: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class FundStatement:
    """Every fund's rows, and the totals by currency."""

    rows: Sequence[StatementRow]
    totals: Sequence[StatementRow]


def fund_statement_of(campaign_id: int) -> FundStatement:
    """Return the statement of this moment; funds without a posting have no row."""
    with reading() as session:
        flows = sums.fund_flows(session, campaign_id=campaign_id)
    rows = [StatementRow(flow.fund_id, flow.currency, _amounts(flow)) for flow in flows]
    return FundStatement(rows, [_total(currency, rows) for currency in sorted({row.currency for row in rows})])


def _amounts(flow: FundFlow) -> tuple[Money, ...]:
    return tuple(Money(amount(flow), flow.currency) for _name, amount in COLUMNS)


def _total(currency: str, rows: Sequence[StatementRow]) -> StatementRow:
    columns = zip(*(row.amounts for row in rows if row.currency == currency), strict=True)
    return StatementRow(None, currency, tuple(sum(column, Money(0, currency)) for column in columns))
