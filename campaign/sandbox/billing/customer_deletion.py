"""Deleting a customer: the cards go, subscriptions end, payments stay."""

from campaign.sandbox.billing import subscriptions
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import no_such
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.payments import customers


def delete(box: Box, customer_id: str) -> Json:
    """Delete a customer for good; what is left says that it was deleted."""
    customer = customers.retrieve(box, customer_id)
    if customer.get("deleted"):
        raise no_such("customer", customer_id, param="id")
    for subscription in box.store.all("subscription", customer=customer_id):
        if not subscriptions.is_over(subscription):
            subscriptions.cancel(box, {}, subscription["id"])
    for method in box.store.all("payment_method", customer=customer_id):
        box.store.remove(method["id"])
    box.tell("customer.deleted", customer)
    return box.save({"id": customer_id, "object": "customer", "deleted": True})
