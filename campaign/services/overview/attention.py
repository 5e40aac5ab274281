"""What waits for a person: failed refunds, proposals, disputes, events and emails that do not get through."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from campaign.days import local_day
from campaign.domain.allocation import AllocationState
from campaign.domain.donation import RefundState
from campaign.domain.mail import MailState
from campaign.domain.provider_events import UNFINISHED_EVENT_STATES, EventState
from campaign.domain.refunding import UNDER_WAY_STATES
from campaign.models.allocation import Allocation
from campaign.models.donation import Donation, Refund
from campaign.models.fund import Fund
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.services.campaigns.fund_figures import FundSummary
from campaign.services.campaigns.report_drafts import events_with_drafts
from campaign.services.gifts.disputes_and_warnings import open_claims
from campaign.services.grants.desk import undecided_applications
from campaign.services.inbox.listing import LAST_EVENT
from campaign.services.ledger.availability import funds_below_zero
from campaign.services.mail.listing import unreachable_addresses
from campaign.services.news.updates import prepared_notes

LATE = timedelta(minutes=10)
"""What waits longer than this has been forgotten by the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionItem:
    """Something that needs a person: `kind` names it, `count` is the number, `until` the first deadline."""

    kind: str
    count: int
    since: datetime | None = None
    until: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How much work waits in the queues."""

    inbox: dict[str, int]  # state → events that wait in it
    mails_waiting: int
    mails_not_taken: int  # of those, which a mail server has refused or not answered so far
    last_event: datetime | None


EMPTY_QUEUE = Queue(inbox={}, mails_waiting=0, mails_not_taken=0, last_event=None)


def queue_of_work(session: Session) -> Queue:
    """Count only what waits: processed rows grow with every gift."""
    waiting = select(ProviderEvent.state, func.count()).where(ProviderEvent.state.in_(UNFINISHED_EVENT_STATES))
    events = session.execute(waiting.group_by(ProviderEvent.state)).all()
    mails = select(func.count()).select_from(Message).where(Message.state == MailState.QUEUED)
    not_taken = mails.where(Message.attempts > 0)
    counts = select(mails.scalar_subquery(), not_taken.scalar_subquery(), LAST_EVENT.scalar_subquery())
    waiting_mails, refused_mails, last_event = session.execute(counts).one()
    return Queue(
        inbox={state: int(count) for state, count in events},
        mails_waiting=waiting_mails,
        mails_not_taken=refused_mails,
        last_event=last_event,
    )


def attention_items(
    session: Session,
    campaign_id: int,
    *,
    queue: Queue,
    shared: Mapping[str, int],
    targets: Iterable[FundSummary],
    at: datetime,
) -> list[AttentionItem]:
    """Return what needs a person in this campaign, the most urgent first; nothing that stands at zero."""
    late = [target.code for target in targets if target.is_report_late(local_day(at))]
    todo = _refunds_and_decisions(session, campaign_id, late=at - LATE)
    claims = open_claims(session, campaign_id)
    owing = session.execute(funds_below_zero().where(Fund.campaign_id == campaign_id))
    below = list(dict.fromkeys(code for code, _currency, _minor in owing))
    concerns = [
        AttentionItem(kind="fund_below_zero", count=len(below), detail=", ".join(below)),
        AttentionItem(kind="disputed", count=claims.disputes, until=claims.due_at),
        AttentionItem(kind="suspected", count=claims.suspected),
        AttentionItem(kind="paid_again", count=claims.duplicate_payments),
        AttentionItem(kind="refund_failed", count=todo.refunds_failed),
        AttentionItem(kind="refund_stuck", count=todo.refunds_stuck),
        *(
            AttentionItem(kind=f"inbox_{state}", count=queue.inbox.get(state, 0))
            for state in (EventState.FAILED, EventState.WAITING_FOR_PARENT)
        ),
        AttentionItem(kind="mails_not_taken", count=queue.mails_not_taken),
        AttentionItem(kind="address_refused", count=unreachable_addresses(session, campaign_id)),
        *(AttentionItem(kind=kind, count=count) for kind, count in shared.items()),
        AttentionItem(kind="note_prepared", count=todo.notes),
        AttentionItem(kind="applications_waiting", count=todo.applications),
        AttentionItem(kind="field_report", count=len(todo.field_reports), detail=", ".join(todo.field_reports)),
        AttentionItem(kind="report_late", count=len(late), detail=", ".join(late)),
        AttentionItem(kind="allocation_waiting", count=todo.proposals, since=todo.oldest_proposal),
    ]
    return [concern for concern in concerns if concern.count]


@dataclass(frozen=True, slots=True)
class _Todo:
    """What waits for somebody's decision: numbers, the codes of events with a report from field mode, and a moment."""

    refunds_failed: int  # and not requested again
    refunds_stuck: int  # long requested, and not with the provider
    proposals: int
    notes: int
    applications: int
    field_reports: list[str]
    oldest_proposal: datetime | None


def _refunds_and_decisions(session: Session, campaign_id: int, *, late: datetime) -> _Todo:
    """Read all of it by one statement."""
    proposed = Allocation.campaign_id == campaign_id, Allocation.state == AllocationState.PROPOSED
    again = aliased(Refund)
    answered = (
        select(again.id)
        .where(again.donation_id == Refund.donation_id, again.id > Refund.id, again.state.in_(UNDER_WAY_STATES))
        .exists()
    )
    row = session.execute(
        select(
            func.count().filter(Refund.state == RefundState.FAILED, ~answered),
            func.count().filter(Refund.state == RefundState.REQUESTED, Refund.requested_at < late),
            select(func.count(Allocation.id)).where(*proposed).scalar_subquery(),
            prepared_notes(campaign_id).scalar_subquery(),
            undecided_applications(campaign_id).scalar_subquery(),
            events_with_drafts(campaign_id).scalar_subquery(),
            select(func.min(Allocation.proposed_at)).where(*proposed).scalar_subquery(),
        )
        .select_from(Refund)
        .join(Donation, Donation.id == Refund.donation_id)
        .where(Donation.campaign_id == campaign_id, Refund.state.in_((RefundState.FAILED, RefundState.REQUESTED)))
    ).one()
    failed, stuck, proposals, notes, applications, codes, oldest = row
    return _Todo(failed, stuck, proposals, notes, applications, sorted(codes.split(", ")) if codes else [], oldest)
