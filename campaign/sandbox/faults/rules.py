"""Intended faults: what goes wrong with the next calls and deliveries, by rule, at random or by request header."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import Refused
from campaign.sandbox.core.json_types import Json

API_FAULTS: Final = (
    "latency",  # answers after `seconds`
    "error_before",  # 500, nothing was done, nothing is stored under the idempotency key
    "error_after",  # 500 although it was done; the 500 is stored and replayed
    "timeout_after",  # done and stored, then no answer for `seconds`, then the connection is cut
    "reset",  # the connection is cut, nothing was done
    "reset_after",  # done and stored, then the connection is cut
    "rate_limit",  # 429
    "lock_timeout",  # 429 of another kind: another request changes the same object; the client should retry
    "conflict",  # 409, as if the same idempotency key were in use
    "bad_gateway",  # 502 with a page of HTML, nothing was done
    "malformed",  # done and stored, but the JSON of the answer ends in the middle
    "no_balance_transaction",  # the next `times` reads of charges show no balance transaction
)
WEBHOOK_FAULTS: Final = (
    "duplicate",  # the same event, sent twice
    "duplicate_event",  # a second event with an id of its own about the same object
    "drop",  # `losses` attempts get lost; the schedule of retries goes on
    "delay",  # first sent after `seconds`
    "reorder",  # events of the same `seconds` are sent in reverse
    "burst",  # `copies` of the event at the same time
    "old_signature",  # `losses` attempts are signed ten minutes ago
    "wrong_secret",  # `losses` attempts are signed with a wrong secret
    "other_version",  # written as an API version of 2024 would
    "unknown_value",  # an unknown status
    "extra_fields",  # unknown names
    "livemode",  # beside the right event one with `livemode` set
    "unknown_type",  # beside the right event one of an unknown type
    "thin",  # beside the right event one of the thin kind
    "foreign",  # beside it a payment of another integration of the same account
)
_FIELDS: Final = {"kind", "times", "seconds", "losses", "copies", "method", "path", "type"}
_DICE: Final = "fault_dice"
# Requests of the hosted pages are spared: a donor's browser does not retry.
_SPARED: Final = "/v1/payment_pages/"
_SECONDS = {"latency": 1.0, "timeout_after": 30.0, "delay": 60.0, "reorder": 2.0}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a call or an event."""

    kind: str
    seconds: float = 0.0
    losses: int = 1
    copies: int = 5


def add_rule(box: Box, rule: object) -> Json:
    """Add a rule for the next `times` matching calls or events (default 1; null means always).

    `method` and `path` (a prefix) choose API calls, `type` chooses events.
    """
    if not isinstance(rule, dict) or rule.keys() - _FIELDS:
        raise Refused(f"A fault rule is an object with fields of {sorted(_FIELDS)}.")
    if rule.get("kind") not in API_FAULTS + WEBHOOK_FAULTS:
        raise Refused(f"Unknown kind of fault; known are {', '.join(API_FAULTS + WEBHOOK_FAULTS)}.")
    for name in ("seconds", "losses", "copies", "times"):
        if not isinstance(rule.get(name, 1), (int, float) if name != "times" else (int, type(None))):
            raise Refused(f"{name} must be a number.")
    stored = {"times": 1, **rule}
    number = box.store.run("INSERT INTO faults (rule) VALUES (?)", (json.dumps(stored),))
    return {"id": number, **stored}


def set_dice(box: Box, dice: Json) -> Json:
    """Let faults occur at random: `{"seed": …, "probabilities": {kind: 0.05, …}}`; the same seed gives the same faults.

    A call or an event has at most one fault, so the probabilities of each side add up to 1 at most.
    """
    chances = dice.get("probabilities")
    if dice.keys() != {"seed", "probabilities"} or not isinstance(chances, dict):
        raise Refused("Dice are an object with a seed and probabilities.")
    for kind, chance in chances.items():
        if kind not in API_FAULTS + WEBHOOK_FAULTS or isinstance(chance, bool) or not isinstance(chance, (int, float)):
            raise Refused(f"{kind} is no kind of fault with a probability.")
    for side in (API_FAULTS, WEBHOOK_FAULTS):
        if sum(chances.get(kind, 0) for kind in side) > 1 or min(chances.values(), default=0) < 0:
            raise Refused("Probabilities are from 0 to 1, and so is their sum.")
    box.store.set_meta(_DICE, json.dumps({**dice, "throws": 0}))
    return dice


def clear(box: Box) -> None:
    """Delete all rules and random faults."""
    box.store.run("DELETE FROM faults")
    box.store.set_meta(_DICE, "")


def rules(box: Box) -> list[Json]:
    """List the rules that are still active."""
    rows = box.store.rows("SELECT id, rule FROM faults ORDER BY id")
    return [{"id": row["id"], **json.loads(row["rule"])} for row in rows]


def of_request(box: Box, *, method: str, path: str, header: str | None) -> Fault | None:
    """Return the fault of this API call: the header's (`kind` or `kind=seconds`), else a rule's."""
    if header:
        kind, _, seconds = header.partition("=")
        if kind not in API_FAULTS:
            raise Refused(f"Unknown Sandbox-Fault: {kind}")
        try:
            return Fault(kind, float(seconds) if seconds else _SECONDS.get(kind, 0.0))
        except ValueError:
            raise Refused(f"Sandbox-Fault takes seconds as a number, not {seconds!r}.") from None
    fault = _take(
        box,
        lambda rule: (
            rule["kind"] in API_FAULTS
            and rule.get("method", method) == method
            and path.startswith(rule.get("path", ""))
        ),
    )
    return fault or (None if path.startswith(_SPARED) else _thrown(box, API_FAULTS))


def of_event(box: Box, event_type: str) -> Fault | None:
    """Return the fault of this event's delivery, if a rule has one."""
    fault = _take(
        box,
        lambda rule: rule["kind"] in WEBHOOK_FAULTS and rule.get("type", event_type) == event_type,
    )
    return fault or _thrown(box, WEBHOOK_FAULTS)


def _thrown(box: Box, kinds: tuple[str, ...]) -> Fault | None:
    if not box.store.meta(_DICE):
        return None
    with box.store.transaction():
        dice = json.loads(box.store.meta(_DICE) or "{}")
        dice["throws"] += 1
        box.store.set_meta(_DICE, json.dumps(dice))
    throw = random.Random(f"{dice['seed']}:{dice['throws']}").random()  # noqa: S311 - it must be repeatable
    for kind in kinds:
        throw -= dice["probabilities"].get(kind, 0.0)
        if throw < 0:
            return Fault(kind, _SECONDS.get(kind, 0.0))
    return None


def _take(box: Box, matches: Callable[[Json], bool]) -> Fault | None:
    if not rules(box):  # the usual case, which must not cost a write
        return None
    with box.store.transaction():
        for rule in rules(box):
            if matches(rule):
                _use_up(box, rule)
                seconds = rule.get("seconds", _SECONDS.get(rule["kind"], 0.0))
                return Fault(rule["kind"], float(seconds), int(rule.get("losses", 1)), int(rule.get("copies", 5)))
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
