"""Signed deliveries of events: at least once, retried by a schedule, each one a row until it is done."""

import hashlib
import hmac
import http.client
import json
import math
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.core.settings import API_VERSION
from campaign.sandbox.faults import events, rules
from campaign.sandbox.webhooks import endpoints

_LOGGED_CHARACTERS: Final = 200
_TOO_OLD_SECONDS: Final = 600
# Faults that spoil the first attempts and let a later one succeed.
_FAILING: Final = frozenset({"drop", "old_signature", "wrong_secret"})


def signature(payload: bytes, *secrets: str, moment: int) -> str:
    """Return the `Stripe-Signature` header: an HMAC of the time and the exact bytes of the body, by each secret."""
    signed = f"{moment}.".encode() + payload
    digests = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join([f"t={moment}", *(f"v1={digest}" for digest in digests)])


def plan(box: Box, event: Json) -> None:
    """Queue an event for each endpoint that subscribes to it, with the fault of a rule."""
    subscribers = _subscribers(box, event["type"])
    if not subscribers:
        return
    event["pending_webhooks"] = len(subscribers)
    box.save(event)
    fault = rules.of_event(box, event["type"]) or rules.Fault("none")
    due, losses = _due(box, fault), fault.losses if fault.kind in _FAILING else 0
    for copy, payload in _copies(box, event, fault):
        for endpoint_id in subscribers:
            row = box.store.run(
                "INSERT INTO deliveries (event_id, endpoint_id, state, due, position, losses, fault, payload)"
                " VALUES (?, ?, 'due', ?, 0, ?, ?, ?)",
                (copy["id"], endpoint_id, due, losses, fault.kind, payload),
            )
            position = -row if fault.kind == "reorder" else row
            box.store.run("UPDATE deliveries SET position = ? WHERE id = ?", (position, row))


def _subscribers(box: Box, event_type: str) -> list[str]:
    """Return the endpoints that are enabled and take events of this type."""
    return [
        endpoint["id"]
        for endpoint in box.store.all("webhook_endpoint")
        if endpoint["status"] == "enabled" and {"*", event_type} & set(endpoint["enabled_events"])
    ]


def _due(box: Box, fault: rules.Fault) -> float:
    """Return when the first attempt is made. A test clock may be months ahead: its events are still sent now."""
    due = box.clock.unpinned() if box.test_clock else box.clock.precise()
    if fault.kind == "delay":
        return due + fault.seconds
    if fault.kind == "reorder":  # events of one interval are sent together, the last first
        return math.ceil(due / fault.seconds) * fault.seconds
    return due


def _copies(box: Box, event: Json, fault: rules.Fault) -> list[tuple[Json, str | None]]:
    """Return what is sent: events, each with its text if that is not the event itself."""
    kind = fault.kind
    right: list[tuple[Json, str | None]] = [(event, None)]
    if kind in events.INSTEAD:
        return [(event, events.written(event, events.INSTEAD[kind], event_id=event["id"]))]
    if kind in events.BESIDE:
        other = events.written(event, events.BESIDE[kind], event_id=box.new_id("evt_1"))
        return [*right, (event, other)]
    if kind == "duplicate":
        return right * 2
    if kind == "burst":
        return right * fault.copies
    if kind == "duplicate_event":
        return [*right, (box.save({**event, "id": box.new_id("evt_1")}), None)]
    if kind == "foreign":
        box.later("pay_foreign", "", due=box.clock.precise())
    return right


