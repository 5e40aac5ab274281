"""Moves a monthly gift to another customer of Stripe, whose card is charged from then on.

A card belongs to one customer, and a subscription to one customer for ever. So the old subscription is reserved, a new
one replaces it from the next charge on, and the old one is canceled.
"""

from typing import Any, Final

from campaign.gateways.payments import PaymentRefused
from campaign.gateways.pledges import PledgeFacts, PledgeMove, PledgeTerms
from campaign.gateways.stripe_client import StripeClient, translated
from campaign.gateways.stripe_facts import Object

GONE: Final = {"canceled", "incomplete_expired"}


def monthly_prices(client: StripeClient, terms: PledgeTerms, *, key: str) -> list[Object]:
    """Return the prices of a subscription's items: the gift, and the fee if the donor adds it.

    Each has a product of its own: that of a payment page was made for that page alone, and takes no other price.
    """
    parts = [(terms.gift, terms.gift_name, terms.gift_description, "gift")]
    if terms.cover.minor:
        parts.append((terms.cover, terms.cover_name, "", "fee"))
    prices: list[Object] = []
    for amount, name, description, part in parts:
        product: Any = {"name": name[:250], **({"description": description[:500]} if description else {})}
        made = client.v1.products.create(product, {"idempotency_key": f"{key}-{part}"})
        prices.append(
            {
                "currency": amount.currency.lower(),
                "product": made.id,
                "recurring": {"interval": "month"},
                "unit_amount": amount.minor,
            }
        )
    return prices


class StripePledgeMoves:
    """A PledgeMoves over HTTP."""

    def __init__(self, client: StripeClient) -> None:
        self._client = client
        self._v1 = client.v1

    def charge_card(self, subscription_id: str, card_id: str, *, key: str) -> None:
        self._update(subscription_id, key=key, default_payment_method=card_id)

    def hold(self, subscription_id: str, *, request_id: str, key: str) -> None:
        mark = {"held_for": request_id}
        self._update(subscription_id, key=key, cancel_at_period_end=True, metadata=mark, proration_behavior="none")

    def release(self, subscription_id: str, *, key: str) -> None:
        mark = {"held_for": ""}
        self._update(subscription_id, key=key, cancel_at_period_end=False, metadata=mark, proration_behavior="none")

    def begin(self, old: PledgeFacts, move: PledgeMove) -> str:
        with self._client.place(), translated():
            subscription = self._begun(move) or self._create(old, move)
            if move.is_paused and not subscription.get("pause_collection"):
                until = {"resumes_at": int(move.paused_until.timestamp())} if move.paused_until else {}
                params: Any = {"pause_collection": {"behavior": "void", **until}}
                key = f"move-{move.request_id}-{subscription['id']}-pause"
                self._v1.subscriptions.update(subscription["id"], params, {"idempotency_key": key})
            return str(subscription["id"])

    def undo(self, move: PledgeMove) -> None:
        with self._client.place(), translated():
            subscription = self._begun(move)
            if subscription is not None:
                self._cancel(subscription, move)

    def _begun(self, move: PledgeMove) -> Object | None:
        """Return what an earlier attempt created, however long ago: Stripe forgets an idempotency key after a day."""
        params: Any = {"customer": move.customer_id, "status": "all", "limit": 100}
        for one in self._v1.subscriptions.list(params).auto_paging_iter():
            subscription: Object = one.to_dict()
            is_of_move = (subscription.get("metadata") or {}).get("moved_by") == move.request_id
            if is_of_move and subscription["status"] not in GONE:
                return subscription
        return None

    def _create(self, old: PledgeFacts, move: PledgeMove) -> Object:
        at = old.anchor_at
        day = {"day_of_month": at.day, "hour": at.hour, "minute": at.minute, "second": at.second}
        key = f"move-{move.request_id}"
        params: Any = {
            "customer": move.customer_id,
            "default_payment_method": move.card_id,
            "off_session": True,
            # Without proration Stripe makes no invoice until the first charge on that day.
            "proration_behavior": "none",
            "billing_cycle_anchor_config": day,
            "metadata": {
                "donation": old.donation_public_id or "",
                "cover": str(move.terms.cover.minor),
                "moved_by": move.request_id,
            },
            "items": [{"price_data": price} for price in monthly_prices(self._client, move.terms, key=key)],
        }
        if move.stops_at:
            params["cancel_at"] = int(move.stops_at.timestamp())
        made: Object = self._v1.subscriptions.create(params, {"idempotency_key": key}).to_dict()
        first = int(made["items"]["data"][0]["current_period_end"])
        if old.ended_at is None and first != int(old.period_ends_at.timestamp()):
            self._cancel(made, move)  # it has charged nothing
            raise PaymentRefused(f"the new subscription would charge at {first}")
        return made

    def _cancel(self, subscription: Object, move: PledgeMove) -> None:
        key = f"move-{move.request_id}-{subscription['id']}-undone"
        self._v1.subscriptions.cancel(subscription["id"], {}, {"idempotency_key": key})

    def _update(self, subscription_id: str, *, key: str, **fields: Any) -> None:  # of the library's many types
        params: Any = fields
        with self._client.place(), translated():
            self._v1.subscriptions.update(subscription_id, params, {"idempotency_key": key})
