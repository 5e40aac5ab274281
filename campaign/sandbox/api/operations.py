"""The table of API operations: method, address, parameters, and the function that runs each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from campaign.sandbox.balance import listing, payouts
from campaign.sandbox.billing import (
    collecting,
    customer_deletion,
    invoice_payments,
    invoices,
    portal,
    renewing,
    subscriptions,
    test_clocks,
)
from campaign.sandbox.catalogue import payment_methods, prices, products
from campaign.sandbox.checkout import payment_pages, session_params, sessions
from campaign.sandbox.core import account
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import charges, customers, disputes, fraud_warnings, intents, refunds, reviews
from campaign.sandbox.protocol.params import EXPAND, Group, list_params
from campaign.sandbox.webhooks import endpoints, events

Run: TypeAlias = Callable[[Box, Json, Mapping[str, str]], Json]
_EXPAND_ONLY: Final = Group(EXPAND)


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One call of the API."""

    method: str
    path: str
    params: Group
    run: Run


def _read(path: str, find: Callable[[Box, str], Json]) -> Operation:
    return Operation("GET", f"{path}/<id>", _EXPAND_ONLY, lambda box, _, at: find(box, at["id"]))


def _list(path: str, params: Group, find: Callable[[Box, Json], Json]) -> Operation:
    return Operation("GET", path, params, lambda box, given, _: find(box, given))


def _create(path: str, params: Group, make: Callable[[Box, Json], Json]) -> Operation:
    return Operation("POST", path, params, lambda box, given, _: make(box, given))


def _change(path: str, params: Group, change: Callable[[Box, Json, str], Json]) -> Operation:
    return Operation("POST", path, params, lambda box, given, at: change(box, given, at["id"]))


_SESSIONS: Final = "/v1/checkout/sessions"

_CLOCKS: Final = "/v1/test_helpers/test_clocks"


def _in_its_time(change: Callable[[Box, Json, str], Json]) -> Callable[[Box, Json, str], Json]:
    """Return the same change, made at the time of the test clock of the object's customer."""

    def changed(box: Box, params: Json, object_id: str) -> Json:
        customer_id = (box.store.find(object_id) or {}).get("customer")
        with test_clocks.time_of(box, customer_id):
            return change(box, params, object_id)

    return changed


def _by_delete(path: str, params: Group, change: Callable[[Box, Json, str], Json]) -> Operation:
    return Operation("DELETE", f"{path}/<id>", params, lambda box, given, at: change(box, given, at["id"]))


_SUBSCRIBING: Final = (
    _create("/v1/products", products.CREATE, products.create),
    _list("/v1/products", products.LIST, products.list_all),
    _read("/v1/products", products.retrieve),
    _change("/v1/products/<id>", products.UPDATE, products.update),
    _create("/v1/prices", prices.CREATE, prices.create),
    _list("/v1/prices", prices.LIST, prices.list_all),
    _read("/v1/prices", prices.retrieve),
    _change("/v1/prices/<id>", prices.UPDATE, prices.update),
    _create("/v1/subscriptions", subscriptions.CREATE, renewing.create),
    _list("/v1/subscriptions", subscriptions.LIST, subscriptions.list_all),
    _read("/v1/subscriptions", subscriptions.retrieve),
    _change("/v1/subscriptions/<id>", subscriptions.UPDATE, _in_its_time(subscriptions.update)),
    _by_delete("/v1/subscriptions", subscriptions.CANCEL, _in_its_time(subscriptions.cancel)),
    _list("/v1/invoices", invoices.LIST, invoices.list_all),
    _read("/v1/invoices", invoices.retrieve),
    _change("/v1/invoices/<id>", invoices.UPDATE, invoices.update),
    _change(
        "/v1/invoices/<id>/finalize",
        invoices.FINALIZE,
        _in_its_time(lambda box, _, object_id: invoices.finalize(box, invoices.retrieve(box, object_id))),
    ),
    _change("/v1/invoices/<id>/pay", invoices.PAY, _in_its_time(collecting.pay)),
    _change(
        "/v1/invoices/<id>/void",
        _EXPAND_ONLY,
        _in_its_time(lambda box, _, object_id: invoices.close(box, invoices.retrieve(box, object_id), "void")),
    ),
    _list("/v1/invoice_payments", invoice_payments.LIST, invoice_payments.list_all),
    _read("/v1/invoice_payments", invoice_payments.retrieve),
    _create("/v1/billing_portal/sessions", portal.CREATE, portal.create),
    _create(_CLOCKS, test_clocks.CREATE, test_clocks.create),
    _list(_CLOCKS, test_clocks.LIST, test_clocks.list_all),
    _read(_CLOCKS, test_clocks.retrieve),
    _change(f"{_CLOCKS}/<id>/advance", test_clocks.ADVANCE, test_clocks.advance),
    _by_delete(_CLOCKS, Group(), lambda box, _, object_id: test_clocks.delete(box, object_id)),
)

