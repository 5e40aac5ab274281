"""Faulty events: of another version, with unknown names, live, thin."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from campaign.sandbox.core.json_types import Json
from campaign.sandbox.core.settings import OLD_API_VERSION


def as_old_version(event: Json) -> None:
    """Write an event as the old version would, where these versions differ in what the sandbox sends."""
    event["api_version"] = OLD_API_VERSION
    subject = event["data"]["object"]
    if subject.get("ui_mode") == "hosted_page":
        subject["ui_mode"] = "hosted"
    if subject["object"] == "invoice":
        details = subject.pop("parent")["subscription_details"]
        subject.update(subscription=details["subscription"], subscription_details={"metadata": details["metadata"]})
        subject.update(paid=subject["status"] == "paid", payment_intent=None, charge=None)
    if subject["object"] == "subscription":
        for name in ("current_period_end", "current_period_start"):
            [*_, subject[name]] = [item.pop(name) for item in subject["items"]["data"]]


def _unknown_value(event: Json) -> None:
    event["data"]["object"]["status"] = "imagined"


def _extra_fields(event: Json) -> None:
    event["imagined"] = True
    event["data"]["object"]["imagined"] = {"object": "imagination", "of": ["nobody"]}


def _livemode(event: Json) -> None:
    event["livemode"] = True


def _unknown_type(event: Json) -> None:
    event["type"] = "gift.imagined"


def _thin(event: Json) -> None:
    subject = event["data"]["object"]
    related = {
        "id": subject.get("id"),
        "type": subject["object"],
        "url": f"/v1/{subject['object']}s/{subject.get('id')}",
    }
    created = datetime.fromtimestamp(event["created"], UTC).isoformat().replace("+00:00", "Z")
    thin = {"id": event["id"], "object": "v2.core.event", "created": created, "livemode": False}
    thin |= {"context": None, "reason": None, "related_object": related, "type": f"v1.{event['type']}"}
    event.clear()
    event.update(thin)


# Sent in place of the right event.
INSTEAD: Final[dict[str, Callable[[Json], None]]] = {
    "extra_fields": _extra_fields,
    "other_version": as_old_version,
    "unknown_value": _unknown_value,
}
# Sent beside it, as an event of its own.
BESIDE: Final[dict[str, Callable[[Json], None]]] = {
    "livemode": _livemode,
    "thin": _thin,
    "unknown_type": _unknown_type,
}


def written(event: Json, change: Callable[[Json], None], *, event_id: str) -> str:
    """Return the event as it is sent: changed, and with this id."""
    changed: Json = json.loads(json.dumps(event))
    changed["id"] = event_id
    change(changed)
    return json.dumps(changed, indent=2, ensure_ascii=False)
