"""Monthly gifts at Stripe: subscriptions, their open invoices, and the portal page for another card."""

import math
from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

from campaign.domain.money import Money
from campaign.domain.pledge import CardRefusal, PledgeWord
from campaign.domain.pledge_dates import last_day_of
from campaign.gateways.payment_page_language import payment_page_language
from campaign.gateways.payments import MissingAtProvider, PaymentRefused
from campaign.gateways.pledges import CardOnFile, GiftDue, PledgeFacts, PledgeTerms
from campaign.gateways.stripe_client import StripeClient, translated
from campaign.gateways.stripe_facts import BRANDS, Object, email_of, instant, name_of
from campaign.gateways.stripe_moves import StripePledgeMoves, monthly_prices

EXPANDED: Final = [
    "default_payment_method",
    "latest_invoice",
    "customer.invoice_settings.default_payment_method",
]
OVER: Final = {"canceled", "incomplete_expired"}
UNPAID: Final = {"past_due", "unpaid", "incomplete"}
REASONS: Final = {
    "expired_card": CardRefusal.EXPIRED,
    "insufficient_funds": CardRefusal.FUNDS,
    "authentication_required": CardRefusal.CONFIRM,
    "payment_intent_authentication_failure": CardRefusal.CONFIRM,
    "lost_card": CardRefusal.LOST,
    "stolen_card": CardRefusal.LOST,
    "pickup_card": CardRefusal.LOST,
    "processing_error": CardRefusal.ERROR,
    "issuer_not_available": CardRefusal.ERROR,
}
"""Why a card was refused, as far as the donor can do something about it; every other one is `DECLINED`."""


