"""Where the payer of a bank transfer sends the money, and with which reference, in the shape of Stripe's API."""

from collections.abc import Callable
from typing import Final

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json

HOLDER: Final = "Stripe sandbox"


def next_action(box: Box, intent: Json) -> Json:
    """Return the `next_action` of an intent that waits for a transfer; its kind follows the currency."""
    kind, addresses = _KINDS.get(intent["currency"], _KINDS["eur"])
    return {
        "type": "display_bank_transfer_instructions",
        "display_bank_transfer_instructions": {
            "amount_remaining": intent["amount"],
            "currency": intent["currency"],
            "financial_addresses": addresses(),
            "hosted_instructions_url": f"{box.settings.public_url}/sandbox/b/{intent['id']}",
            "reference": intent["id"][-10:].upper(),
            "type": kind,
        },
    }


def _place(country: str, city: str, postal_code: str) -> Json:
    return {
        "city": city,
        "country": country,
        "line1": "1 Test Street",
        "line2": None,
        "postal_code": postal_code,
        "state": None,
    }


def _european() -> list[Json]:
    place = _place("IE", "Dublin", "D02 T000")
    iban = {
        "account_holder_address": place,
        "account_holder_name": HOLDER,
        "bank_address": place,
        "bic": "TESTIE2DXXX",
        "country": "IE",
        "iban": "IE00TEST00000000000000",
    }
    return [{"iban": iban, "supported_networks": ["sepa"], "type": "iban"}]


def _american() -> list[Json]:
    place = _place("US", "San Francisco", "94100")
    common = {
        "account_holder_address": place,
        "account_holder_name": HOLDER,
        "account_number": "000000000000",
        "account_type": "checking",
        "bank_address": place,
        "bank_name": "Test Bank",
    }
    aba = {**common, "routing_number": "000000000"}
    swift = {**common, "swift_code": "TESTUS00XXX"}
    return [
        {"aba": aba, "supported_networks": ["ach", "domestic_wire_us"], "type": "aba"},
        {"supported_networks": ["swift"], "swift": swift, "type": "swift"},
    ]


def _british() -> list[Json]:
    place = _place("GB", "London", "E1 0TT")
    sort_code = {
        "account_holder_address": place,
        "account_holder_name": HOLDER,
        "account_number": "00000000",
        "bank_address": place,
        "sort_code": "000000",
    }
    return [{"sort_code": sort_code, "supported_networks": ["bacs", "fps"], "type": "sort_code"}]


_KINDS: Final[dict[str, tuple[str, Callable[[], list[Json]]]]] = {
    "eur": ("eu_bank_transfer", _european),
    "gbp": ("gb_bank_transfer", _british),
    "usd": ("us_bank_transfer", _american),
}
