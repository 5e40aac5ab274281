"""Customers: created on request, or when a session needs one."""

from campaign.sandbox.catalogue import payment_methods
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import (
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
        "invoice_settings": Group({"default_payment_method": Text()}),
        "metadata": Metadata(),
        "name": Text(256, may_be_empty=True),
        "phone": Text(20, may_be_empty=True),
        "preferred_locales": ListOf(Text()),
    }
)
CREATE = Group({**WRITE.fields, "payment_method": Text(), "test_clock": Text()})
LIST = list_params(email=Address(email=True), test_clock=Text())


_NULL_AT_FIRST = (
    *("address", "currency", "default_source", "description"),
    *("discount", "email", "name", "phone"),
    *("shipping",),
)
"""Fields that are null when the object is made."""


def create(box: Box, params: Json) -> Json:
    """Make a customer."""
    customer: Json = {
        **dict.fromkeys(_NULL_AT_FIRST),
        "id": box.new_id("cus_", 14),
        "object": "customer",
        "balance": 0,
        "created": box.now(),
        "delinquent": False,
        "invoice_prefix": box.new_id("", 8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
        "test_clock": params.get("test_clock"),
    }
    if customer["test_clock"]:
        box.get("test_helpers.test_clock", customer["test_clock"], param="test_clock")
    box.save(_written(customer, params))
    box.tell("customer.created", customer)
    if "payment_method" in params:
        payment_methods.attach_by_id(box, {"customer": customer["id"]}, params["payment_method"])
    return customer


def _written(customer: Json, params: Json) -> Json:
    for name in ("description", "email", "name", "phone", "preferred_locales"):
        if name in params:
            customer[name] = params[name] or None
    customer["invoice_settings"] = {**customer["invoice_settings"], **params.get("invoice_settings", {})}
    customer["metadata"] = merged_metadata(customer["metadata"], params.get("metadata", {}))
    return customer


def retrieve(box: Box, customer_id: str) -> Json:
    """Return the customer."""
    return box.get("customer", customer_id)


def update(box: Box, params: Json, customer_id: str) -> Json:
    """Change the given fields and report which they were."""
    customer = retrieve(box, customer_id)
    before = dict(customer)
    box.save(_written(customer, params))
    changed = {name: before[name] for name in before if before[name] != customer[name]}
    box.tell("customer.updated", customer, changed)
    return customer


def list_all(box: Box, params: Json) -> Json:
    """List customers, newest first."""
    stands = ("json_extract(body, '$.deleted') IS NULL", ())
    return page_of(box, "customer", params, url="/v1/customers", filters=("email", "test_clock"), where=[stands])