OPERATIONS: Final = (
    Operation("GET", "/v1/account", _EXPAND_ONLY, lambda box, _, __: account.retrieve(box)),
    Operation("GET", "/v1/balance", _EXPAND_ONLY, lambda box, _, __: listing.summary(box)),
    _list("/v1/balance_transactions", listing.LIST, listing.list_all),
    _read("/v1/balance_transactions", listing.retrieve),
    _list("/v1/charges", charges.LIST, charges.list_all),
    _read("/v1/charges", charges.retrieve),
    _create(_SESSIONS, session_params.CREATE, sessions.create),
    _list(_SESSIONS, session_params.LIST, sessions.list_all),
    _read(_SESSIONS, sessions.retrieve),
    _change(f"{_SESSIONS}/<id>", session_params.UPDATE, sessions.update),
    Operation(
        "POST",
        f"{_SESSIONS}/<id>/expire",
        _EXPAND_ONLY,
        lambda box, _, at: sessions.expire(box, at["id"]),
    ),
    Operation(
        "GET",
        f"{_SESSIONS}/<id>/line_items",
        list_params(),
        lambda box, given, at: sessions.line_items(box, given, at["id"]),
    ),
    _create("/v1/customers", customers.CREATE, customers.create),
    _list("/v1/customers", customers.LIST, customers.list_all),
    _read("/v1/customers", customers.retrieve),
    _change("/v1/customers/<id>", customers.WRITE, customers.update),
    _by_delete("/v1/customers", Group(), lambda box, _, object_id: customer_deletion.delete(box, object_id)),
    _list("/v1/disputes", disputes.LIST, disputes.list_all),
    _read("/v1/disputes", disputes.retrieve),
    _change("/v1/disputes/<id>", disputes.UPDATE, disputes.update),
    Operation(
        "POST",
        "/v1/disputes/<id>/close",
        _EXPAND_ONLY,
        lambda box, _, at: disputes.close(box, at["id"]),
    ),
    _list("/v1/events", events.LIST, events.list_all),
    _read("/v1/events", events.retrieve),
    _list("/v1/payment_intents", intents.LIST, intents.list_all),
    _read("/v1/payment_intents", intents.retrieve),
    _change("/v1/payment_intents/<id>", intents.UPDATE, intents.update),
    _create("/v1/payment_methods", payment_methods.CREATE, payment_methods.create),
    _read("/v1/payment_methods", payment_methods.retrieve),
    _read("/v1/payment_pages", payment_pages.retrieve),
    _change("/v1/payment_pages/<id>/confirm", payment_pages.CONFIRM, payment_pages.confirm),
    _list("/v1/payment_methods", payment_methods.LIST, payment_methods.list_all),
    _change("/v1/payment_methods/<id>/attach", payment_methods.ATTACH, payment_methods.attach_by_id),
    _list("/v1/payouts", payouts.LIST, payouts.list_all),
    _read("/v1/payouts", payouts.retrieve),
    _list("/v1/radar/early_fraud_warnings", fraud_warnings.LIST, fraud_warnings.list_all),
    _read("/v1/radar/early_fraud_warnings", fraud_warnings.retrieve),
    _list("/v1/reviews", reviews.LIST, reviews.list_all),
    _read("/v1/reviews", reviews.retrieve),
    Operation("POST", "/v1/reviews/<id>/approve", _EXPAND_ONLY, lambda box, _, at: reviews.approve(box, at["id"])),
    _create("/v1/refunds", refunds.CREATE, refunds.create),
    _list("/v1/refunds", refunds.LIST, refunds.list_all),
    _read("/v1/refunds", refunds.retrieve),
    _change("/v1/refunds/<id>", refunds.UPDATE, refunds.update),
    *_SUBSCRIBING,
    _create("/v1/webhook_endpoints", endpoints.CREATE, endpoints.create),
    _list("/v1/webhook_endpoints", endpoints.LIST, endpoints.list_all),
    _read("/v1/webhook_endpoints", endpoints.retrieve),
    _change("/v1/webhook_endpoints/<id>", endpoints.UPDATE, endpoints.update),
    Operation(
        "DELETE",
        "/v1/webhook_endpoints/<id>",
        Group(),
        lambda box, _, at: endpoints.delete(box, at["id"]),
    ),
)
