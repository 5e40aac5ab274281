"""The results of the provider's conversions, by the currency given: sums of postings, read only."""

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from campaign.domain.journal import Account
from campaign.models.fund import Fund
from campaign.models.journal import JournalEntry, Posting
from campaign.services.ledger.sums import subjects_on_hold


def converted_into(session: Session, *, campaign_id: int, currency: str) -> dict[str, int]:
    """Return currency given → minor units of `currency` received for it, less refunds and disputes, without held gifts.

    An entry that converts has one line on the trading account in each of its two currencies.
    """
    is_here = Posting.currency == currency
    each = (
        select(
            func.max(case((~is_here, Posting.currency))).label("given_in"),
            func.sum(case((is_here, -Posting.amount_minor), else_=0)).label("minor"),
        )
        .join(Fund, Fund.id == Posting.fund_id)
        .where(Fund.campaign_id == campaign_id, Posting.account == Account.TRADING)
        .where(
            Posting.entry_id.not_in(
                select(JournalEntry.id).where(JournalEntry.subject.in_(subjects_on_hold(campaign_id)))
            )
        )
        .group_by(Posting.entry_id)
        .subquery()
    )
    sums = select(each.c.given_in, func.sum(each.c.minor)).where(each.c.given_in.is_not(None)).group_by(each.c.given_in)
    return {code: int(minor) for code, minor in session.execute(sums)}
