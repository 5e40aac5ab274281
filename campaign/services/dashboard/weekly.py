"""The weekly email of the dashboard: who wants it on which day, and writing the one that is due, once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.errors import NotFound
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.domain.weekly import due_day
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.i18n import day, exact_money, in_language, number, percent, text_of
from campaign.models.staff import Staff, StaffGrant
from campaign.models.weekly import WeeklyReport
from campaign.services.campaigns.cards import CampaignCard, campaign_with_id
from campaign.services.dashboard.figures import DayRange
from campaign.services.dashboard.page import Dashboard, dashboard
from campaign.services.dashboard.weekly_links import read_stop, sign_stop
from campaign.services.queues.outbox import OutgoingMail, enqueue

KIND = "weekly_report"


@dataclass(frozen=True, slots=True, kw_only=True)
class _DueReport:
    """An email that is to be written."""

    id: int
    public_id: str
    campaign_id: int
    due_on: date
    last_due_on: date | None
    name: str
    email: str
    language: str


def weekday_of(staff_id: int, campaign_id: int) -> int | None:
    """Return the day of the week on which a person gets the email about a campaign; None for no email."""
    with reading() as session:
        return session.execute(select(WeeklyReport.weekday).where(*_of(staff_id, campaign_id))).scalar()


def set_weekday(staff_id: int, campaign_id: int, weekday: int | None, *, clock: Clock) -> None:
    """Let a person get the email on this day of the week, or no more."""
    today = local_day(clock.now())
    with transaction() as session:
        row = session.execute(select(WeeklyReport).where(*_of(staff_id, campaign_id)).with_for_update()).scalar()
        if row is None:
            row = WeeklyReport(public_id=new_public_id(), staff_id=staff_id, campaign_id=campaign_id, begun_on=today)
            session.add(row)
        elif row.weekday is None and weekday is not None:
            row.begun_on = today
        row.weekday = weekday


def campaign_of_link(token: str) -> CampaignCard:
    """Return the campaign whose email a link stops.

    Raises:
        NotFound: It is no link of ours.
    """
    with reading() as session:
        campaign_id = session.execute(
            select(WeeklyReport.campaign_id).where(WeeklyReport.public_id == read_stop(token))
        ).scalar()
    if campaign_id is None:
        raise NotFound("weekly report")
    return campaign_with_id(campaign_id)


def stop_by_link(token: str) -> None:
    """Stop the email that a link belongs to; stopped again, nothing changes.

    Raises:
        NotFound: It is no link of ours.
    """
    with transaction() as session:
        stop = (
            update(WeeklyReport)
            .where(WeeklyReport.public_id == read_stop(token))
            .values(weekday=None)
            .returning(WeeklyReport.id)
        )
        if session.execute(stop).scalar() is None:
            raise NotFound("weekly report")


def write_next(context: Context) -> bool:
    """Write the next email that is due, with the figures of now, in one transaction with the note that it is written.

    Returns:
        Whether one was due. A worker that dies before the commit leaves it due; after it, it is written.
    """
    at = context.clock.now()
    with reading() as session:
        due = _next_due(session, today=local_day(at))
    if due is None:
        return False
    card = campaign_with_id(due.campaign_id)
    period = DayRange(first=due.due_on - timedelta(days=7), last=due.due_on - timedelta(days=1))
    figures = dashboard(card, at=at, period_days=7, sees_donors=False, period=period)
    with in_language(due.language):
        facts = _facts(due, card, figures, public_url=context.public_url)
    with transaction() as session:
        is_same = WeeklyReport.last_due_on.is_not_distinct_from(due.last_due_on)
        note = update(WeeklyReport).where(WeeklyReport.id == due.id, is_same).values(last_due_on=due.due_on)
        if session.execute(note.returning(WeeklyReport.id)).scalar() is not None:
            _enqueue(session, due, facts, at=at)
    return True


def _enqueue(session: Session, due: _DueReport, facts: dict[str, object], *, at: datetime) -> None:
    mail = OutgoingMail(
        kind=KIND,
        language=due.language,
        recipient=due.email,
        facts=facts,
        key=f"{KIND}:{due.public_id}:{due.due_on.isoformat()}",
    )
    enqueue(session, mail, at=at)


def _next_due(session: Session, *, today: date) -> _DueReport | None:
    """Return a subscription of somebody who may still see the campaign, whose day has come."""
    may_see = or_(StaffGrant.campaign_id.is_(None), StaffGrant.campaign_id == WeeklyReport.campaign_id)
    query = (
        select(WeeklyReport, Staff)
        .join(Staff, Staff.id == WeeklyReport.staff_id)
        .where(WeeklyReport.weekday.is_not(None), Staff.active)
        .where(select(StaffGrant.id).where(StaffGrant.staff_id == Staff.id, may_see).exists())
        .order_by(WeeklyReport.id)
    )
    for row, person in session.execute(query):
        day_of_week = row.weekday if row.weekday is not None else today.weekday()
        due = due_day(day_of_week, today=today, begun_on=row.begun_on, last_due_on=row.last_due_on)
        if due is not None:
            return _DueReport(
                id=row.id,
                public_id=row.public_id,
                campaign_id=row.campaign_id,
                due_on=due,
                last_due_on=row.last_due_on,
                name=person.name,
                email=person.email,
                language=person.language,
            )
    return None


def _facts(due: _DueReport, card: CampaignCard, figures: Dashboard, *, public_url: str) -> dict[str, object]:
    """Return what the templates say, in words of the reader's language."""
    pace, period = figures.pace, figures.comparison.period
    milestone = figures.next_milestone

    def money(minor: int) -> str:
        return exact_money(Money(minor, card.currency))

    stop_url = f"{public_url}/staff/weekly/{sign_stop(due.public_id)}"
    return {
        "donor_name": due.name,
        "campaign_name": text_of(card.name),
        "first_day": day(period.first),
        "last_day": day(period.last),
        "raised": money(pace.reached),
        "goal": money(pace.goal),
        "share": percent(figures.share),
        "days_left": number(pace.days_left),
        "week_raised": exact_money(figures.comparison.raised[0]),
        "week_before": exact_money(figures.comparison.raised[1]),
        "week_gifts": number(figures.comparison.gifts[0]),
        "gifts_before": number(figures.comparison.gifts[1]),
        "forecast": money(pace.forecast.expected) if pace.forecast else "",
        "milestone": exact_money(milestone.amount) if milestone else "",
        "late_reports": ", ".join(text_of(target.title) for target in figures.late_reports),
        "stop_url": stop_url,
        "unsubscribe_url": stop_url,
        "list_id": f"weekly.{card.slug}.{urlsplit(public_url).hostname}",
    }


def _of(staff_id: int, campaign_id: int) -> tuple[ColumnElement[bool], ...]:
    return WeeklyReport.staff_id == staff_id, WeeklyReport.campaign_id == campaign_id
