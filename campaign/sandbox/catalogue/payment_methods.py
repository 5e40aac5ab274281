"""Cards and bank accounts as the API shows them: brand and last four digits, never the number."""

import hashlib

from campaign.sandbox.catalogue import means
from campaign.sandbox.catalogue.banks import BankAccount
from campaign.sandbox.catalogue.cards import CARDS, Card, card_of_token, message_of
from campaign.sandbox.catalogue.means import Means
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import EXPAND, Address, Choice, Group, Metadata, Text, Whole, list_params

_CARD = Group(
    {
        "token": Text(),
        "number": Text(19),
        "exp_month": Whole(1, 12),
        "exp_year": Whole(2000, 2100),
        "cvc": Text(4),
    }
)
_BILLING_ADDRESS = Group({name: Text() for name in ("city", "country", "line1", "line2", "postal_code", "state")})
CREATE = Group(
    {
        **EXPAND,
        "type": Choice(("card",)),
        "card": _CARD,
        "billing_details": Group(
            {
                "email": Address(email=True),
                "name": Text(),
                "phone": Text(),
                "address": _BILLING_ADDRESS,
            }
        ),
        "metadata": Metadata(),
    },
    required=("type", "card"),
)


ATTACH = Group({**EXPAND, "customer": Text()}, required=("customer",))
LIST = list_params(customer=Text(), type=Choice(("card", "customer_balance", "sepa_debit")))


def create(box: Box, params: Json) -> Json:
    """Make a payment method from a published test token or number; any other number is refused."""
    given = params["card"]
    card = card_of_token(given["token"]) if "token" in given else CARDS.get(given.get("number", ""))
    if card is None or card.rejected:
        raise Refused(
            "Your card number is incorrect. This sandbox takes published test cards only.",
            status=402,
            kind="card_error",
            code="incorrect_number",
            param="card[number]",
        )
    billing = params.get("billing_details", {})
    return record(
        box,
        card,
        exp_month=given.get("exp_month", 12),
        exp_year=given.get("exp_year", 2034),
        email=billing.get("email"),
        name=billing.get("name"),
    )


def record(
    box: Box,
    given: Means,
    *,
    exp_month: int = 12,
    exp_year: int = 2034,
    email: str | None = None,
    name: str | None = None,
) -> Json:
    """Save a payment method for a test card or a test account."""
    kind = given.type if isinstance(given, BankAccount) else "card"
    fingerprint = hashlib.sha256(f"{box.seed}{given.number}".encode()).hexdigest()[:16]
    details: Json = {}
    if isinstance(given, Card):
        details = _card(given, exp_month=exp_month, exp_year=exp_year, fingerprint=fingerprint)
    elif kind == "sepa_debit":
        details = _debit(given, fingerprint)
    method: Json = {
        "id": box.new_id("pm_1"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing_details(email, name),
        kind: details,
        "created": box.now(),
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
    }
    return box.save(method, {"means": given.number})


def _card(card: Card, *, exp_month: int, exp_year: int, fingerprint: str) -> Json:
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "fail" if card.decline == "incorrect_cvc" else "pass",
        },
        "country": "US",
        "display_brand": "american_express" if card.brand == "amex" else card.brand,
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": fingerprint,
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _debit(account: BankAccount, fingerprint: str) -> Json:
    return {
        "bank_code": account.number[4:9],
        "branch_code": "",
        "country": account.number[:2],
        "fingerprint": fingerprint,
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": account.last4,
    }


def billing_details(email: str | None, name: str | None) -> Json:
    """Return what is known of the payer."""
    return {"address": None, "email": email, "name": name, "phone": None, "tax_id": None}


def attach(box: Box, method: Json, customer: Json) -> Json:
    """Attach the method to a customer, so that it can be charged later."""
    method["customer"] = customer["id"]
    box.save(method)
    box.tell("payment_method.attached", method)
    return method


def attach_by_id(box: Box, params: Json, given: str) -> Json:
    """Attach `pm_…`, or a ready-made one such as `pm_card_visa`."""
    customer = box.get("customer", params["customer"], param="customer")
    method, means = of_token_or_id(box, given, email=customer["email"])
    require_attachable(means)
    return attach(box, method, customer)


def require_attachable(given: Means) -> None:
    """Refuse a card that its bank declines when it is attached."""
    if isinstance(given, Card) and given.decline and not given.fails_later:
        raise Refused(message_of(given), status=402, kind="card_error", code=given.decline)


def list_all(box: Box, params: Json) -> Json:
    """List the payment methods of a customer, newest first."""
    return page_of(box, "payment_method", params, url="/v1/payment_methods", filters=("customer", "type"))


def retrieve(box: Box, method_id: str) -> Json:
    """Return the payment method."""
    return box.get("payment_method", method_id)


def of_token_or_id(box: Box, given: str, *, email: str | None, name: str | None = None) -> tuple[Json, Means]:
    """Return the payment method of `pm_…`, created for a ready-made one such as `pm_card_visa`."""
    known = means.of_token(given)
    if known is not None:
        return record(box, known, email=email, name=name), known
    method = box.get("payment_method", given, param="payment_method")
    return method, means.of_object(box, method)
