"""What was requested of a monthly gift, done at the provider; a new card for several gifts is in `moving`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaign.domain.money import Money
from campaign.domain.pledge import Act
from campaign.gateways.payments import PaymentGateway
from campaign.gateways.pledges import PledgeTerms
from campaign.services.campaigns.item_names import fee_name, purpose_line
from campaign.services.pledges.card_for_all import is_another_card
from campaign.services.queues.work_queue import ClaimedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedAct:
    """A request that a worker claimed, with what the provider is to know."""

    claim: ClaimedRow
    public_id: str
    act: Act
    detail: dict[str, Any]  # JSON of the act's own
    pledge_id: int
    subscription_id: str
    currency: str
    name: str
    purpose: dict[str, str]
    language: str
    ends_at: datetime | None


def act_at_provider(due: RequestedAct, *, payments: PaymentGateway) -> bool:
    """Ask the provider; False where there was nothing to do yet.

    Each try has a key of its own: the acts say how it shall be, not what to add, so a second one changes nothing, and a
    failure that the provider keeps under a key would else be its answer for a day.
    """
    pledges, subscription_id = payments.pledges, due.subscription_id
    key = f"pledge-{due.public_id}-{due.claim.attempts}"
    match due.act:
        case Act.CHANGE:
            gift, cover = int(due.detail["gift_minor"]), int(due.detail["cover_minor"])
            terms = PledgeTerms(
                gift=Money(gift, due.currency),
                cover=Money(cover, due.currency),
                gift_name=due.name,
                gift_description=purpose_line(due.purpose, due.language),
                cover_name=fee_name(due.language),
            )
            pledges.change(pledges.pledge(subscription_id), terms, key=key)
        case Act.PAUSE | Act.SKIP:
            until = due.detail.get("until")
            pledges.pause(subscription_id, until=datetime.fromisoformat(until) if until else None, key=key)
        case Act.RESUME:
            pledges.resume(subscription_id, key=key)
        case Act.STOP_LATER:
            pledges.stop_later(subscription_id, stops=True, key=key)
        case Act.KEEP:
            _keep(due, payments=payments, key=key)
        case Act.STOP:
            pledges.stop(subscription_id, key=key)
        case Act.UPDATE_CARD:
            is_new = pledges.take_new_card(subscription_id, key=key)
            return is_new or is_another_card(due.detail, pledges.pledge(subscription_id).card)
    return True


def _keep(due: RequestedAct, *, payments: PaymentGateway, key: str) -> None:
    """Take «stop later» back, and put the end with the campaign in its place again."""
    payments.pledges.stop_later(due.subscription_id, stops=False, key=key)
    if due.ends_at:
        payments.pledges.stop_at(due.subscription_id, at=due.ends_at, key=f"{key}-end")