class StripePledges:
    """A PledgeGateway over HTTP."""

    def __init__(self, client: StripeClient) -> None:
        self._client = client
        self._v1 = client.v1

    @property
    def card_page_origin(self) -> str | None:
        return None if self._client.mode == "sandbox" else "https://billing.stripe.com"

    @property
    def moves(self) -> StripePledgeMoves:
        return StripePledgeMoves(self._client)

    def pledge(self, subscription_id: str) -> PledgeFacts:
        with self._client.place(), translated():
            subscription: Object = self._v1.subscriptions.retrieve(subscription_id, {"expand": EXPANDED}).to_dict()
            return pledge_facts(
                subscription, self._due(subscription), is_being_charged=self._is_being_charged(subscription)
            )

    def paid_invoices(self, subscription_id: str) -> tuple[str, ...]:
        with translated():
            listed = self._v1.invoices.list({"subscription": subscription_id, "status": "paid", "limit": 12})
        return tuple(str(one.id) for one in listed.data if one.amount_paid > 0)

    def change(self, pledge: PledgeFacts, terms: PledgeTerms, *, key: str) -> None:
        """Change both items, and the part of the sum that covers the fee, in one request: no invoice has half a change."""
        with self._client.place(), translated():
            prices = monthly_prices(self._client, terms, key=key)
            items: list[Object] = []
            for item_id, price in zip_longest(pledge.item_ids, prices):
                named = {"id": item_id} if item_id else {}  # an item without an id is added
                items.append({**named, **({"price_data": price} if price else {"deleted": True})})
            params: Any = {
                "items": items,
                "metadata": {"cover": str(terms.cover.minor)},
                "proration_behavior": "none",
            }
            self._v1.subscriptions.update(pledge.subscription_id, params, {"idempotency_key": key})

    def pause(self, subscription_id: str, *, until: datetime | None, key: str) -> None:
        pause: dict[str, object] = {"behavior": "void"}
        if until is not None:
            pause["resumes_at"] = int(until.timestamp())
        self._update(subscription_id, key=key, pause_collection=pause)

    def resume(self, subscription_id: str, *, key: str) -> None:
        self._update(subscription_id, key=key, pause_collection="")

    def stop_later(self, subscription_id: str, *, stops: bool, key: str) -> None:
        self._update(subscription_id, key=key, cancel_at_period_end=stops)

    def stop_at(self, subscription_id: str, *, at: datetime, key: str) -> None:
        # Within a period Stripe would charge a part of the last month, so `at` is the end of one.
        self._update(subscription_id, key=key, cancel_at=int(at.timestamp()), proration_behavior="none")

    def stop(self, subscription_id: str, *, key: str) -> None:
        with self._client.place():
            try:
                with translated():
                    self._v1.subscriptions.cancel(subscription_id, {}, {"idempotency_key": key})
            except MissingAtProvider:
                pass  # it is over already; but something may still be due of it
            for invoice_id in self._open_invoices(subscription_id):
                self._void(invoice_id, key=f"{key}-{invoice_id}")

    def take_new_card(self, subscription_id: str, *, key: str) -> bool:
        with self._client.place(), translated():
            subscription: Object = self._v1.subscriptions.retrieve(subscription_id, {"expand": EXPANDED}).to_dict()
            if subscription["status"] in OVER:
                return True
            newest: Object = (subscription["customer"].get("invoice_settings") or {}).get(
                "default_payment_method"
            ) or {}
            charged: Object = subscription.get("default_payment_method") or newest
            # The portal may put the card in for the customer alone, and a subscription's own card comes before that.
            is_new = bool(newest) and newest["id"] != charged["id"] and newest["created"] > charged["created"]
            if is_new:
                self._v1.subscriptions.update(
                    subscription_id, {"default_payment_method": newest["id"]}, {"idempotency_key": key}
                )
                charged = newest
            return self._pay_due(subscription, with_card=charged.get("id"), key=key) or is_new

    def _pay_due(self, subscription: Object, *, with_card: str | None, key: str) -> bool:
        """Pay the open invoice, unless its last attempt was with this very card."""
        invoice: Object = subscription.get("latest_invoice") or {}
        if invoice.get("status") != "open":
            return False
        intent = self._last_try(invoice["id"])
        refused: Object = (intent.get("last_payment_error") or {}).get("payment_method") or {}
        if with_card is None or with_card in {intent.get("payment_method"), refused.get("id")}:
            return False
        self._v1.invoices.pay(invoice["id"], {"payment_method": with_card}, {"idempotency_key": f"{key}-pay"})
        return True

    def _last_try(self, invoice_id: str) -> Object:
        params: Any = {"invoice": invoice_id, "limit": 1, "expand": ["data.payment.payment_intent"]}
        tries = [one.to_dict() for one in self._v1.invoice_payments.list(params).data]
        return (tries[0]["payment"].get("payment_intent") or {}) if tries else {}

    def delete_customer(self, customer_id: str) -> None:
        with self._client.place(), translated():
            self._v1.customers.delete(customer_id)

    def card_page(self, customer_id: str, *, return_url: str, language: str) -> str:
        params: Any = {
            "customer": customer_id,
            "return_url": return_url,
            "locale": payment_page_language(language),
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {"type": "redirect", "redirect": {"return_url": return_url}},
            },
        }
        with self._client.place(), translated():
            return str(self._v1.billing_portal.sessions.create(params).url)

    def _update(self, subscription_id: str, *, key: str, **fields: Any) -> None:  # of the library's many types
        params: Any = fields
        with self._client.place(), translated():
            self._v1.subscriptions.update(subscription_id, params, {"idempotency_key": key})

    def _open_invoices(self, subscription_id: str) -> Iterator[str]:
        with translated():
            listed = self._v1.invoices.list({"subscription": subscription_id, "status": "open", "limit": 100})
        yield from (str(one.id) for one in listed.data)

    def _void(self, invoice_id: str, *, key: str) -> None:
        try:
            with translated():
                self._v1.invoices.void_invoice(invoice_id, {}, {"idempotency_key": key})
        except PaymentRefused:
            return  # it was paid or voided meanwhile; the truth is asked for afterwards

    def _is_being_charged(self, subscription: Object) -> bool:
        """Return whether a draft or a debit is in progress: a draft is charged after an hour, a debit takes days."""
        invoice: Object = subscription.get("latest_invoice") or {}
        if invoice.get("status") == "open":
            return bool(self._last_try(invoice["id"]).get("status") == "processing")
        return bool(invoice.get("status") == "draft" and invoice.get("auto_advance"))

    def _due(self, subscription: Object) -> GiftDue | None:
        """Return the open invoice of the latest month, with the reason of its last refusal."""
        invoice: Object = subscription.get("latest_invoice") or {}
        if invoice.get("status") != "open" or subscription["status"] in OVER:
            return None
        intent = self._last_try(invoice["id"])
        if intent.get("status") == "processing":
            return None  # a debit that is under way is not refused
        again = invoice.get("next_payment_attempt")
        return GiftDue(
            invoice_id=invoice["id"],
            amount=Money(invoice["amount_remaining"], invoice["currency"].upper()),
            reason=_reason(intent),
            url=invoice.get("hosted_invoice_url"),
            next_at=instant(again) if again else None,
            attempts=invoice.get("attempt_count") or 0,
        )


