"""Texts written on the phone, with or without a line: each becomes one draft of an update, however often it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.fund import FundKind
from campaign.domain.news import MAX_BODY, MAX_TITLE, UpdateText
from campaign.gateways.clock import Clock
from campaign.i18n import in_language
from campaign.models.campaign import Update
from campaign.models.fund import Fund
from campaign.models.picture import Picture
from campaign.services.news.updates import last_author
from campaign.services.news.writing import UNWRITTEN, SaveOrder, save_within
from campaign.services.pictures.places import Placing, attach_within

MAX_ENTRY_PICTURES = 10


class EntryEmpty(DomainError):
    """An entry has neither title nor text."""


class EntryTooLong(DomainError):
    """A title or a text is longer than an update can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """How many people came to an event, as staff counted them there; None where nobody counted."""

    came: int | None = None
    women: int | None = None
    first_time: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEntry:
    """What somebody wrote. `public_id` comes with the entry, so that one that is sent twice makes one update.

    Attributes:
        event: The public id of the event that it reports on; empty for an update.
        pictures: Public ids of pictures that were sent before; the first one stands with the update.
    """

    campaign_id: int
    public_id: str
    language: str
    title: str
    body: str
    actor_id: int
    event: str = ""
    attended: Attended = Attended()
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldEvent:
    """An event that a report can be about."""

    public_id: str
    title: Mapping[str, str]


def receive_entry(entry: FieldEntry, *, clock: Clock) -> None:
    """Make a draft of an entry, once: an entry that came before changes nothing, whatever became of its draft.

    Raises:
        EntryEmpty, EntryTooLong: There is nothing to write, or too much.
        NotFound: The campaign has no such event, or the name is another campaign's.
    """
    at, author = clock.now(), last_author(entry.campaign_id)
    with transaction() as session:
        known = select(Update.id).where(Update.campaign_id == entry.campaign_id, Update.public_id == entry.public_id)
        if session.execute(known).first() is not None:
            return
        order = SaveOrder(
            campaign_id=entry.campaign_id,
            public_id=entry.public_id,
            revision=UNWRITTEN,
            text=_text_of(session, entry, author),
            actor_id=entry.actor_id,
        )
        save_within(session, order, at=at)
        _attach(session, entry, at=at)


def events_to_report(campaign_id: int) -> list[FieldEvent]:
    """Return the campaign's events, in their order."""
    query = (
        select(Fund.public_id, Fund.title)
        .where(Fund.campaign_id == campaign_id, Fund.kind == FundKind.EVENT)
        .order_by(Fund.position)
    )
    with reading() as session:
        return [FieldEvent(*row) for row in session.execute(query)]


def _text_of(session: Session, entry: FieldEntry, author: Mapping[str, str]) -> UpdateText:
    title, body, language = entry.title, entry.body, entry.language
    if not title and not body:
        raise EntryEmpty
    if entry.event:
        query = select(Fund.title).where(
            Fund.campaign_id == entry.campaign_id, Fund.public_id == entry.event, Fund.kind == FundKind.EVENT
        )
        event = session.execute(query).scalar_one_or_none()
        if event is None:
            raise NotFound(f"event:{entry.event}")
        title = title or event.get(language, "") or next(iter(event.values()), "")
        body = "\n\n".join(filter(None, (body, _figures(entry.attended, language))))
    if len(title) > MAX_TITLE or len(body) > MAX_BODY:
        raise EntryTooLong
    return UpdateText(
        title={language: title}, body={language: body}, author={language: author.get(language, "")}
    ).filled()


def _figures(attended: Attended, language: str) -> str:
    with in_language(language):
        figures = (
            (_("People who came"), attended.came),
            (_("Women"), attended.women),
            (_("First time"), attended.first_time),
        )
        return "\n".join(f"- {label}: {count}" for label, count in figures if count is not None)


def _attach(session: Session, entry: FieldEntry, *, at: datetime) -> None:
    """Show the first picture that arrived with the update; nobody sees it before somebody has said who is on it."""
    query = select(Picture.public_id).where(
        Picture.campaign_id == entry.campaign_id,
        Picture.public_id.in_(entry.pictures),
        Picture.removed_at.is_(None),
    )
    arrived = set(session.execute(query).scalars())
    first = next((name for name in entry.pictures if name in arrived), None)
    if first is not None:
        placing = Placing(
            campaign_id=entry.campaign_id,
            public_id=first,
            place=f"update:{entry.public_id}",
            actor_id=entry.actor_id,
        )
        attach_within(session, placing, at=at)
