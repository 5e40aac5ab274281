"""Webhook endpoints: the configured one, and those created through the API. Loopback only."""

import ipaddress
import secrets
from urllib.parse import urlsplit

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.core.settings import API_VERSION, OLD_API_VERSION
from campaign.sandbox.protocol import params as shapes
from campaign.sandbox.protocol.lists import page_of

CREATE = shapes.Group(
    {
        **shapes.EXPAND,
        "api_version": shapes.Choice((API_VERSION, OLD_API_VERSION)),
        "description": shapes.Text(),
        "enabled_events": shapes.ListOf(shapes.Text(), max_items=300),
        "metadata": shapes.Metadata(),
        "url": shapes.Address(),
    },
    required=("enabled_events", "url"),
)
UPDATE = shapes.Group(
    {
        **shapes.EXPAND,
        "description": shapes.Text(may_be_empty=True),
        "disabled": shapes.Flag(),
        "enabled_events": shapes.ListOf(shapes.Text(), max_items=300),
        "metadata": shapes.Metadata(),
        "url": shapes.Address(),
    }
)
LIST = shapes.list_params()
_ROLLING_SECONDS = 86_400
CONFIGURED = "we_1ConfiguredAtStart"


def configure(box: Box) -> None:
    """Set the address of the configured endpoint to that of this start; the others stay as they are."""
    with box.store.transaction():
        stored = box.store.find(CONFIGURED)
        endpoint = stored or _endpoint(box, CONFIGURED)
        endpoint.update(
            url=_loopback(box.settings.webhook_url, box),
            enabled_events=list(box.settings.subscribed_events),
        )
        box.save(endpoint, {"secret": box.webhook_secret})


def _endpoint(box: Box, endpoint_id: str) -> Json:
    return {
        "id": endpoint_id,
        "object": "webhook_endpoint",
        "api_version": API_VERSION,
        "application": None,
        "created": box.now(),
        "description": None,
        "enabled_events": [],
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": "",
    }


def create(box: Box, params: Json) -> Json:
    """Create an endpoint; its secret is shown in this answer and never again."""
    secret = f"whsec_{secrets.token_hex(24)}"
    endpoint = _endpoint(box, box.new_id("we_1"))
    endpoint["url"] = _loopback(params["url"], box)
    endpoint["api_version"] = params.get("api_version", API_VERSION)
    box.save(_written(endpoint, params), {"secret": secret})
    return {**endpoint, "secret": secret}


def _written(endpoint: Json, params: Json) -> Json:
    for name in ("description", "enabled_events"):
        endpoint[name] = params.get(name, endpoint[name]) or None
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    endpoint["metadata"] = shapes.merged_metadata(endpoint["metadata"], params.get("metadata", {}))
    return endpoint


def _loopback(url: str, box: Box) -> str:
    host = urlsplit(url).hostname or ""
    if host != "localhost" and url != box.settings.webhook_url:
        try:
            loopback = ipaddress.ip_address(host).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            raise Refused(
                "This sandbox sends events to loopback addresses only.",
                code="url_invalid",
                param="url",
            )
    return url


def retrieve(box: Box, endpoint_id: str) -> Json:
    """Return the endpoint without its secret."""
    return box.get("webhook_endpoint", endpoint_id)


def update(box: Box, params: Json, endpoint_id: str) -> Json:
    """Change the address, the events or the state."""
    endpoint = _written(retrieve(box, endpoint_id), params)
    if "url" in params:
        endpoint["url"] = _loopback(params["url"], box)
    return box.save(endpoint)


def roll_secret(box: Box, endpoint_id: str) -> str:
    """Give an endpoint a new secret; for a day its events are signed with the old one as well."""
    retrieve(box, endpoint_id)
    secret = f"whsec_{secrets.token_hex(24)}"
    old = box.store.hidden(endpoint_id)["secret"]
    box.remember(endpoint_id, secret=secret, old_secret=old, old_until=box.now() + _ROLLING_SECONDS)
    return secret


def secrets_of(box: Box, endpoint_id: str) -> list[str]:
    """Return the secrets that sign an endpoint's events now."""
    hidden = box.store.hidden(endpoint_id)
    rolling = box.now() < hidden.get("old_until", 0)
    return [hidden["secret"], hidden["old_secret"]] if rolling else [hidden["secret"]]


def delete(box: Box, endpoint_id: str) -> Json:
    """Delete an endpoint and what is still to be sent to it."""
    retrieve(box, endpoint_id)
    box.store.remove(endpoint_id)
    box.store.run("DELETE FROM deliveries WHERE endpoint_id = ? AND state = 'due'", (endpoint_id,))
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


def list_all(box: Box, params: Json) -> Json:
    """List endpoints, newest first."""
    return page_of(box, "webhook_endpoint", params, url="/v1/webhook_endpoints")