def pledge_facts(subscription: Object, due: GiftDue | None, *, is_being_charged: bool = False) -> PledgeFacts:
    """Return the facts of a subscription with its customer and cards expanded, in our own terms."""
    metadata: Object = subscription.get("metadata") or {}
    items = _gift_first(subscription["items"]["data"], cover_minor=cover_in(metadata))
    customer: Object = subscription["customer"]
    pause: Object = subscription.get("pause_collection") or {}
    reason = (subscription.get("cancellation_details") or {}).get("reason")
    method = subscription.get("default_payment_method")
    method = method or (customer.get("invoice_settings") or {}).get("default_payment_method")
    return PledgeFacts(
        subscription_id=subscription["id"],
        donation_public_id=metadata.get("donation"),
        livemode=subscription["livemode"],
        status=subscription["status"],
        word=_word(subscription),
        amount=Money(sum(map(_amount_of, items)), items[0]["price"]["currency"].upper()),
        cover_minor=cover_in(metadata),
        item_ids=tuple(item["id"] for item in items),
        customer_id=customer["id"],
        email=email_of(customer),
        name=name_of(customer),
        card=_card(method or {}),
        started_at=instant(subscription["start_date"]),
        anchor_at=_anchor(subscription),
        period_ends_at=instant(_period_end(subscription)),
        paused_until=_instant(pause.get("resumes_at")),
        stops_at=_instant(subscription.get("cancel_at")),
        stop_requested_at=_instant(subscription.get("canceled_at")),
        ended_at=_instant(subscription.get("ended_at")),
        is_given_up=reason == "payment_failed",
        due=due,
        is_being_charged=is_being_charged,
        moving_for=metadata.get("held_for"),
        moved_by=metadata.get("moved_by"),
    )


def _amount_of(item: Object) -> int:
    return int(item["price"]["unit_amount"] * item.get("quantity", 1))


def _gift_first(items: list[Object], *, cover_minor: int) -> list[Object]:
    """Return the gift's item before the fee's, which is the one of that amount; Stripe promises no order."""
    return sorted(items, key=lambda item: (_amount_of(item) == cover_minor, -_amount_of(item)))


def _anchor(subscription: Object) -> datetime:
    """Return the time from which months are counted: in a short month the anchor lacks the requested day."""
    anchor, config = instant(subscription["billing_cycle_anchor"]), subscription.get("billing_cycle_anchor_config")
    if not config or config["day_of_month"] == anchor.day:
        return anchor
    return anchor.replace(month=1, day=config["day_of_month"])


def _period_end(subscription: Object) -> int:
    """Return the end of the paid month; all items have the same, and one that was added meanwhile no earlier one."""
    return min(int(item["current_period_end"]) for item in subscription["items"]["data"])


def cover_in(metadata: Object) -> int:
    """Return the part of the amount that covers the fee, in minor units; a subscription carries it from the form on."""
    text = str(metadata.get("cover", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _word(subscription: Object) -> PledgeWord:
    status = subscription["status"]
    if status in OVER:
        return PledgeWord.OVER
    if subscription.get("cancel_at_period_end"):
        return PledgeWord.ENDS
    if status in UNPAID:
        return PledgeWord.UNPAID
    # An end after further months is an end to come, not one that is near.
    if (subscription.get("cancel_at") or math.inf) <= _period_end(subscription):
        return PledgeWord.ENDS
    return PledgeWord.PAUSED if subscription.get("pause_collection") or status == "paused" else PledgeWord.RUNS


def _reason(intent: Object) -> CardRefusal:
    if intent.get("status") == "requires_action":
        return CardRefusal.CONFIRM
    error: Object = intent.get("last_payment_error") or {}
    codes = (error.get("decline_code"), error.get("code"))
    return next((REASONS[code] for code in codes if code in REASONS), CardRefusal.DECLINED)


def _card(method: Object) -> CardOnFile | None:
    card: Object = method.get("card") or {}
    if not card:
        return None
    brand = card.get("brand") or "card"
    return CardOnFile(
        brand=BRANDS.get(brand, brand.title()),
        last4=card["last4"],
        id=method.get("id", ""),
        expires_on=last_day_of(card["exp_year"], card["exp_month"]),
    )


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else instant(seconds)
