"""Emails to reviewers: that applications wait for their scores, and a reminder before these are due.

They name no applicant and no grant: whoever reads the mailbox of a reviewer learns nothing. The desk says the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day, local_moment
from campaign.domain.grant_application import REVIEW_KIND, UNDECIDED, ReviewState
from campaign.domain.language import in_language_of
from campaign.gateways.context import Context
from campaign.i18n import day, in_language
from campaign.models.application import ApplicationReview, GrantApplication, GrantCall
from campaign.models.campaign import Campaign
from campaign.models.outbox import Message
from campaign.models.staff import Staff
from campaign.services.grants.desk import can_review
from campaign.services.queues.outbox import OutgoingMail, enqueue

REMINDED_BEFORE = timedelta(days=3)
"""How long before the day on which scores are due reviewers are reminded."""
REMINDED_FROM = time(9)
QUIET = timedelta(hours=1)
"""Who is assigned to several applications of a call in this time gets one email."""


@dataclass(frozen=True, slots=True)
class _DueReminder:
    """A reviewer who is to be reminded of a call."""

    staff: Staff
    campaign: Campaign
    due_on: date
    key: str


def tell_reviewer(session: Session, row: GrantApplication, staff_id: int, *, public_url: str, at: datetime) -> None:
    """Write the email to somebody who was assigned an application, within the caller's transaction."""
    begins = f"{REVIEW_KIND}:{staff_id}:{row.fund_id}:assigned:"
    recent = select(Message.id).where(Message.dedupe_key.startswith(begins), Message.created_at > at - QUIET)
    if session.execute(recent.limit(1)).first() is not None:
        return
    call, staff = session.get(GrantCall, row.fund_id), session.get_one(Staff, staff_id)
    campaign, due_on = session.get_one(Campaign, row.campaign_id), call.reviews_due_on if call else None
    key = f"{begins}{int(at.timestamp())}"
    mail = _mail(staff, campaign, due_on, is_reminder=False, public_url=public_url, key=key)
    enqueue(session, mail, at=at)


def remind_next(context: Context) -> bool:
    """Write the reminder to one reviewer whose scores are due soon.

    Returns:
        Whether somebody was to be reminded.
    """
    at = context.clock.now()
    with reading() as session:
        due = next(iter(_due_reminders(session, at)), None)
        if due is None:
            return False
        mail = _mail(due.staff, due.campaign, due.due_on, is_reminder=True, public_url=context.public_url, key=due.key)
    with transaction() as session:
        enqueue(session, mail, at=at)
    return True


def _due_reminders(session: Session, at: datetime) -> Sequence[_DueReminder]:
    """Return who is to be reminded now; who was assigned less than a day ago knows it."""
    today = local_day(at)
    if at < local_moment(today, REMINDED_FROM):
        return []
    query = (
        select(Staff, Campaign, GrantCall)
        .join(ApplicationReview, ApplicationReview.staff_id == Staff.id)
        .join(GrantApplication, GrantApplication.id == ApplicationReview.application_id)
        .join(GrantCall, GrantCall.fund_id == GrantApplication.fund_id)
        .join(Campaign, Campaign.id == GrantApplication.campaign_id)
        .where(
            GrantCall.reviews_due_on.between(today, today + REMINDED_BEFORE),
            GrantApplication.state.in_(sorted(UNDECIDED)),
            ApplicationReview.state == ReviewState.ASSIGNED,
            ApplicationReview.assigned_at < at - timedelta(days=1),
            can_review(Campaign.id),
        )
        .order_by(GrantCall.fund_id, Staff.id)
    )
    due = {
        key: _DueReminder(staff, campaign, call.reviews_due_on, key)
        for staff, campaign, call in session.execute(query)
        if call.reviews_due_on
        for key in (f"{REVIEW_KIND}:{staff.id}:{call.fund_id}:due:{call.reviews_due_on.isoformat()}",)
    }
    written = set(session.execute(select(Message.dedupe_key).where(Message.dedupe_key.in_(due))).scalars())
    return [each for key, each in due.items() if key not in written]


def _mail(
    staff: Staff, campaign: Campaign, due_on: date | None, *, is_reminder: bool, public_url: str, key: str
) -> OutgoingMail:
    with in_language(staff.language):
        due = day(due_on) if due_on else ""
    return OutgoingMail(
        kind=REVIEW_KIND,
        language=staff.language,
        recipient=staff.email,
        facts={
            "donor_name": "",
            "campaign_title": in_language_of(campaign.title, staff.language),
            "help_email": campaign.contact_email,
            "is_test": False,
            "is_reminder": is_reminder,
            "due_on": due,
            "desk_url": f"{public_url}/staff/applications",
        },
        key=key,
    )
