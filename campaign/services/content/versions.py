"""The versions of a document: the list, what each changed, and one of them taken up again as the draft."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.documents.differences import TextChange, changes_between
from campaign.domain.documents.drafts import normalized, same_content
from campaign.domain.documents.fields import Draft
from campaign.domain.documents.versions import VersionState
from campaign.domain.errors import Conflict, NotFound
from campaign.gateways.clock import Clock
from campaign.models.document import CampaignDocument, DocumentVersion
from campaign.models.staff import Staff
from campaign.services.content.publishing import note_act
from campaign.services.content.rows import (
    add_version,
    find_row,
    kind_of,
    last_published,
    lock_row,
    published_draft,
    rules_of,
)


class AlreadyDiscarded(Conflict):
    """There is no draft (any more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version of a document. `actor` is nobody where the text was there before or was changed by the program."""

    number: int
    state: str
    recorded_at: datetime
    published_at: datetime | None
    publish_at: datetime | None
    actor: str | None
    restored_number: int | None
    is_public: bool


@dataclass(frozen=True, slots=True)
class VersionComparison:
    """A version and what it changed against the one that was published before it."""

    version: VersionRow
    earlier: VersionRow | None
    changes: list[TextChange]
    content: Draft


def versions_of(campaign_id: int, name: str) -> list[VersionRow]:
    """Return the versions of a document, newest first.

    Raises:
        NotFound: There is no document of this name.
    """
    kind_of(name)
    with reading() as session:
        return [version for version, _content in _versions(session, campaign_id, name)]


def compare_version(campaign_id: int, name: str, number: int) -> VersionComparison:
    """Return what a version changed; everything in it is new where none was published before.

    Raises:
        NotFound: There is no such version.
    """
    kind = kind_of(name)
    with reading() as session:
        known = _versions(session, campaign_id, name)
        languages = rules_of(session, campaign_id).languages
    chosen = next((pair for pair in known if pair[0].number == number), None)
    if chosen is None:
        raise NotFound("version")
    version, content = chosen
    before = [pair for pair in known if pair[0].number < number and pair[0].published_at is not None]
    earlier, earlier_content = before[0] if before else (None, normalized(kind, {}))
    changes = changes_between(kind, earlier_content, content, languages)
    return VersionComparison(version, earlier, changes, content)


def restore_version(campaign_id: int, name: str, number: int, *, actor_id: int, clock: Clock) -> None:
    """Make a version the draft; a draft that is there becomes a version of its own first.

    Raises:
        NotFound: There is no such version.
    """
    kind, at = kind_of(name), clock.now()
    with transaction() as session:
        row = lock_row(session, campaign_id, name, at=at)
        version = session.execute(
            select(DocumentVersion).where(DocumentVersion.document_id == row.id, DocumentVersion.number == number)
        ).scalar_one_or_none()
        if version is None:
            raise NotFound("version")
        content = normalized(kind, version.content)
        if row.draft is not None and not same_content(normalized(kind, row.draft), content):
            _set_aside(session, row, actor_id=actor_id, at=at)
        row.draft = None if same_content(content, published_draft(session, campaign_id, name)) else content
        row.sources = version.sources
        note_act(session, row, "text:restore", number, actor_id=actor_id, at=at)


def discard_draft(campaign_id: int, name: str, *, actor_id: int, clock: Clock) -> int:
    """Go back to the published text; the draft stays among the versions. Return its number.

    Raises:
        AlreadyDiscarded: There is no draft.
    """
    kind_of(name)
    at = clock.now()
    with transaction() as session:
        row = lock_row(session, campaign_id, name, at=at)
        if row.draft is None:
            raise AlreadyDiscarded
        number = _set_aside(session, row, actor_id=actor_id, at=at)
        row.draft = None
        last = last_published(session, row)
        row.sources = last[0].sources if last else {}
        note_act(session, row, "text:discard", number, actor_id=actor_id, at=at)
        return number


def _set_aside(session: Session, row: CampaignDocument, *, actor_id: int, at: datetime) -> int:
    draft = row.draft or {}
    return add_version(session, row, VersionState.SET_ASIDE, draft, recorded_at=at, actor_id=actor_id).number


def _versions(session: Session, campaign_id: int, name: str) -> list[tuple[VersionRow, Draft]]:
    row = find_row(session, campaign_id, name)
    if row is None:
        return []
    kind, public = kind_of(name), {version.id for version in last_published(session, row)}
    query = (
        select(DocumentVersion, Staff.name)
        .outerjoin(Staff, Staff.id == DocumentVersion.actor_id)
        .where(DocumentVersion.document_id == row.id)
        .order_by(DocumentVersion.number.desc())
    )
    return [
        (_version_row(version, actor, is_public=version.id in public), normalized(kind, version.content))
        for version, actor in session.execute(query)
    ]


def _version_row(version: DocumentVersion, actor: str | None, *, is_public: bool) -> VersionRow:
    return VersionRow(
        number=version.number,
        state=version.state,
        recorded_at=version.recorded_at,
        published_at=version.published_at,
        publish_at=version.publish_at,
        actor=actor,
        restored_number=version.restored_number,
        is_public=is_public,
    )
