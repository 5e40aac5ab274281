"""Webhook endpoints at Stripe: listed, created in our version, corrected, removed."""

from typing import Any, cast

from campaign.gateways.stripe_client import API_VERSION, StripeClient, translated
from campaign.gateways.stripe_facts import Object
from campaign.gateways.webhook_endpoints import Endpoint, MadeEndpoint

MARK = {"made_by": "kurak"}
"""Metadata of what we make, so that it is found again when the site's address has changed."""
DESCRIPTION = "Kurak: gifts"


class StripeEndpoints:
    """WebhookEndpoints over HTTP."""

    api_version = API_VERSION

    def __init__(self, client: StripeClient) -> None:
        self._endpoints = client.v1.webhook_endpoints

    def all(self) -> tuple[Endpoint, ...]:
        with translated():
            listed = self._endpoints.list({"limit": 100})
            return tuple(_endpoint(endpoint.to_dict()) for endpoint in listed.auto_paging_iter())

    def make(self, url: str, types: frozenset[str]) -> MadeEndpoint:
        params = {
            "url": url,
            "enabled_events": sorted(types),
            "api_version": API_VERSION,
            "description": DESCRIPTION,
            "metadata": MARK,
        }
        with translated():
            made: Object = self._endpoints.create(cast(Any, params)).to_dict()
        return MadeEndpoint(endpoint=_endpoint(made), secret=made["secret"])

    def correct(self, endpoint_id: str, url: str, types: frozenset[str]) -> None:
        params = {"url": url, "enabled_events": sorted(types), "disabled": False, "metadata": MARK}
        with translated():
            self._endpoints.update(endpoint_id, cast(Any, params))

    def remove(self, endpoint_id: str) -> None:
        with translated():
            self._endpoints.delete(endpoint_id)


def _endpoint(endpoint: Object) -> Endpoint:
    return Endpoint(
        id=endpoint["id"],
        url=endpoint["url"],
        api_version=endpoint.get("api_version"),
        types=frozenset(endpoint["enabled_events"]),
        is_enabled=endpoint["status"] == "enabled",
        is_marked=(endpoint.get("metadata") or {}).get("made_by") == MARK["made_by"],
    )
