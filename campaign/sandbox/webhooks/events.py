"""Events of the last thirty days, and the number of endpoints that have not received them."""

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.protocol.lists import page_of
from campaign.sandbox.protocol.params import Flag, ListOf, Text, list_params

LIST = list_params(type=Text(), types=ListOf(Text(), max_items=20), delivery_success=Flag())
_RETENTION_SECONDS = 30 * 86_400
_UNHEARD = "EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = objects.id AND d.state {})"


def retrieve(box: Box, event_id: str) -> Json:
    """Return the event as it was when it happened, with the present number of pending endpoints."""
    return _counted(box, box.get("event", event_id))


def list_all(box: Box, params: Json) -> Json:
    """List events, newest first; by type, and by whether they were delivered."""
    where: list[tuple[str, tuple[object, ...]]] = [("created >= ?", (box.now() - _RETENTION_SECONDS,))]
    if "type" in params and "types" in params:
        raise Refused("You may only specify one of these parameters: type, types.")
    types = params.get("types") or ([params["type"]] if "type" in params else [])
    if types:
        marks = ", ".join("?" for _ in types)
        where.append((f"json_extract(body, '$.type') IN ({marks})", tuple(types)))
    if "delivery_success" in params:
        unheard = _UNHEARD.format("<> 'delivered'")
        where.append((f"NOT {unheard}" if params["delivery_success"] else unheard, ()))
    page = page_of(box, "event", params, url="/v1/events", where=where)
    page["data"] = [_counted(box, event) for event in page["data"]]
    return page


def _counted(box: Box, event: Json) -> Json:
    rows = box.store.rows(
        "SELECT COUNT(*) AS waiting FROM deliveries WHERE event_id = ? AND state <> 'delivered'",
        (event["id"],),
    )
    event["pending_webhooks"] = rows[0]["waiting"]
    return event
