"""What of a fund's money may be moved or paid out, read from the books."""

from sqlalchemy import Select, func, select

from campaign.models.fund import Fund
from campaign.models.journal import Posting


def funds_below_zero() -> Select[str, str, int]:
    """The query of funds, of any campaign, that hold less than nothing in a currency: code, currency and balance."""
    owed = func.sum(Posting.amount_minor)
    return (
        select(Fund.code, Posting.currency, (-owed).label("balance_minor"))
        .join(Fund, Fund.id == Posting.fund_id)
        .group_by(Fund.id, Fund.code, Posting.currency)
        .having(owed > 0)
        .order_by(Fund.id, Posting.currency)
    )
