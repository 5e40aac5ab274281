"""Publishing a document: now, at a time, or back to the version before."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.documents.drafts import fingerprint, normalized, same_content
from campaign.domain.documents.fields import Draft
from campaign.domain.documents.reading import read
from campaign.domain.documents.versions import VersionState
from campaign.domain.errors import Conflict, DomainError
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign
from campaign.models.document import CampaignDocument, DocumentVersion
from campaign.services import audit
from campaign.services.content.editing import DraftConflict
from campaign.services.content.published import write_published
from campaign.services.content.rows import (
    add_version,
    draft_of,
    kind_of,
    last_published,
    lock_row,
    published_draft,
    record_published,
    rules_of,
    scheduled_version,
)


class NothingToPublish(Conflict):
    """The public page has this text already."""


class DraftHasProblems(DomainError):
    """A field of the draft cannot be published."""


class PublishedSince(Conflict):
    """Another version has been published since this page was opened."""


class NothingToUndo(DomainError):
    """No version was published before this one."""


class TimeHasPassed(DomainError):
    """A publication was planned for a moment that is over."""


def publish_draft(campaign_id: int, name: str, *, base: str, actor_id: int, clock: Clock) -> int:
    """Publish the draft that the person has seen; return the number of the version.

    Raises:
        NothingToPublish: There is no draft.
        DraftConflict: The draft is another one by now.
        DraftHasProblems: A field cannot be published.
    """
    at = clock.now()
    with transaction() as session:
        row = _row_to_publish(session, campaign_id, name, base=base, at=at)
        version = _publish(session, row, row.draft or {}, at=at, actor_id=actor_id)
        row.draft = None
        note_act(session, row, "text:publish", version.number, actor_id=actor_id, at=at)
        return version.number


def schedule_draft(campaign_id: int, name: str, *, base: str, publish_at: datetime, actor_id: int, clock: Clock) -> int:
    """Have the draft published at a time, in place of an earlier plan; return the number of the version.

    Raises:
        TimeHasPassed: The time is over.
        NothingToPublish: There is no draft.
        DraftConflict: The draft is another one by now.
        DraftHasProblems: A field cannot be published.
    """
    at = clock.now()
    if publish_at <= at:
        raise TimeHasPassed
    with transaction() as session:
        row = _row_to_publish(session, campaign_id, name, base=base, at=at)
        earlier = scheduled_version(session, row)
        if earlier is not None:
            earlier.state = VersionState.CANCELLED
        version = add_version(
            session,
            row,
            VersionState.SCHEDULED,
            row.draft or {},
            recorded_at=at,
            publish_at=publish_at,
            actor_id=actor_id,
        )
        note_act(session, row, "text:schedule", version.number, actor_id=actor_id, at=at)
        return version.number


def cancel_schedule(campaign_id: int, name: str, *, actor_id: int, clock: Clock) -> None:
    """Cancel a planned publication; the text stays as a version. Twice, it is cancelled once."""
    at = clock.now()
    with transaction() as session:
        row = lock_row(session, campaign_id, name, at=at)
        version = scheduled_version(session, row)
        if version is not None:
            version.state = VersionState.CANCELLED
            note_act(session, row, "text:unschedule", version.number, actor_id=actor_id, at=at)


def undo_publication(campaign_id: int, name: str, number: int, *, actor_id: int, clock: Clock) -> int:
    """Publish the version before the last one again; the text that is taken back becomes the draft where there is none.

    Args:
        campaign_id: The campaign.
        name: The document's name.
        number: The version to take back; it must be the one that is public.
        actor_id: Who does it.
        clock: The time.

    Raises:
        PublishedSince: Another version is public by now.
        NothingToUndo: There was none before it.
    """
    at = clock.now()
    with transaction() as session:
        row = lock_row(session, campaign_id, name, at=at)
        record_published(session, row, at=at)
        last = last_published(session, row, count=2)
        if last[0].number != number:
            raise PublishedSince
        if len(last) == 1:
            raise NothingToUndo
        version = _publish(session, row, last[1].content, at=at, actor_id=actor_id, restored_number=last[1].number)
        row.sources = last[1].sources if row.draft is None else row.sources
        if row.draft is None:
            row.draft = dict(last[0].content)
        note_act(session, row, "text:undo", version.number, actor_id=actor_id, at=at)
        return version.number


def publish_due(*, clock: Clock) -> bool:
    """Publish one version whose time has come; return whether there was one. Of several workers one does it."""
    at = clock.now()
    with transaction() as session:
        version = session.execute(
            select(DocumentVersion)
            .where(DocumentVersion.state == VersionState.SCHEDULED, DocumentVersion.publish_at <= at)
            .order_by(DocumentVersion.publish_at, DocumentVersion.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).scalar_one_or_none()
        if version is None:
            return False
        row = session.get_one(CampaignDocument, version.document_id, with_for_update=True)
        _publish_scheduled(session, row, version, at=at)
        return True


def _publish_scheduled(session: Session, row: CampaignDocument, version: DocumentVersion, *, at: datetime) -> None:
    kind = kind_of(row.name)
    outcome = read(kind, normalized(kind, version.content), rules_of(session, row.campaign_id))
    if outcome.problems:
        version.state = VersionState.FAILED
        note_act(session, row, "text:publish_failed", version.number, actor_id=None, at=at)
        return
    record_published(session, row, at=at)
    write_published(session, row.campaign_id, row.name, outcome.document, at=at, actor_id=None)
    version.state, version.published_at = VersionState.PUBLISHED, at
    version.content = published_draft(session, row.campaign_id, row.name)
    if row.draft is not None and same_content(normalized(kind, row.draft), version.content):
        row.draft = None
    note_act(session, row, "text:publish_scheduled", version.number, actor_id=None, at=at)


def _row_to_publish(session: Session, campaign_id: int, name: str, *, base: str, at: datetime) -> CampaignDocument:
    """Return the locked document whose draft may be published."""
    kind = kind_of(name)
    row = lock_row(session, campaign_id, name, at=at)
    if row.draft is None:
        raise NothingToPublish
    if fingerprint(normalized(kind, row.draft)) != base:
        raise DraftConflict
    if read(kind, draft_of(row, name, {}), rules_of(session, campaign_id)).problems:
        raise DraftHasProblems
    return row


def _publish(
    session: Session,
    row: CampaignDocument,
    content: Draft,
    *,
    at: datetime,
    actor_id: int,
    restored_number: int | None = None,
) -> DocumentVersion:
    """Write a content into the public tables and record it as the newest version, in the form in which it reads back."""
    kind = kind_of(row.name)
    record_published(session, row, at=at)
    outcome = read(kind, normalized(kind, content), rules_of(session, row.campaign_id))
    if outcome.problems:
        raise DraftHasProblems
    write_published(session, row.campaign_id, row.name, outcome.document, at=at, actor_id=actor_id)
    return add_version(
        session,
        row,
        VersionState.PUBLISHED,
        published_draft(session, row.campaign_id, row.name),
        recorded_at=at,
        published_at=at,
        actor_id=actor_id,
        restored_number=restored_number,
    )


def note_act(
    session: Session, row: CampaignDocument, action: str, number: int, *, actor_id: int | None, at: datetime
) -> None:
    """Record an act on a document and one of its versions, within the caller's transaction."""
    slug = session.get_one(Campaign, row.campaign_id).slug
    detail: dict[str, object] = {"document": row.name, "version": number}
    audit.record(session, actor_id=actor_id, action=action, subject=f"campaign:{slug}", at=at, detail=detail)
