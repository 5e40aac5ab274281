"""What the provider's answer changes in the row of a monthly gift, and which changes go into its history."""

from datetime import datetime
from typing import Any

from campaign.domain.pledge import PledgeEndReason, PledgeState, PledgeWord, state_by_provider
from campaign.domain.pledge_dates import next_gift
from campaign.gateways.pledges import PledgeFacts
from campaign.models.pledge import Pledge


def changed_columns(pledge: Pledge, facts: PledgeFacts, *, end: datetime) -> dict[str, Any]:
    """The columns that follow the provider; no charge is expected at the end of the campaign or later."""
    state = state_by_provider(PledgeState(pledge.state), facts.word)
    is_stopped, is_stopping = state is PledgeState.STOPPED, state is PledgeState.STOPPING
    goes_on = not is_stopped and not is_stopping
    next_at = next_gift(facts.anchor_at, facts.period_ends_at, facts.paused_until)
    has_next = goes_on and (facts.word is not PledgeWord.PAUSED or facts.paused_until is not None)
    has_next = has_next and next_at < min(end, facts.stops_at or end)
    card, due = facts.card, None if is_stopped else facts.due
    return {
        "state": state.value,
        "status": facts.status,
        "gift_minor": facts.amount.minor - facts.cover_minor,
        "cover_minor": facts.cover_minor,
        "customer_id": facts.customer_id,
        "item_id": facts.item_ids[0],
        "anchor_at": facts.anchor_at,
        "card_brand": card.brand if card else None,
        "card_last4": card.last4 if card else None,
        "card_expires_on": card.expires_on if card else None,
        "next_at": next_at if has_next else None,
        "paused_until": facts.paused_until if goes_on else None,
        "stops_at": (facts.stops_at or facts.period_ends_at) if is_stopping else None,
        "due_invoice_id": due.invoice_id if due else None,
        "due_reason": due.reason if due else None,
        "due_url": due.url if due else None,
        "due_next_at": due.next_at if due else None,
    }


def campaign_end_columns(pledge: Pledge, facts: PledgeFacts, *, state: str, end: datetime) -> dict[str, Any]:
    """What of the campaign's end the answer tells: whether it ends with it, and whether that is to be planned anew."""
    is_stopping = state == PledgeState.STOPPING
    is_with_campaign = is_stopping and facts.stops_at is not None and facts.stops_at >= end
    was_changed = facts.stops_at != pledge.ends_at and (not is_stopping or is_with_campaign)
    return {
        "end_reason": PledgeEndReason.CAMPAIGN if is_with_campaign else None,
        "ends_at_for": None if was_changed else pledge.ends_at_for,
    }


def history_of(pledge: Pledge, news: dict[str, Any]) -> "list[tuple[str, dict[str, object]]]":
    """What of the news is worth a line in the pledge's history."""
    history: list[tuple[str, dict[str, object]]] = []
    if "state" in news:
        detail: dict[str, object] = {"from": pledge.state}
        if news["state"] == PledgeState.STOPPED:
            detail["reason"] = news.get("end_reason", pledge.end_reason)
        history.append((news["state"], detail))
    if {"gift_minor", "cover_minor"} & news.keys() and pledge.version:
        gift, cover = news.get("gift_minor", pledge.gift_minor), news.get("cover_minor", pledge.cover_minor)
        history.append(("amount", {"minor": gift + cover, "was_minor": pledge.gift_minor + pledge.cover_minor}))
    if "card_last4" in news and pledge.card_last4:
        history.append(("card", {"last4": news["card_last4"]}))
    if news.get("due_invoice_id"):
        history.append(("unpaid", {"invoice": news["due_invoice_id"], "reason": news.get("due_reason")}))
    return history
