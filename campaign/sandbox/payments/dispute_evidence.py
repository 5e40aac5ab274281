"""The evidence against a dispute."""

from typing import Final

from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.params import Address, Group, ParamRule, Text

_TEXTS: Final = (
    *("access_activity_log", "billing_address", "cancellation_policy_disclosure", "cancellation_rebuttal"),
    *("customer_name", "customer_purchase_ip", "duplicate_charge_explanation", "duplicate_charge_id"),
    *("product_description", "refund_policy_disclosure", "refund_refusal_explanation", "service_date"),
    *("shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number", "uncategorized_text"),
)
# Ids of files, which this stand-in does not accept.
_FILES: Final = (
    *("cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation"),
    *("receipt", "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file"),
)
_RULES: Final[dict[str, ParamRule]] = {name: Text(150_000, may_be_empty=True) for name in _TEXTS}
EVIDENCE: Final = Group({**_RULES, "customer_email_address": Address(email=True)})


def blank_evidence() -> Json:
    """Return the evidence of a new dispute: none."""
    names = (*_TEXTS, *_FILES, "customer_email_address")
    return {**dict.fromkeys(names), "enhanced_evidence": {}}
