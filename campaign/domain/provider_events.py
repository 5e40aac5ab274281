"""Events of the provider: their states, why one waits or failed, and the types that the product handles.

The types are listed by the kind of their object; an event of any other type is stored and ignored.
"""

from enum import StrEnum


class EventState(StrEnum):
    """What became of an event."""

    NEW = "new"
    PROCESSED = "processed"
    IGNORED = "ignored"  # nothing here acts on it, or staff set it aside
    FOREIGN = "foreign"  # about a payment that is not ours
    WAITING_FOR_PARENT = "waiting_for_parent"  # about a gift that has no row yet; retried after every success
    FAILED = "failed"  # retried after growing delays
    FAILED_PERMANENTLY = "failed_permanently"  # retries exhausted, or of the wrong mode


class EventReason(StrEnum):
    """Why an event waits or failed. The sentence for administrators stands beside it, in `provider_event.error`."""

    WRONG_MODE = "wrong_mode"  # test money here, real money there
    GIFT_UNKNOWN = "gift_unknown"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    CONCURRENT_UPDATES = "concurrent_updates"
    MISMATCH = "mismatch"  # the payment does not fit the gift
    PROGRAM_ERROR = "program_error"


UNFINISHED_EVENT_STATES = (EventState.NEW, EventState.FAILED, EventState.WAITING_FOR_PARENT)
"""States in which an event is still to be processed."""
ATTENTION_EVENT_STATES = (EventState.FAILED_PERMANENTLY, EventState.FAILED, EventState.WAITING_FOR_PARENT)
"""States that staff look at first."""
RETIRED_EVENT_STATES = {"dead": EventState.FAILED_PERMANENTLY, "parked": EventState.WAITING_FOR_PARENT}
"""Former names of states, which stand in old addresses and commands."""

GIFT_EVENTS: dict[str, tuple[str, ...]] = {
    "checkout.session": ("completed", "async_payment_succeeded", "async_payment_failed", "expired"),
    "payment_intent": ("succeeded", "payment_failed", "processing", "canceled"),
    "charge": ("updated", "refunded"),
    "refund": ("created", "updated", "failed"),
    "charge.dispute": ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated"),
    "radar.early_fraud_warning": ("created",),
    "review": ("opened", "closed"),
    "invoice": ("paid", "payment_failed", "payment_action_required"),
    "customer.subscription": ("created", "updated", "deleted"),
}
"""Events about a gift or a monthly gift."""
PAYOUT_EVENTS: dict[str, tuple[str, ...]] = {"payout": ("paid", "failed", "reconciliation_completed")}
"""Events about money on its way from the provider's balance to the bank."""
HANDLED_EVENTS = {**GIFT_EVENTS, **PAYOUT_EVENTS}
PLEDGE_KINDS = frozenset({"invoice", "customer.subscription"})
"""Objects that belong to a monthly gift."""
ALWAYS_WHOLE = frozenset({"refund", "charge.dispute", "radar.early_fraud_warning", "review"})
"""Objects whose events need the whole payment, with its refunds, disputes and fraud warnings."""


def split_event_type(event_type: str) -> tuple[str, str]:
    """The kind of the object and what happened to it: `("charge", "refunded")`."""
    kind, _, act = event_type.rpartition(".")
    return kind, act


def is_handled(event_type: str) -> bool:
    """Whether an event of this type changes anything here."""
    kind, act = split_event_type(event_type)
    return act in HANDLED_EVENTS.get(kind, ())


def is_about_gift(event_type: str) -> bool:
    """Whether an event concerns one gift; of a monthly gift's events only a paid month does."""
    return event_type == "invoice.paid" or split_event_type(event_type)[0] not in PLEDGE_KINDS


def needs_whole_payment(event_type: str) -> bool:
    """Whether an event may be about refunds, disputes or fraud warnings, so that all of these must be fetched."""
    return split_event_type(event_type)[0] in ALWAYS_WHOLE or event_type == "charge.refunded"


def event_types() -> frozenset[str]:
    """Every type of event that this product handles."""
    return frozenset(f"{kind}.{act}" for kind, acts in HANDLED_EVENTS.items() for act in acts)
