"""Editing a document: what its page shows, and a draft saved without overwriting anybody else's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.documents.drafts import characters_of, fingerprint, same_content
from campaign.domain.documents.fields import Draft
from campaign.domain.documents.reading import FieldProblem, Rules, read
from campaign.domain.documents.translation import (
    Sources,
    TranslationState,
    translation_states,
    updated_sources,
)
from campaign.domain.errors import Conflict, DomainError
from campaign.gateways.clock import Clock
from campaign.models.document import CampaignDocument
from campaign.models.staff import Staff
from campaign.services.content.rows import (
    draft_of,
    find_row,
    kind_of,
    lock_row,
    published_draft,
    rules_of,
    scheduled_version,
    sources_of,
)

MAX_DRAFT_CHARACTERS = 600_000


class DraftConflict(Conflict):
    """Somebody else has changed the draft since this form was opened."""


class DraftTooLong(DomainError):
    """A draft has more text than a campaign needs, by far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentState:
    """A document as its page shows it."""

    name: str
    draft: Draft
    """The text that is being edited; the published one where there is no draft."""
    published: Draft
    sources: Sources
    base: str
    """The fingerprint of the draft: whoever saves names the one that they began with."""
    has_draft: bool
    changed_at: datetime | None
    changed_by: str | None
    publish_at: datetime | None
    """When a version that is waiting will be published."""
    rules: Rules
    problems: tuple[FieldProblem, ...]
    translations: dict[tuple[str, str], TranslationState]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChange:
    """What somebody typed.

    Attributes:
        draft: The whole document.
        base: The fingerprint of the text that the form was opened with.
        confirmed: (path, language) of translations that are said to be up to date.
    """

    draft: Draft
    base: str
    confirmed: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """The draft after a save: the fingerprint that the next save names, and when it was saved."""

    base: str
    at: datetime
    has_draft: bool


def document_state(campaign_id: int, name: str) -> DocumentState:
    """Return a document with everything that its page shows.

    Raises:
        NotFound: There is no document of this name.
    """
    kind = kind_of(name)
    with reading() as session:
        row, rules = find_row(session, campaign_id, name), rules_of(session, campaign_id)
        published = published_draft(session, campaign_id, name)
        draft = draft_of(row, name, published)
        scheduled = scheduled_version(session, row)
        return DocumentState(
            name=name,
            draft=draft,
            published=published,
            sources=sources_of(row),
            base=fingerprint(draft),
            has_draft=row is not None and row.draft is not None,
            changed_at=row.changed_at if row else None,
            changed_by=_name_of(session, row),
            publish_at=scheduled.publish_at if scheduled else None,
            rules=rules,
            problems=read(kind, draft, rules).problems,
            translations=translation_states(kind, draft, sources_of(row), rules.languages),
        )


def save_draft(campaign_id: int, name: str, change: DraftChange, *, actor_id: int, clock: Clock) -> SavedDraft:
    """Save a draft, valid or not, unless somebody else has changed it; the same draft twice is saved once.

    Raises:
        DraftConflict: The draft is another text by now than the one that the change began with.
        DraftTooLong: The texts are longer than all that is ever stored.
    """
    kind, at, draft = kind_of(name), clock.now(), change.draft
    if characters_of(kind, draft) > MAX_DRAFT_CHARACTERS:
        raise DraftTooLong
    with transaction() as session:
        row = lock_row(session, campaign_id, name, at=at)
        published = published_draft(session, campaign_id, name)
        current = draft_of(row, name, published)
        if draft == current and not change.confirmed:
            return SavedDraft(fingerprint(draft), at, row.draft is not None)
        if fingerprint(current) not in {change.base, fingerprint(draft)}:
            raise DraftConflict
        source = rules_of(session, campaign_id).languages[0]
        row.sources = dict(
            updated_sources(kind, current, draft, sources_of(row), source_language=source, confirmed=change.confirmed)
        )
        row.draft = None if same_content(draft, published) else draft
        row.changed_at, row.changed_by_id = at, actor_id
        return SavedDraft(fingerprint(draft), at, row.draft is not None)


def _name_of(session: Session, row: CampaignDocument | None) -> str | None:
    if row is None or row.changed_by_id is None:
        return None
    return session.execute(select(Staff.name).where(Staff.id == row.changed_by_id)).scalar_one_or_none()
