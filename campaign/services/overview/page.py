"""The first page for staff: what needs attention, the figures of the campaign, and the latest acts.

Every sum is a sum of postings or of paid gifts; the number of queries is fixed, however many gifts there are. The
campaign's money comes from its public page (`services/campaigns/transparency.py`), so the two cannot differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign.database import reading
from campaign.days import local_day
from campaign.domain.money import Money
from campaign.services.campaigns.transparency import Transparency, transparency_of
from campaign.services.overview.attention import EMPTY_QUEUE, AttentionItem, Queue, attention_items, queue_of_work
from campaign.services.overview.figures import (
    DayFigures,
    GivenFigures,
    TargetFigures,
    day_figures,
    given_figures,
    target_figures,
)
from campaign.services.pledges.listing import MonthlyValue, monthly_values_in
from campaign.services.reconciliation import listing as reconciliation_desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything on the page but the audit trail."""

    concerns: Sequence[AttentionItem]
    money: Transparency
    monthly: Sequence[MonthlyValue]
    given: Sequence[GivenFigures]  # only currencies that have gifts
    days: Sequence[DayFigures]
    targets: Sequence[TargetFigures]
    queue: Queue

    @property
    def unallocated(self) -> Money:
        """Return what is still in the general and the themes' funds, in the campaign's currency."""
        left = (purpose.in_currency(self.money.currency).left_minor for purpose in self.money.purposes)
        return Money(sum(left), self.money.currency)


def overview(campaign_id: int, currency: str, *, at: datetime, with_shared: bool = True) -> Overview:
    """Return the figures of this moment; `currency` is the campaign's: its ledger and the two charts use it.

    `with_shared` adds what concerns the whole installation: the inbox, the outbox, the comparison with the provider.
    """
    money = transparency_of(campaign_id, currency)
    with reading() as session:
        queue = queue_of_work(session) if with_shared else EMPTY_QUEUE
        shared = reconciliation_desk.concerns(session, at=at) if with_shared else {}
        return Overview(
            concerns=attention_items(session, campaign_id, queue=queue, shared=shared, targets=money.targets, at=at),
            money=money,
            monthly=monthly_values_in(session, campaign_id),
            given=given_figures(session, campaign_id, money),
            days=day_figures(session, campaign_id, currency, today=local_day(at)),
            targets=[target_figures(fund, currency) for fund in money.targets],
            queue=queue,
        )
