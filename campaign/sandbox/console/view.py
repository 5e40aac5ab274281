"""What the console shows: the latest payments and deliveries, the balance, the time."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from campaign.sandbox.balance import listing
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.json_types import Json
from campaign.sandbox.faults import rules
from campaign.sandbox.payments import disputes

_ROWS: Final = 25
_STATES: Final = {
    "succeeded": "paid",
    "processing": "waiting",
    "requires_action": "waiting",
    "requires_payment_method": "failed",
    "canceled": "failed",
}


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment as a line of the table."""

    id: str
    about: str
    amount_minor: int
    currency: str
    created: str
    state: str
    refunded_minor: int
    disputes: tuple[tuple[str, str], ...]  # id and status
    can_be_disputed: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one endpoint."""

    id: int
    event_type: str
    about: str
    state: str
    attempts: tuple[str, ...]


def moment(seconds: float) -> str:
    """Format a time as `2026-11-21 21:33`, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def payments(box: Box) -> list[Payment]:
    """List the latest payments, newest first."""
    rows = box.store.rows("SELECT body FROM objects WHERE kind = 'payment_intent' ORDER BY seq DESC LIMIT ?", (_ROWS,))
    return [_payment(box, json.loads(row["body"])) for row in rows]


def _payment(box: Box, intent: Json) -> Payment:
    charge = box.store.find(intent["latest_charge"] or "") or {}
    open_or_closed = disputes.of_charge(box, charge["id"]) if charge else []
    disputed = sum(one["amount"] for one in open_or_closed if one["status"] != "won")
    return Payment(
        id=intent["id"],
        about=_about(box, intent, charge),
        amount_minor=intent["amount"],
        currency=intent["currency"],
        created=moment(intent["created"]),
        state=_STATES.get(intent["status"], "waiting"),
        refunded_minor=charge.get("amount_refunded", 0),
        disputes=tuple((one["id"], one["status"]) for one in open_or_closed),
        can_be_disputed=bool(charge.get("paid")) and disputed < charge["amount"],
    )


def _about(box: Box, intent: Json, charge: Json) -> str:
    """Return who pays, and for what as far as the merchant has said."""
    customer = box.store.find(intent["customer"] or "") or {}
    payer = (charge.get("billing_details") or {}).get("email") or intent["receipt_email"] or customer.get("email")
    parts = (payer, *intent["metadata"].values())
    return ", ".join(part for part in parts if part) or str(intent["id"])


def deliveries(box: Box) -> list[Delivery]:
    """List the latest deliveries, newest first."""
    rows = box.store.rows("SELECT * FROM deliveries ORDER BY id DESC LIMIT ?", (_ROWS,))
    return [
        Delivery(
            id=row["id"],
            event_type=str((event := box.store.find(row["event_id"]) or {}).get("type")),
            about=str(event.get("data", {}).get("object", {}).get("id", row["event_id"])),
            state=row["state"],
            attempts=tuple(_attempt(one) for one in json.loads(row["log"])),
        )
        for row in rows
    ]


def _attempt(logged: Json) -> str:
    return f"{moment(logged['at'])}: {logged['status'] or logged['note']}"


def payouts(box: Box) -> list[Json]:
    """List the latest payouts, newest first, with the day on which they arrive."""
    rows = box.store.rows("SELECT body FROM objects WHERE kind = 'payout' ORDER BY seq DESC LIMIT 5")
    return [{**body, "arrives": moment(body["arrival_date"])[:10]} for row in rows if (body := json.loads(row["body"]))]


def whole(box: Box, amount: Callable[[int, str], str]) -> Json:
    """Return everything that the page needs."""
    summary = listing.summary(box)
    return {
        "now": moment(box.now()),
        "payments": payments(box),
        "deliveries": deliveries(box),
        "payouts": payouts(box),
        "available": _money(summary["available"], amount),
        "pending": _money(summary["pending"], amount),
        "faults": rules.rules(box),
        "open_states": frozenset({"needs_response", "under_review", "warning_needs_response", "warning_under_review"}),
    }


def _money(amounts: list[Json], amount: Callable[[int, str], str]) -> str:
    return amount(amounts[0]["amount"], amounts[0]["currency"])
