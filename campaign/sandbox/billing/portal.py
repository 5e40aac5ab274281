"""Billing portal sessions: each leads to a page where a donor updates or cancels their monthly gifts."""

from typing import Final

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.core.locales import LOCALES
from campaign.sandbox.protocol.params import EXPAND, Address, Choice, Group, Text

_FLOW: Final = Group(
    {
        "after_completion": Group(
            {
                "redirect": Group({"return_url": Address()}, required=("return_url",)),
                "type": Choice(("portal_homepage", "redirect")),
            },
            required=("type",),
        ),
        "subscription_cancel": Group({"subscription": Text()}, required=("subscription",)),
        "type": Choice(("payment_method_update", "subscription_cancel")),
    },
    required=("type",),
)
CREATE = Group(
    {**EXPAND, "customer": Text(), "flow_data": _FLOW, "locale": Choice(LOCALES), "return_url": Address()},
    required=("customer",),
)
KIND: Final = "billing_portal.session"


def create(box: Box, params: Json) -> Json:
    """Make a session for one customer; its address is enough to act for them."""
    box.get("customer", params["customer"], param="customer")
    session_id = box.new_id("bps_1")
    return box.save(
        {
            "id": session_id,
            "object": KIND,
            "configuration": "bpc_1KurakSandbox",
            "created": box.now(),
            "customer": params["customer"],
            "customer_account": None,
            "flow": _flow(box, params["flow_data"], params["customer"]) if "flow_data" in params else None,
            "livemode": False,
            "locale": params.get("locale"),
            "on_behalf_of": None,
            "return_url": params.get("return_url"),
            "url": f"{box.settings.public_url}/sandbox/p/{session_id}",
        }
    )


def _flow(box: Box, given: Json, customer_id: str) -> Json:
    cancels = given["type"] == "subscription_cancel"
    if cancels:
        cancellation = given.get("subscription_cancel")
        if cancellation is None:
            raise Refused("Missing required param: flow_data[subscription_cancel].", code="parameter_missing")
        subscription = box.get("subscription", cancellation["subscription"], param="flow_data[subscription_cancel]")
        if subscription["customer"] != customer_id:
            raise Refused("This subscription is another customer's.", param="flow_data[subscription_cancel]")
    after = given.get("after_completion", {"type": "portal_homepage"})
    return {
        "after_completion": {"hosted_confirmation": None, "redirect": None, **after},
        "subscription_cancel": {"retention": None, **given["subscription_cancel"]} if cancels else None,
        "subscription_update": None,
        "subscription_update_confirm": None,
        "type": given["type"],
    }
