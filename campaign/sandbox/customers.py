"""Customers: made on request or when a session asks for one."""

from campaign.sandbox.box import Box
from campaign.sandbox.json_types import Json
from campaign.sandbox.lists import page_of
from campaign.sandbox.params import (
    EXPAND,
    Address,
    Group,
    ListOf,
    Metadata,
    Text,
    list_params,
    merged_metadata,
)

WRITE = Group(
    {
        **EXPAND,
        "description": Text(may_be_empty=True),
        "email": Address(email=True),
        "metadata": Metadata(),
        "name": Text(256, may_be_empty=True),
        "phone": Text(20, may_be_empty=True),
        "preferred_locales": ListOf(Text()),
    }
)
LIST = list_params(email=Address(email=True))


def create(box: Box, params: Json) -> Json:
    """A new customer."""
    customer: Json = {
        "id": box.new_id("cus_", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": box.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": box.new_id("", 8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    box.save(_written(customer, params))
    box.tell("customer.created", customer)
    return customer


def _written(customer: Json, params: Json) -> Json:
    for name in ("description", "email", "name", "phone", "preferred_locales"):
        if name in params:
            customer[name] = params[name] or None
    customer["metadata"] = merged_metadata(customer["metadata"], params.get("metadata", {}))
    return customer


def retrieve(box: Box, customer_id: str) -> Json:
    """The customer."""
    return box.get("customer", customer_id)


def update(box: Box, params: Json, customer_id: str) -> Json:
    """Change the given fields and tell which they were."""
    customer = retrieve(box, customer_id)
    before = dict(customer)
    box.save(_written(customer, params))
    changed = {name: before[name] for name in before if before[name] != customer[name]}
    box.tell("customer.updated", customer, changed)
    return customer


def list_all(box: Box, params: Json) -> Json:
    """Customers, newest first."""
    return page_of(box, "customer", params, url="/v1/customers", filters=("email",))
