"""`expand[]`: replaces an id in an answer by the object itself, up to four levels deep."""

from collections.abc import Callable

from campaign.sandbox.billing import invoices
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import as_list

_MAX_DEPTH = 4


def _line_items(box: Box, session: Json) -> Json:
    items = box.store.hidden(session["id"])["line_items"]
    return as_list(items, f"/v1/checkout/sessions/{session['id']}/line_items")


def _refunds(box: Box, charge: Json) -> Json:
    refunds = box.store.all("refund", charge=charge["id"])
    return as_list(refunds[::-1], f"/v1/charges/{charge['id']}/refunds")


_REFERENCES: dict[str, frozenset[str]] = {
    "checkout.session": frozenset({"payment_intent", "customer", "subscription", "invoice"}),
    "payment_intent": frozenset({"latest_charge", "customer", "payment_method"}),
    "charge": frozenset({"balance_transaction", "payment_intent", "customer"}),
    "refund": frozenset({"charge", "payment_intent", "balance_transaction", "failure_balance_transaction"}),
    "balance_transaction": frozenset({"source"}),
    "dispute": frozenset({"charge", "payment_intent"}),
    "radar.early_fraud_warning": frozenset({"charge", "payment_intent"}),
    "review": frozenset({"charge", "payment_intent"}),
    "subscription": frozenset({"customer", "default_payment_method", "latest_invoice", "test_clock"}),
    "invoice": frozenset({"customer", "default_payment_method", "test_clock"}),
    "invoice.parent.subscription_details": frozenset({"subscription"}),
    "invoice_payment": frozenset({"invoice"}),
    "invoice_payment.payment": frozenset({"payment_intent"}),
    "customer": frozenset({"test_clock"}),
    "customer.invoice_settings": frozenset({"default_payment_method"}),
    "price": frozenset({"product"}),
    "payout": frozenset({"balance_transaction", "failure_balance_transaction"}),
    "payment_method": frozenset({"customer"}),
}
_COMPUTED: dict[tuple[str, str], Callable[[Box, Json], Json]] = {
    ("checkout.session", "line_items"): _line_items,
    ("charge", "refunds"): _refunds,
    ("invoice", "payments"): invoices.with_payments,
}


def expand(box: Box, answer: Json, paths: list[str]) -> Json:
    """Return the answer with every path of `paths` expanded, or raise Stripe's refusal of the first bad one."""
    for number, path in enumerate(paths):
        parts = path.split(".")
        depth = len(parts) - (parts[0] == "data")
        if depth > _MAX_DEPTH:
            raise Refused(
                f"You cannot expand more than {_MAX_DEPTH} levels of a property. Property: {path}",
                param=f"expand[{number}]",
            )
        _expand_path(box, answer, parts, f"expand[{number}]")
    return answer


def _expand_path(box: Box, here: Json, parts: list[str], param: str, *, inside: str = "") -> None:
    name, below = parts[0], parts[1:]
    if here.get("deleted"):
        return  # nothing is left to expand
    kind = str(here.get("object", inside))
    objects: list[object]
    if kind == "list":
        if name != "data":
            raise _not_expandable(name, param)
        objects = here["data"]
    elif below and isinstance(here.get(name), dict):  # already an object, such as a subscription's items
        objects = [here[name]]
    else:
        whole = _expanded(box, here, (kind, name), param)
        if whole is not None or name in here:  # a property that does not exist stays absent
            here[name] = whole
        objects = [whole]
    for item in objects:
        if below and isinstance(item, dict):
            _expand_path(box, item, below, param, inside=f"{kind}.{name}")


def _expanded(box: Box, here: Json, at: tuple[str, str], param: str) -> object:
    kind, name = at
    value = here.get(name)
    if at in _COMPUTED:
        return value or _COMPUTED[at](box, here)
    if name not in _REFERENCES.get(kind, frozenset()):
        raise _not_expandable(name, param)
    return box.store.find(value) if isinstance(value, str) else value


def _not_expandable(name: str, param: str) -> Refused:
    return Refused(f"This property cannot be expanded ({name}).", param=param)