@dataclass(slots=True)
class Attempt:
    """The result of one attempt: a status, or the reason why there is none."""

    status: int | None = None
    note: str = ""

    @property
    def accepted(self) -> bool:
        """Return whether the status is 2xx; a redirect is a failure."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(slots=True)
class Deliverer:
    """Sends what is due. Never locks the store while it waits for an answer."""

    box: Box
    _sending: set[int] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def deliver_due(self) -> list[Json]:
        """Send everything that is due now, in order; return the attempts and their results."""
        tried = []
        while (row := self._claim()) is not None:
            if row["fault"] == "burst":
                tried.extend(self._deliver_at_once([row, *self._claim_all(row["event_id"])]))
            else:
                tried.append(self._deliver(row))
        return tried

    def _deliver_at_once(self, rows: list[Json]) -> list[Json]:
        with ThreadPoolExecutor(len(rows)) as pool:
            return list(pool.map(self._deliver, rows))

    def _claim_all(self, event_id: str) -> Iterator[Json]:
        while (row := self._claim(event_id)) is not None:
            yield row

    def resend(self, delivery_id: int) -> None:
        """Send a delivery again.

        Raises:
            ValueError: there is none.
        """
        if not self.box.store.rows("SELECT 1 FROM deliveries WHERE id = ?", (delivery_id,)):
            raise ValueError(f"there is no delivery {delivery_id}")
        self.box.store.run(
            "UPDATE deliveries SET state = 'due', due = ? WHERE id = ?", (self.box.clock.precise(), delivery_id)
        )

    def wait_for(self, event_id: str, *, timeout_seconds: float) -> bool:
        """Wait until an event has been sent to each of its endpoints; return False when time runs out."""
        with self._changed:
            return self._changed.wait_for(
                lambda: (
                    not self.box.store.rows("SELECT 1 FROM deliveries WHERE event_id = ? AND attempts = 0", (event_id,))
                ),
                timeout_seconds,
            )

    def _claim(self, event_id: str | None = None) -> Json | None:
        with self._changed:
            rows = self.box.store.rows(
                "SELECT * FROM deliveries WHERE state = 'due' AND due <= ? AND event_id = coalesce(?, event_id)"
                " ORDER BY due, position LIMIT ?",
                (self.box.clock.precise(), event_id, len(self._sending) + 1),
            )
            for row in rows:
                if row["id"] not in self._sending:
                    self._sending.add(row["id"])
                    return dict(row)
        return None

    def _deliver(self, row: Json) -> Json:
        try:
            event = self.box.store.find(row["event_id"]) or {}
            endpoint = self.box.store.find(row["endpoint_id"])
            if endpoint is None:
                attempt = Attempt(note="endpoint is gone")
            elif row["losses"] > 0 and row["fault"] in {None, "drop"}:
                attempt = Attempt(note="lost on purpose")
            else:
                attempt = self._post(row, event, endpoint)
            self._note(row, attempt)
        finally:
            with self._changed:
                self._sending.discard(row["id"])
                self._changed.notify_all()
        return {
            "event": row["event_id"],
            "type": event.get("type"),
            "status": attempt.status,
            "note": attempt.note,
        }

    def _signature(self, row: Json, payload: bytes) -> str:
        secrets, moment = endpoints.secrets_of(self.box, row["endpoint_id"]), int(time.time())
        if row["losses"] > 0:
            secrets = ["whsec_of_nobody"] if row["fault"] == "wrong_secret" else secrets
            moment -= _TOO_OLD_SECONDS if row["fault"] == "old_signature" else 0
        return signature(payload, *secrets, moment=moment)

    def _post(self, row: Json, event: Json, endpoint: Json) -> Attempt:
        text = row["payload"]
        if text is None and endpoint["api_version"] != API_VERSION:
            text = events.written(event, events.as_old_version, event_id=event["id"])
        payload = (text or json.dumps(event, indent=2, ensure_ascii=False)).encode()
        address = urlsplit(endpoint["url"])
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": self._signature(row, payload),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Version": endpoint["api_version"],
        }
        connection = http.client.HTTPConnection(
            address.hostname or "",
            address.port or 80,
            timeout=self.box.settings.webhook_timeout_seconds,
        )
        try:
            path = address.path + (f"?{address.query}" if address.query else "")
            connection.request("POST", path or "/", payload, headers)
            answer = connection.getresponse()
            text = answer.read(_LOGGED_CHARACTERS).decode("utf-8", "replace")
            return Attempt(answer.status, text)
        except (OSError, http.client.HTTPException) as problem:
            return Attempt(note=f"{type(problem).__name__}: {problem}")
        finally:
            connection.close()

    def _note(self, row: Json, attempt: Attempt) -> None:
        log = json.loads(row["log"])
        log.append({"at": self.box.now(), "status": attempt.status, "note": attempt.note})
        pauses = self.box.settings.retry_pauses_seconds
        state, due = "due", row["due"]
        if attempt.accepted:
            state = "delivered"
        elif row["attempts"] >= len(pauses):
            state = "failed"
        else:
            due = self.box.clock.precise() + pauses[row["attempts"]]
        self.box.store.run(
            "UPDATE deliveries SET state = ?, due = ?, attempts = attempts + 1, losses = ?, log = ? WHERE id = ?",
            (state, due, max(0, row["losses"] - 1), json.dumps(log), row["id"]),
        )
