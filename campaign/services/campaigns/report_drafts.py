"""Reports on events that staff wrote in field mode: they wait beside the report until somebody completes and publishes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.fund import EventStatus
from campaign.gateways.clock import Clock
from campaign.models.fund import Event, Fund
from campaign.models.staff import Staff
from campaign.services.campaigns.plan_changes import fund_named, record_change

MAX_DRAFTS = 20
"""How many reports of one event may wait."""
DONE: dict[str, object] = {}
"""What is left of a draft that was used or deleted: its name, so that one that is sent again makes no other."""


class TooManyDrafts(DomainError):
    """Very many reports of the event wait already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDraft:
    """A report as it came from a phone, in one language; texts are empty and numbers None where nothing was entered.

    Attributes:
        cost: What it cost, in words: for staff alone, for the report takes sums from the books.
        pictures: Public ids of pictures that came with it.
        author: The name of the person who wrote it.
    """

    public_id: str
    language: str
    done: str
    lesson: str
    cost: str
    came: int | None
    women: int | None
    first_time: int | None
    pictures: tuple[str, ...]
    author: str
    written_at: datetime

    def completed(self, report: Mapping[str, Any]) -> dict[str, object]:
        """Return a report, with the parts of this draft where it says nothing itself."""
        texts = {"done": self.done, "lesson": self.lesson}
        counts = {"came": self.came, "women": self.women, "first_time": self.first_time}
        merged = {name: {self.language: text, **_filled(report.get(name) or {})} for name, text in texts.items()}
        numbers = {name: count if report.get(name) is None else report[name] for name, count in counts.items()}
        return {**report, **merged, **numbers}


def add_within(session: Session, fund: Fund, draft: ReportDraft, *, actor_id: int, clock: Clock) -> bool:
    """Store a draft, once, within the caller's transaction; the fund's row is locked.

    Returns:
        Whether the report of the event is published already.

    Raises:
        NotFound: The fund is no event.
        TooManyDrafts: Very many wait already.
    """
    event = _event(session, fund)
    is_reported = event.status == EventStatus.REPORTED
    if draft.public_id in event.report_drafts:
        return is_reported
    if sum(bool(each) for each in event.report_drafts.values()) >= MAX_DRAFTS:
        raise TooManyDrafts(fund.code)
    stored = {
        "language": draft.language,
        "done": draft.done,
        "lesson": draft.lesson,
        "cost": draft.cost,
        "came": draft.came,
        "women": draft.women,
        "first_time": draft.first_time,
        "pictures": list(draft.pictures),
        "by": actor_id,
        "at": draft.written_at.isoformat(),
    }
    event.report_drafts = {**event.report_drafts, draft.public_id: stored}
    record_change(session, fund, "field_report", actor_id, clock)
    return is_reported


def report_drafts(campaign_id: int, public_id: str) -> list[ReportDraft]:
    """Return the drafts of an event that wait, the oldest first; of anything else, none."""
    query = select(Event.report_drafts).join(Fund, Fund.id == Event.fund_id)
    of_event = Fund.campaign_id == campaign_id, Fund.public_id == public_id
    with reading() as session:
        stored = session.execute(query.where(*of_event)).scalar_one_or_none() or {}
        waiting = {name: each for name, each in stored.items() if isinstance(each, dict) and each}
        authors = {each["by"] for each in waiting.values()}
        query_of_names = select(Staff.id, Staff.name).where(Staff.id.in_(authors))
        names = {key: name for key, name in session.execute(query_of_names)}  # noqa: C416  # rows are no pairs to mypy
    drafts = [_draft(name, each, names.get(each["by"], "")) for name, each in waiting.items()]
    return sorted(drafts, key=lambda draft: draft.written_at)


def events_with_drafts(campaign_id: int) -> Select[str]:
    """Return the query of the codes, in one text, of the events of a campaign for which a draft waits."""
    waits = cast(Event.report_drafts, String).contains('"by"')  # of what was used or deleted nothing is left
    query = select(func.aggregate_strings(Fund.code, ", ")).join(Event, Event.fund_id == Fund.id)
    return query.where(Fund.campaign_id == campaign_id, waits)


def use_within(session: Session, fund: Fund, draft_id: str) -> None:
    """Remove a draft whose report is published, within the caller's transaction."""
    event = _event(session, fund)
    if draft_id in event.report_drafts:
        event.report_drafts = {**event.report_drafts, draft_id: DONE}


def delete_draft(campaign_id: int, public_id: str, draft_id: str, *, actor_id: int, clock: Clock) -> None:
    """Delete a draft that nobody needs; its pictures stay.

    Raises:
        NotFound: The campaign has no such event, or no such draft waits.
    """
    with transaction() as session:
        fund = fund_named(session, campaign_id, public_id)
        if not _event(session, fund).report_drafts.get(draft_id):
            raise NotFound(f"report_draft:{draft_id}")
        use_within(session, fund, draft_id)
        record_change(session, fund, "delete_field_report", actor_id, clock)


def _event(session: Session, fund: Fund) -> Event:
    event = session.get(Event, fund.id, populate_existing=True)
    if event is None:
        raise NotFound(f"event:{fund.public_id}")
    return event


def _filled(texts: Mapping[str, str]) -> dict[str, str]:
    return {code: text for code, text in texts.items() if text}


def _draft(public_id: str, stored: Mapping[str, Any], author: str) -> ReportDraft:
    return ReportDraft(
        public_id=public_id,
        language=stored["language"],
        done=stored["done"],
        lesson=stored["lesson"],
        cost=stored["cost"],
        came=stored["came"],
        women=stored["women"],
        first_time=stored["first_time"],
        pictures=tuple(stored["pictures"]),
        author=author,
        written_at=datetime.fromisoformat(stored["at"]),
    )
