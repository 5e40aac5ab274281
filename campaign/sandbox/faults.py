"""Faults on purpose: what goes wrong with the next calls and deliveries, by rule or by request header."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from campaign.sandbox.box import Box
from campaign.sandbox.errors import Refused
from campaign.sandbox.json_types import Json

API_FAULTS: Final = (
    "latency",  # answers after `seconds`
    "error_before",  # 500, nothing was done, nothing is stored under the idempotency key
    "error_after",  # 500 although it was done; the 500 is stored and replayed
    "timeout_after",  # done and stored, then silence for `seconds`, then the connection is cut
    "reset",  # the connection is cut, nothing was done
    "reset_after",  # done and stored, then the connection is cut
    "rate_limit",  # 429
)
WEBHOOK_FAULTS: Final = (
    "duplicate",  # the same event, sent twice
    "duplicate_event",  # a second event with an id of its own about the same thing
    "drop",  # `losses` attempts get lost on the way; the schedule of retries goes on
    "delay",  # first sent after `seconds`
    "reorder",  # events of the same `seconds` are sent in reverse
)
_FIELDS: Final = {"kind", "times", "seconds", "losses", "method", "path", "type"}
_SECONDS = {"latency": 1.0, "timeout_after": 30.0, "delay": 60.0, "reorder": 2.0}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong now."""

    kind: str
    seconds: float = 0.0
    losses: int = 1


def add_rule(box: Box, rule: object) -> Json:
    """Keep a rule for the next ``times`` matching calls or events (default 1; null means always).

    ``method`` and ``path`` (a prefix) choose API calls, ``type`` chooses events.
    """
    if not isinstance(rule, dict) or rule.keys() - _FIELDS:
        raise Refused(f"A fault rule is an object with fields of {sorted(_FIELDS)}.")
    if rule.get("kind") not in API_FAULTS + WEBHOOK_FAULTS:
        raise Refused(f"Unknown kind of fault; known are {', '.join(API_FAULTS + WEBHOOK_FAULTS)}.")
    for name in ("seconds", "losses", "times"):
        if not isinstance(rule.get(name, 1), (int, float) if name != "times" else (int, type(None))):
            raise Refused(f"{name} must be a number.")
    kept = {"times": 1, **rule}
    number = box.store.run("INSERT INTO faults (rule) VALUES (?)", (json.dumps(kept),))
    return {"id": number, **kept}


def clear(box: Box) -> None:
    """Forget all rules."""
    box.store.run("DELETE FROM faults")


def rules(box: Box) -> list[Json]:
    """The rules that are still to act."""
    rows = box.store.rows("SELECT id, rule FROM faults ORDER BY id")
    return [{"id": row["id"], **json.loads(row["rule"])} for row in rows]


def of_request(box: Box, *, method: str, path: str, header: str | None) -> Fault | None:
    """The fault of this API call: the header's (``kind`` or ``kind=seconds``), else a rule's."""
    if header:
        kind, _, seconds = header.partition("=")
        if kind not in API_FAULTS:
            raise Refused(f"Unknown Sandbox-Fault: {kind}")
        try:
            return Fault(kind, float(seconds) if seconds else _SECONDS.get(kind, 0.0))
        except ValueError:
            raise Refused(f"Sandbox-Fault takes seconds as a number, not {seconds!r}.") from None
    return _take(
        box,
        lambda rule: (
            rule["kind"] in API_FAULTS
            and rule.get("method", method) == method
            and path.startswith(rule.get("path", ""))
        ),
    )


def of_event(box: Box, event_type: str) -> Fault | None:
    """The fault of this event's delivery, if a rule has one."""
    return _take(
        box,
        lambda rule: rule["kind"] in WEBHOOK_FAULTS and rule.get("type", event_type) == event_type,
    )


def _take(box: Box, matches: Callable[[Json], bool]) -> Fault | None:
    if not rules(box):  # the usual case, and it must not cost a write
        return None
    with box.store.transaction():
        for rule in rules(box):
            if matches(rule):
                _use_up(box, rule)
                seconds = rule.get("seconds", _SECONDS.get(rule["kind"], 0.0))
                return Fault(rule["kind"], float(seconds), int(rule.get("losses", 1)))
    return None


def _use_up(box: Box, rule: Json) -> None:
    number = rule.pop("id")
    if rule["times"] is None:
        return
    if rule["times"] <= 1:
        box.store.run("DELETE FROM faults WHERE id = ?", (number,))
        return
    rule["times"] -= 1
    box.store.run("UPDATE faults SET rule = ? WHERE id = ?", (json.dumps(rule), number))
