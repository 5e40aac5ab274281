"""What was written on the phone, with or without a line: each text becomes one draft, however often it is sent.

A text becomes a draft of an update; the report of an event becomes a draft of that report (`report_drafts`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import DomainError
from campaign.domain.fund import FundKind
from campaign.domain.news import MAX_BODY, MAX_TITLE, UpdateText
from campaign.domain.target_state import MAX_REPORT
from campaign.gateways.clock import Clock
from campaign.models.campaign import Update
from campaign.models.fund import Fund
from campaign.models.picture import Picture
from campaign.services.campaigns.plan_changes import fund_named
from campaign.services.campaigns.report_drafts import ReportDraft
from campaign.services.campaigns.report_drafts import add_within as add_draft
from campaign.services.news.updates import last_author
from campaign.services.news.writing import UNWRITTEN, SaveOrder, save_within
from campaign.services.pictures.places import Placing, add_within

MAX_ENTRY_PICTURES = 10


class EntryEmpty(DomainError):
    """An entry says nothing."""


class EntryTooLong(DomainError):
    """A title or a text is longer than an update can be."""


class ReportTooLong(DomainError):
    """A text is longer than one of a report can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReport:
    """What staff say of an event besides what was done; None where nobody counted, empty where nothing was entered.

    Attributes:
        cost: What it cost, in words, for colleagues.
    """

    came: int | None = None
    women: int | None = None
    first_time: int | None = None
    lesson: str = ""
    cost: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEntry:
    """What somebody wrote. `public_id` comes with the entry, so that one that is sent twice makes one update.

    Attributes:
        event: The public id of the event that it reports on; empty for an update.
        report: What else is said of the event.
        pictures: Public ids of pictures that were sent before; they stand with the update or the event.
    """

    campaign_id: int
    public_id: str
    language: str
    title: str
    body: str
    actor_id: int
    event: str = ""
    report: EventReport = EventReport()
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldEvent:
    """An event that a report can be about."""

    public_id: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an entry.

    Attributes:
        event: The public id of the event whose report it is a draft of; empty for an update.
        is_reported: Whether the report of that event was published before.
    """

    event: str = ""
    is_reported: bool = False


def receive_entry(entry: FieldEntry, *, clock: Clock) -> Received:
    """Make a draft of an entry, once: an entry that came before changes nothing, whatever became of its draft.

    Raises:
        EntryEmpty, EntryTooLong, ReportTooLong: There is nothing to write, or too much.
        NotFound: The campaign has no such event, or the name is another campaign's.
        TooManyDrafts: Very many reports of the event wait already.
    """
    at, author = clock.now(), last_author(entry.campaign_id)
    with transaction() as session:
        known = select(Update.id).where(Update.campaign_id == entry.campaign_id, Update.public_id == entry.public_id)
        if session.execute(known).first() is not None:
            return Received()
        if entry.event:
            return _receive_report(session, entry, clock=clock)
        order = SaveOrder(
            campaign_id=entry.campaign_id,
            public_id=entry.public_id,
            revision=UNWRITTEN,
            text=_text_of(entry, author),
            actor_id=entry.actor_id,
        )
        save_within(session, order, at=at)
        _attach(session, entry, f"update:{entry.public_id}", at=at)
        return Received()


def events_to_report(campaign_id: int) -> list[FieldEvent]:
    """Return the campaign's events, in their order."""
    query = (
        select(Fund.public_id, Fund.title)
        .where(Fund.campaign_id == campaign_id, Fund.kind == FundKind.EVENT)
        .order_by(Fund.position)
    )
    with reading() as session:
        return [FieldEvent(*row) for row in session.execute(query)]


def _receive_report(session: Session, entry: FieldEntry, *, clock: Clock) -> Received:
    report = entry.report
    if not entry.body and report == EventReport():
        raise EntryEmpty
    if max(len(entry.body), len(report.lesson), len(report.cost)) > MAX_REPORT:
        raise ReportTooLong
    fund = fund_named(session, entry.campaign_id, entry.event)
    draft = ReportDraft(
        public_id=entry.public_id,
        language=entry.language,
        done=entry.body,
        lesson=report.lesson,
        cost=report.cost,
        came=report.came,
        women=report.women,
        first_time=report.first_time,
        pictures=entry.pictures,
        author="",
        written_at=clock.now(),
    )
    is_reported = add_draft(session, fund, draft, actor_id=entry.actor_id, clock=clock)
    _attach(session, entry, f"event:{entry.event}", at=clock.now())
    return Received(entry.event, is_reported)


def _text_of(entry: FieldEntry, author: Mapping[str, str]) -> UpdateText:
    title, body, language = entry.title, entry.body, entry.language
    if not title and not body:
        raise EntryEmpty
    if len(title) > MAX_TITLE or len(body) > MAX_BODY:
        raise EntryTooLong
    return UpdateText(
        title={language: title}, body={language: body}, author={language: author.get(language, "")}
    ).filled()


def _attach(session: Session, entry: FieldEntry, place: str, *, at: datetime) -> None:
    """Put the pictures that arrived in a place, in their order; nobody sees one before somebody has said who is on it."""
    query = select(Picture.public_id).where(
        Picture.campaign_id == entry.campaign_id,
        Picture.public_id.in_(entry.pictures),
        Picture.removed_at.is_(None),
    )
    arrived = set(session.execute(query).scalars())
    for name in dict.fromkeys(entry.pictures):
        if name in arrived:
            placing = Placing(campaign_id=entry.campaign_id, public_id=name, place=place, actor_id=entry.actor_id)
            add_within(session, placing, at=at)
