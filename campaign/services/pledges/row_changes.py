"""What the provider's answer changes in the row of a monthly gift, and which changes go into its history."""

from datetime import datetime
from typing import Any

from campaign.domain.pledge import PledgeEndReason, PledgeState, PledgeWord, state_by_provider
from campaign.domain.pledge_dates import next_gift
from campaign.gateways.pledges import CardOnFile, GiftDue, PledgeFacts
from campaign.models.pledge import Pledge


def changed_columns(pledge: Pledge, facts: PledgeFacts, *, end: datetime) -> dict[str, Any]:
    """The columns that follow the provider; no charge is expected at the end of the campaign or later."""
    state = state_by_provider(PledgeState(pledge.state), facts.word)
    is_stopped, is_stopping = state is PledgeState.STOPPED, state is PledgeState.STOPPING
    goes_on = not is_stopped and not is_stopping
    return {
        "state": state.value,
        "status": facts.status,
        "gift_minor": facts.amount.minor - facts.cover_minor,
        "cover_minor": facts.cover_minor,
        "customer_id": facts.customer_id,
        "item_id": facts.item_ids[0],
        "anchor_at": facts.anchor_at,
        "next_at": _next_at(facts, end=end) if goes_on else None,
        "paused_until": facts.paused_until if goes_on else None,
        "stops_at": (facts.stops_at or facts.period_ends_at) if is_stopping else None,
        **({} if is_stopped and pledge.card_last4 is None else _card_columns(facts.card)),  # it may be erased
        **_due_columns(None if is_stopped else facts.due),
    }


def _next_at(facts: PledgeFacts, *, end: datetime) -> datetime | None:
    """When a monthly gift that goes on is charged next; None while it is paused without a date, and after its last."""
    if facts.word is PledgeWord.PAUSED and facts.paused_until is None:
        return None
    next_at = next_gift(facts.anchor_at, facts.period_ends_at, facts.paused_until)
    return next_at if next_at < min(end, facts.stops_at or end) else None


def _card_columns(card: CardOnFile | None) -> dict[str, Any]:
    return {f"card_{name}": getattr(card, name) if card else None for name in ("brand", "last4", "expires_on")}


def _due_columns(due: GiftDue | None) -> dict[str, Any]:
    return {f"due_{name}": getattr(due, name) if due else None for name in ("invoice_id", "reason", "url", "next_at")}


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
