"""The account that the stand-in simulates."""

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json


def retrieve(box: Box) -> Json:
    """Return the account that receives the money."""
    return {
        "id": "acct_1KurakSandbox",
        "object": "account",
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "mcc": "8398",
            "name": box.settings.merchant,
            "product_description": None,
            "support_address": None,
            "support_email": None,
            "support_phone": None,
            "support_url": None,
            "url": box.settings.public_url,
        },
        "charges_enabled": True,
        "country": box.settings.account_country,
        "created": box.started,
        "default_currency": box.settings.settlement_currency,
        "details_submitted": True,
        "email": None,
        "payouts_enabled": True,
        "type": "standard",
    }
