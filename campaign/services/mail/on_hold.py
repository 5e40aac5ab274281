"""Mails about late news: a comparison with the provider wrote and held them; here they are counted, and sent after all."""

from sqlalchemy import func, select, update

from campaign.database import reading, transaction
from campaign.domain.mail import MailHoldReason, MailState
from campaign.gateways.clock import Clock
from campaign.models.outbox import Message
from campaign.services import audit

_IS_ON_HOLD = (Message.state == MailState.HELD) & (Message.hold_reason == MailHoldReason.LATE_NEWS)


def count_on_hold() -> int:
    """How many wait for somebody to decide."""
    with reading() as session:
        return session.execute(select(func.count()).select_from(Message).where(_IS_ON_HOLD)).scalar_one()


def release(*, actor_id: int | None, clock: Clock) -> int:
    """Let all of them leave; how many. Called again, it finds none."""
    at = clock.now()
    with transaction() as session:
        sent = session.execute(
            update(Message)
            .where(_IS_ON_HOLD)
            .values(state=MailState.QUEUED, next_try_at=at, hold_reason=None)
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        ).all()
        if sent:
            detail: dict[str, object] = {"mails": len(sent)}
            audit.record(
                session, actor_id=actor_id, action="mail:send_held", subject="mails:late", at=at, detail=detail
            )
    return len(sent)
