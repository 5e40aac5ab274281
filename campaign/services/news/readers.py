"""Readers by email as staff see them: counts, never a list; an address that asks is taken out."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.email_address import email_key
from campaign.domain.news import SubscriberState
from campaign.gateways.clock import Clock
from campaign.models.donor import DonorConsent
from campaign.models.news import Subscriber
from campaign.services import audit, consent_log


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderCounts:
    """The readers of one language by state."""

    language: str
    by_state: Mapping[str, int]


def reader_counts(campaign_id: int) -> list[ReaderCounts]:
    """Return the counts of each language that has readers."""
    query = (
        select(Subscriber.language, Subscriber.state, func.count())
        .where(Subscriber.campaign_id == campaign_id)
        .group_by(Subscriber.language, Subscriber.state)
    )
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    with reading() as session:
        for language, state, count in session.execute(query):
            counts[language][state] = int(count)
    return [ReaderCounts(language=language, by_state=states) for language, states in sorted(counts.items())]


def confirmed_count(campaign_id: int) -> int:
    """Return how many readers an update would go to."""
    query = select(func.count()).where(
        Subscriber.campaign_id == campaign_id, Subscriber.state == SubscriberState.CONFIRMED
    )
    with reading() as session:
        return session.execute(query).scalar_one()


def remove_reader(campaign_id: int, email: str, *, actor_id: int, clock: Clock) -> bool:
    """End the subscription of an address because its reader asked staff; False where it gets no updates."""
    with transaction() as session:
        return end_subscription(
            session, campaign_id, email, action="subscriber:remove", actor_id=actor_id, at=clock.now()
        )


def end_subscription(
    session: Session, campaign_id: int, email: str, *, action: str, actor_id: int | None, at: datetime
) -> bool:
    """End the subscription of an address for its reader, and record it; False where it gets no updates."""
    row = session.execute(
        select(Subscriber)
        .where(Subscriber.campaign_id == campaign_id, Subscriber.email_key == email_key(email))
        .with_for_update()
    ).scalar_one_or_none()
    if row is None or row.state == SubscriberState.LEFT:
        return False
    row.state, row.left_at = SubscriberState.LEFT, at
    consent_log.withdraw(session, DonorConsent.subscriber_id == row.id, at=at, actor_id=actor_id)
    audit.record(session, actor_id=actor_id, action=action, subject=f"subscriber:{row.public_id}", at=at, detail={})
    return True
