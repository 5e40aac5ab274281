"""Checkout sessions: opened, listed, expired."""

from campaign.sandbox.billing import subscription_items
from campaign.sandbox.checkout import session_params
from campaign.sandbox.checkout.line_items import details_of, new_line_item
from campaign.sandbox.core import currencies
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import as_list, page_of
from campaign.sandbox.protocol.params import merged_metadata

_A_DAY = 24 * 60 * 60


def create(box: Box, params: Json) -> Json:
    """Open a session, or refuse what Stripe refuses beyond the shape of the parameters."""
    session_params.check(box, params)
    at = box.now()
    session_id = box.new_id("cs_test_a1", 56)
    subscribes = params["mode"] == "subscription"
    items = [new_line_item(box, line, is_recurring=subscribes) for line in params["line_items"]]
    if subscribes:
        subscription_items.require_one_interval([item["price"] for item in items])
    total = sum(item["amount_total"] for item in items)
    currency = items[0]["currency"]
    currencies.require_chargeable(total, currency, settings=box.settings, days=box.days())
    expires_at = params.get("expires_at", at + _A_DAY)
    session: Json = {
        **_blank(),
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": params.get("adaptive_pricing", {"enabled": False}),
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": at,
        "currency": currency,
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
            **params.get("custom_text", {}),
        },
        "customer": params.get("customer"),
        "customer_creation": None if "customer" in params else _customer_creation(params),
        "customer_email": params.get("customer_email"),
        "expires_at": expires_at,
        "locale": params.get("locale"),
        "mode": params["mode"],
        "payment_method_collection": "always" if subscribes else "if_required",
        "metadata": merged_metadata({}, params.get("metadata", {})),
        "excluded_payment_method_types": params.get("excluded_payment_method_types", []),
        "payment_method_types": _methods(params),
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "url": f"{box.settings.public_url}/sandbox/c/{session_id}",
    }
    if email := params.get("customer_email"):
        session["customer_details"] = customer_details(email)
    details = [details_of(line) for line in params["line_items"]]
    hidden = {"line_items": items, "details": details, "intent": params.get("payment_intent_data", {})}
    box.save(session, {**hidden, "subscription": params.get("subscription_data", {})})
    box.later("expire_session", session_id, due=expires_at)
    return session


def _methods(params: Json) -> list[str]:
    allowed = params.get("allowed_payment_method_types", session_params.METHODS)
    excluded = params.get("excluded_payment_method_types", [])
    known = ("card",) if params["mode"] == "subscription" else session_params.METHODS
    methods = [method for method in known if method in allowed and method not in excluded]
    if not methods:
        raise Refused("No payment method is left for this session.", param="excluded_payment_method_types")
    return methods


def _customer_creation(params: Json) -> str:
    usual = "always" if params["mode"] == "subscription" else "if_required"
    return str(params.get("customer_creation", usual))


def customer_details(email: str | None, name: str | None = None) -> Json:
    """Return what the session shows of the payer."""
    return {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


_NULL_AT_FIRST = (
    *("after_expiration", "allow_promotion_codes", "billing_address_collection", "client_secret"),
    *("collected_information", "consent", "consent_collection", "currency_conversion"),
    *("customer_account", "customer_details", "invoice", "invoice_creation"),
    *("origin_context", "payment_intent", "payment_link", "payment_method_configuration_details"),
    *("permissions", "recovered_from", "saved_payment_method_options", "setup_intent"),
    *("shipping_address_collection", "shipping_cost", "subscription", "wallet_options"),
)
"""Fields that are null when the object is made."""


def _blank() -> Json:
    return {
        **dict.fromkeys(_NULL_AT_FIRST),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_fields": [],
        "discounts": [],
        "livemode": False,
        "payment_method_options": {},
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
    }


def retrieve(box: Box, session_id: str) -> Json:
    """Return the session in its present state."""
    return box.get("checkout.session", session_id)


def update(box: Box, params: Json, session_id: str) -> Json:
    """Merge metadata into the session."""
    session = retrieve(box, session_id)
    session["metadata"] = merged_metadata(session["metadata"], params.get("metadata", {}))
    return box.save(session)


def list_all(box: Box, params: Json) -> Json:
    """List sessions, newest first."""
    return page_of(
        box,
        "checkout.session",
        params,
        url="/v1/checkout/sessions",
        filters=("customer", "payment_intent", "status", "subscription"),
    )


def line_items(box: Box, params: Json, session_id: str) -> Json:
    """List what the session is for."""
    session = retrieve(box, session_id)
    items = box.store.hidden(session["id"])["line_items"]
    return as_list(items[: params.get("limit", 10)], f"/v1/checkout/sessions/{session_id}/line_items")


def expire(box: Box, session_id: str) -> Json:
    """Expire an open session by request; a closed one is refused."""
    session = retrieve(box, session_id)
    if session["status"] != "open":
        raise Refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of `{session['status']}`."
        )
    return close(box, session)


def close(box: Box, session: Json) -> Json:
    """Mark a session expired and send the event."""
    session.update(status="expired", url=None)
    box.save(session)
    box.tell("checkout.session.expired", session)
    return session
