"""When money came or was lost for good, where the provider's objects do not say it and only its events do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.payment import DisputeFacts, PaymentFacts
from campaign.models.inbox import ProviderEvent

SUCCEEDED = ("checkout.session.async_payment_succeeded", "payment_intent.succeeded", "invoice.paid")
CLOSED = ("charge.dispute.closed",)
EventTimes = Mapping[str, datetime]
"""Object id → when it succeeded or was closed, by events that are not stored yet."""


@dataclass(frozen=True, slots=True)
class Missed:
    """How a repair settles what was not delivered: whether the donor's mails are held, and what its events say."""

    hold_mails: bool = False
    event_times: EventTimes = field(default_factory=dict)


NOTHING_MISSED = Missed()


def add_event_times(session: Session, facts: PaymentFacts, *, fetched: EventTimes) -> PaymentFacts:
    """Add the moments that only events report, stored or `fetched` ones; what no event reports stays None."""
    if not facts.is_paid:
        return facts
    if facts.paid_at is None:
        names = [name for name in (facts.checkout_id, facts.payment_id, facts.invoice_id) if name]
        facts = replace(facts, paid_at=_first_success(session, names, fetched=fetched))
    if facts.disputes:
        disputes = tuple(_add_closing(session, dispute, fetched=fetched) for dispute in facts.disputes)
        facts = replace(facts, disputes=disputes)
    return facts


def times_of_events(events: Iterable[tuple[str, str, datetime]]) -> dict[str, datetime]:
    """What `add_event_times` takes, from events as (type, object id, moment): the first success, the last closing."""
    times: dict[str, datetime] = {}
    for event_type, object_id, at in events:
        if event_type in SUCCEEDED:
            times[object_id] = min(times.get(object_id, at), at)
        elif event_type in CLOSED:
            times[object_id] = max(times.get(object_id, at), at)
    return times


def _add_closing(session: Session, dispute: DisputeFacts, *, fetched: EventTimes) -> DisputeFacts:
    """Add when a dispute was closed. It can be closed twice, when an appeal is lost too: the last one counts."""
    if dispute.closed_at is not None:
        return dispute
    stored = select(func.max(ProviderEvent.created_at)).where(
        ProviderEvent.object_id == dispute.provider_id, ProviderEvent.type.in_(CLOSED)
    )
    return replace(dispute, closed_at=session.execute(stored).scalar() or fetched.get(dispute.provider_id))


def _first_success(session: Session, names: list[str], *, fetched: EventTimes) -> datetime | None:
    stored = select(func.min(ProviderEvent.created_at)).where(
        ProviderEvent.object_id.in_(names), ProviderEvent.type.in_(SUCCEEDED)
    )
    moments = [session.execute(stored).scalar(), *(fetched.get(name) for name in names)]
    return min((moment for moment in moments if moment is not None), default=None)
