"""Editing a document: what its page shows, and a draft saved without overwriting anybody else's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.documents.drafts import characters_of, fingerprint, same_content
from campaign.domain.documents.fields import Draft
from campaign.domain.documents.merging import Marks, Merged, marks_of, merge, with_choices
from campaign.domain.documents.reading import FieldProblem, Rules, read
from campaign.domain.documents.translation import Sources, TranslationState, translation_states, updated_sources
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
    """Somebody else has changed the draft since this form was opened.

    Attributes:
        current: Their text.
        merged: Both texts as one, and where both have changed the same; None where nothing could be compared.
    """

    def __init__(self, current: Draft | None = None, merged: Merged | None = None) -> None:
        super().__init__("draft")
        self.current = current
        self.merged = merged


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
        marks: What each field said when the form was opened; None where the form does not know it.
        chosen: Fields, shown side by side, of which the other text was chosen.
        confirmed: (path, language) of translations that are said to be up to date.
        has_fixed_rows: Whether the form stays on the screen and cannot take over rows that somebody else added or moved.
    """

    draft: Draft
    base: str
    marks: Marks | None = None
    chosen: frozenset[str] = frozenset()
    confirmed: frozenset[tuple[str, str]] = frozenset()
    has_fixed_rows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """The draft after a save: what the next save names, when it was saved, and what of somebody else was taken over."""

    base: str
    marks: Marks
    at: datetime
    has_draft: bool
    taken: Mapping[str, str] = field(default_factory=dict)
    is_rearranged: bool = False


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
    """Save a draft, valid or not; what somebody else has changed meanwhile is merged into it. The same twice is saved once.

    Raises:
        DraftConflict: Both have changed the same field, row or order.
        DraftTooLong: The texts are longer than all that is ever stored.
    """
    kind, at = kind_of(name), clock.now()
    if characters_of(kind, change.draft) > MAX_DRAFT_CHARACTERS:
        raise DraftTooLong
    with transaction() as session:
        row = lock_row(session, campaign_id, name, at=at)
        published, languages = published_draft(session, campaign_id, name), rules_of(session, campaign_id).languages
        current = draft_of(row, name, published)
        merged = _merged(kind, change, current, languages)
        draft = merged.draft
        if draft != current or change.confirmed:
            row.sources = dict(
                updated_sources(
                    kind,
                    current,
                    draft,
                    sources_of(row),
                    source_language=languages[0],
                    confirmed=change.confirmed,
                )
            )
            row.draft = None if same_content(draft, published) else draft
            row.changed_at, row.changed_by_id = at, actor_id
        return SavedDraft(
            base=fingerprint(draft),
            marks=marks_of(kind, draft, languages),
            at=at,
            has_draft=row.draft is not None,
            taken=merged.taken,
            is_rearranged=merged.is_rearranged,
        )


def _merged(kind: type[Any], change: DraftChange, current: Draft, languages: tuple[str, ...]) -> Merged:
    """Return what was typed, merged with what somebody else has saved meanwhile.

    Raises:
        DraftConflict: Both have changed the same.
    """
    draft, marks = change.draft, change.marks
    if marks is not None and change.chosen:
        draft = with_choices(kind, draft, current, languages, base=marks, chosen=change.chosen)
    if fingerprint(current) in {change.base, fingerprint(draft)}:
        return Merged(draft, (), {}, is_rearranged=False)
    if marks is None:
        raise DraftConflict(current)
    merged = merge(kind, marks, draft, current, languages)
    if merged.conflicts or (change.has_fixed_rows and merged.is_rearranged):
        raise DraftConflict(current, merged)
    return merged


def _name_of(session: Session, row: CampaignDocument | None) -> str | None:
    if row is None or row.changed_by_id is None:
        return None
    return session.execute(select(Staff.name).where(Staff.id == row.changed_by_id)).scalar_one_or_none()
