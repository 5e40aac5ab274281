"""When money came or was lost for good, where the provider's objects do not say it and only its events do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.donation import Fact
from campaign.domain.payment import DisputeFacts, PaymentFacts
from campaign.models.inbox import ProviderEvent

SUCCEEDED = ("checkout.session.async_payment_succeeded", "payment_intent.succeeded", "invoice.paid")
CLOSED = ("charge.dispute.closed",)
Told = Mapping[str, datetime]
"""Object id → when it happened, as events tell that are not stored yet."""


@dataclass(frozen=True, slots=True)
class Missed:
    """How a repair settles what nobody delivered: whether the donor's mails are held, and what the events told."""

    is_quiet: bool = False
    told: Told = field(default_factory=dict)


NOTHING_MISSED = Missed()


def dated(session: Session, facts: PaymentFacts, *, told: Told) -> PaymentFacts:
    """The facts with the moments that only events tell; what no event tells stays open, and counts when it is learned."""
    if facts.fact is not Fact.PAID:
        return facts
    if facts.paid_at is None:
        names = [name for name in (facts.checkout_id, facts.payment_id, facts.invoice_id) if name]
        facts = replace(facts, paid_at=_first(session, SUCCEEDED, names, told=told))
    if facts.disputes:
        facts = replace(facts, disputes=tuple(_closed(session, dispute, told=told) for dispute in facts.disputes))
    return facts


def of_events(events: Iterable[tuple[str, str, datetime]]) -> dict[str, datetime]:
    """What `dated` takes, from events as (type, object id, moment): the first success, the last closing."""
    found: dict[str, datetime] = {}
    for kind, name, at in events:
        if kind in SUCCEEDED:
            found[name] = min(found.get(name, at), at)
        elif kind in CLOSED:
            found[name] = max(found.get(name, at), at)
    return found


def _closed(session: Session, dispute: DisputeFacts, *, told: Told) -> DisputeFacts:
    """A dispute can be closed twice, when an appeal is lost too: the last one counts."""
    if dispute.closed_at is not None:
        return dispute
    stored = select(func.max(ProviderEvent.created_at)).where(
        ProviderEvent.object_id == dispute.provider_id, ProviderEvent.type.in_(CLOSED)
    )
    return replace(dispute, closed_at=session.execute(stored).scalar() or told.get(dispute.provider_id))


def _first(session: Session, kinds: tuple[str, ...], names: list[str], *, told: Told) -> datetime | None:
    stored = select(func.min(ProviderEvent.created_at)).where(
        ProviderEvent.object_id.in_(names), ProviderEvent.type.in_(kinds)
    )
    moments = [session.execute(stored).scalar(), *(told.get(name) for name in names)]
    return min((moment for moment in moments if moment is not None), default=None)
