"""The updates of a campaign as staff see them: the list, and one with everything that can be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.documents.kinds import UPDATE
from campaign.domain.errors import NotFound
from campaign.domain.news import PUBLISHABLE, UpdateState, UpdateText
from campaign.models.campaign import Update
from campaign.models.staff import Staff

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateView:
    """One update as staff pages show it."""

    public_id: str
    state: UpdateState
    revision: int
    text: UpdateText
    changed_at: datetime
    changed_by: str | None  # a person's name; None is the system
    publish_at: datetime | None
    published_at: datetime | None
    corrected_at: datetime | None
    withdrawn_at: datetime | None
    is_emailed: bool
    milestone_minor: int | None

    @property
    def title(self) -> Mapping[str, str]:
        return self.text.title

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages that have a title and a text."""
        return tuple(sorted(set(self.text.title) & set(self.text.body)))

    @property
    def was_published(self) -> bool:
        """Whether it is public, or was until it was withdrawn: its text is then changed as a document."""
        return self.state in {UpdateState.PUBLISHED, UpdateState.WITHDRAWN}

    @property
    def document(self) -> str:
        """The name of its document."""
        return f"{UPDATE}{self.public_id}"

    @property
    def is_publishable(self) -> bool:
        return self.state in PUBLISHABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFilter:
    """Which updates; an empty state asks for all. `before` is the public id of the last row of the page before."""

    campaign_id: int
    state: str = ""
    before: str = ""


def list_updates(filters: UpdateFilter) -> tuple[list[UpdateView], bool]:
    """Return a page of updates, the last one begun first, and whether there are older ones."""
    query = _rows(filters.campaign_id).order_by(Update.id.desc()).limit(PAGE_ROWS + 1)
    if filters.state:
        query = query.where(Update.state == filters.state)
    if filters.before:
        query = query.where(Update.id < select(Update.id).where(Update.public_id == filters.before).scalar_subquery())
    with reading() as session:
        rows = [_view(*row) for row in session.execute(query).all()]
    return rows[:PAGE_ROWS], len(rows) > PAGE_ROWS


def one_update(campaign_id: int, public_id: str) -> UpdateView:
    """Return one update.

    Raises:
        NotFound: the campaign has no such update.
    """
    with reading() as session:
        row = session.execute(_rows(campaign_id).where(Update.public_id == public_id)).one_or_none()
        if row is None:
            raise NotFound(f"update:{public_id}")
        return _view(*row)


def last_author(campaign_id: int) -> Mapping[str, str]:
    """Return who signed the campaign's last update, by language; nothing before the first one."""
    query = select(Update.author).where(Update.campaign_id == campaign_id).order_by(Update.id.desc()).limit(1)
    with reading() as session:
        return session.execute(query).scalar() or {}


def states_count(campaign_id: int) -> Mapping[str, int]:
    """Return how many updates are in each state."""
    query = select(Update.state, func.count()).where(Update.campaign_id == campaign_id).group_by(Update.state)
    with reading() as session:
        return {state: int(count) for state, count in session.execute(query)}


def prepared_notes(campaign_id: int) -> Select[int]:
    """Return the query that counts the updates that were prepared for a milestone and wait for a person."""
    return select(func.count(Update.id)).where(
        Update.campaign_id == campaign_id, Update.state == UpdateState.DRAFT, Update.milestone_minor.is_not(None)
    )


def lock_update(session: Session, campaign_id: int, public_id: str) -> Update | None:
    """Return the row of an update, locked until the transaction ends; None where the campaign has no such update."""
    query = select(Update).where(Update.campaign_id == campaign_id, Update.public_id == public_id).with_for_update()
    return session.execute(query).scalar_one_or_none()


def text_of(row: Update) -> UpdateText:
    """Return what an update says."""
    return UpdateText(title=row.title, body=row.body, author=row.author)


def _rows(campaign_id: int) -> Select[Update, str]:
    return (
        select(Update, Staff.name)
        .outerjoin(Staff, Staff.id == Update.changed_by)
        .where(Update.campaign_id == campaign_id)
    )


def _view(row: Update, changed_by: str | None) -> UpdateView:
    return UpdateView(
        public_id=row.public_id,
        state=UpdateState(row.state),
        revision=row.revision,
        text=text_of(row),
        changed_at=row.changed_at,
        changed_by=changed_by,
        publish_at=row.publish_at,
        published_at=row.published_at,
        corrected_at=row.corrected_at,
        withdrawn_at=row.withdrawn_at,
        is_emailed=row.is_emailed,
        milestone_minor=row.milestone_minor,
    )
