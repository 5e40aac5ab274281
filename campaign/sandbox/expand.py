"""``expand[]``: replaces an id in an answer by the object itself, up to four levels deep."""

from collections.abc import Callable

from campaign.sandbox.box import Box
from campaign.sandbox.errors import Refused
from campaign.sandbox.json_types import Json
from campaign.sandbox.lists import as_list

_DEPTH_MAX = 4


def _line_items(box: Box, session: Json) -> Json:
    items = box.store.hidden(session["id"])["line_items"]
    return as_list(items, f"/v1/checkout/sessions/{session['id']}/line_items")


def _refunds(box: Box, charge: Json) -> Json:
    refunds = box.store.all("refund", charge=charge["id"])
    return as_list(refunds[::-1], f"/v1/charges/{charge['id']}/refunds")


_REFERENCES: dict[str, frozenset[str]] = {
    "checkout.session": frozenset({"payment_intent", "customer"}),
    "payment_intent": frozenset({"latest_charge", "customer", "payment_method"}),
    "charge": frozenset({"balance_transaction", "payment_intent", "customer"}),
    "refund": frozenset({"charge", "payment_intent", "balance_transaction", "failure_balance_transaction"}),
    "balance_transaction": frozenset({"source"}),
    "dispute": frozenset({"charge", "payment_intent"}),
    "radar.early_fraud_warning": frozenset({"charge", "payment_intent"}),
    "payout": frozenset({"balance_transaction", "failure_balance_transaction"}),
    "payment_method": frozenset({"customer"}),
}
_COMPUTED: dict[tuple[str, str], Callable[[Box, Json], Json]] = {
    ("checkout.session", "line_items"): _line_items,
    ("charge", "refunds"): _refunds,
}


def expand(box: Box, answer: Json, paths: list[str]) -> Json:
    """The answer with every path of ``paths`` expanded, or Stripe's refusal of the first bad one."""
    for number, path in enumerate(paths):
        parts = path.split(".")
        depth = len(parts) - (parts[0] == "data")
        if depth > _DEPTH_MAX:
            raise Refused(
                f"You cannot expand more than {_DEPTH_MAX} levels of a property. Property: {path}",
                param=f"expand[{number}]",
            )
        _expand_path(box, answer, parts, f"expand[{number}]")
    return answer


def _expand_path(box: Box, here: Json, parts: list[str], param: str) -> None:
    name, below = parts[0], parts[1:]
    if here.get("object") != "list":
        whole = _expanded(box, here, name, param)
        if whole is not None or name in here:  # a property that is not there stays away
            here[name] = whole
        found = [whole]
    elif name == "data":
        found = here["data"]
    else:
        raise _not_expandable(name, param)
    for item in found:
        if below and isinstance(item, dict):
            _expand_path(box, item, below, param)


def _expanded(box: Box, here: Json, name: str, param: str) -> object:
    kind, value = str(here.get("object")), here.get(name)
    if (kind, name) in _COMPUTED:
        return value or _COMPUTED[kind, name](box, here)
    if name not in _REFERENCES.get(kind, frozenset()):
        raise _not_expandable(name, param)
    return box.store.find(value) if isinstance(value, str) else value


def _not_expandable(name: str, param: str) -> Refused:
    return Refused(f"This property cannot be expanded ({name}).", param=param)
