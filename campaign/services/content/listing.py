"""The list of a campaign's documents, with what is missing, outdated and not published yet."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from campaign.database import reading
from campaign.domain.documents.drafts import texts_of
from campaign.domain.documents.kinds import DOCUMENTS
from campaign.domain.documents.reading import read
from campaign.domain.documents.translation import TranslationState, translation_states
from campaign.services.content.rows import (
    draft_of,
    find_row,
    last_published,
    published_draft,
    rules_of,
    scheduled_version,
    sources_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSummary:
    """A document in the list. `missing` and `outdated` count texts per language."""

    name: str
    is_empty: bool  # no text in any language
    missing: dict[str, int]
    outdated: dict[str, int]
    has_draft: bool
    problems: int
    publish_at: datetime | None
    published_at: datetime | None
    """When the public text was last published here; None while it is the one that the campaign began with."""


def documents_of(campaign_id: int) -> list[DocumentSummary]:
    """Return every document of a campaign, in the order of the site."""
    summaries = []
    with reading() as session:
        rules = rules_of(session, campaign_id)
        for name, kind in DOCUMENTS.items():
            row = find_row(session, campaign_id, name)
            draft = draft_of(row, name, published_draft(session, campaign_id, name))
            states = translation_states(kind, draft, sources_of(row), rules.languages)
            counts = Counter((state, language) for (_path, language), state in states.items())
            scheduled = scheduled_version(session, row)
            last = last_published(session, row) if row else []
            summaries.append(
                DocumentSummary(
                    name=name,
                    is_empty=not any(text for place in texts_of(kind, draft) for text in place.texts.values()),
                    missing={code: counts[TranslationState.MISSING, code] for code in rules.languages},
                    outdated={code: counts[TranslationState.OUTDATED, code] for code in rules.languages},
                    has_draft=row is not None and row.draft is not None,
                    problems=len(read(kind, draft, rules).problems),
                    publish_at=scheduled.publish_at if scheduled else None,
                    published_at=last[0].published_at if last and last[0].actor_id else None,
                )
            )
    return summaries
