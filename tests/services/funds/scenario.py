"""A campaign with funds that hold money, and what its two members of staff do with it."""

from dataclasses import dataclass

from campaign.database import reading
from campaign.domain.identity import new_public_id
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.models.campaign import Campaign
from campaign.models.fund import Fund
from campaign.services.funds.allocations import AllocationPreview, Move, approve, preview, propose
from campaign.services.ledger.sums import balance_of
from tests.support.fakes import SettableClock


@dataclass
class Funds:
    """A campaign with 100 dollars for anything and 50 for events, an event, a grant, and two people."""

    campaign: Campaign
    general: Fund
    theme: Fund
    event: Fund
    child: Fund
    grant: Fund
    proposer: int
    approver: int
    clock: SettableClock

    @property
    def campaign_id(self) -> int:
        return self.campaign.id

    def move(self, amount: Money, *, source: Fund | None = None, target: Fund | None = None) -> Move:
        return Move(
            campaign_id=self.campaign_id,
            kind=EntryKind.ALLOCATION,
            source=(source or self.general).public_id,
            target=(target or self.event).public_id,
            amount=amount,
        )

    def back(self, amount: Money, *, source: Fund, target: Fund) -> Move:
        return Move(
            campaign_id=self.campaign_id,
            kind=EntryKind.TAKE_BACK,
            source=source.public_id,
            target=target.public_id,
            amount=amount,
        )

    def propose(self, move: Move) -> str:
        return propose(
            move, public_id=new_public_id(), reason="It is planned", actor_id=self.proposer, clock=self.clock
        )

    def approve(self, public_id: str, *, figures: str | None = None) -> None:
        approve(public_id, actor_id=self.approver, clock=self.clock, figures=figures)

    def preview(self, move: Move) -> AllocationPreview:
        with reading() as session:
            return preview(session, move)

    def holds(self, fund: Fund) -> Money:
        with reading() as session:
            return balance_of(session, fund.id, "USD")
