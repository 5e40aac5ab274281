"""The page of a document: its fields side by side, the problems beside them, and what a colleague has changed."""

import json
from collections import defaultdict
from dataclasses import dataclass

from flask import render_template

from campaign.blueprints.admin.frame import campaign
from campaign.blueprints.admin.texts import words
from campaign.days import local_day
from campaign.domain.campaign_state import CampaignStage
from campaign.domain.documents.differences import Piece, changes_between, compare_texts
from campaign.domain.documents.drafts import fingerprint
from campaign.domain.documents.fields import Draft, specs
from campaign.domain.documents.kinds import UPDATE
from campaign.domain.documents.merging import ConflictKind, MergeConflict, Merged, marks_of
from campaign.domain.documents.reading import FieldProblem, read
from campaign.gateway_registry import current_context
from campaign.i18n import text_of
from campaign.services.campaigns.form_options import purposes_of
from campaign.services.content.editing import DocumentState, DraftConflict
from campaign.services.content.parts import PLACES
from campaign.services.content.rows import kind_of
from campaign.services.pictures.quoted_pieces import unseen_pieces


def document_page(
    state: DocumentState,
    *,
    typed: Draft | None = None,
    conflict: DraftConflict | None = None,
    refusal: str = "",
) -> str:
    """Return the page of a document.

    Args:
        state: The document as it is stored.
        typed: What the person has typed and what could not be saved; it stays in the fields.
        conflict: What a colleague has saved meanwhile, which is shown beside the typed text where both have changed it.
        refusal: Why the typed text could not be saved.
    """
    kind = kind_of(state.name)
    base = conflict.current if conflict and conflict.current is not None else state.draft
    draft = state.draft if typed is None else typed
    if conflict and conflict.merged:
        draft = conflict.merged.draft
    problems = state.problems if typed is None else read(kind, draft, state.rules).problems
    return render_template(
        "admin/texts/document.html",
        state=state,
        refusal=refusal,
        update_id=_update_id(state.name),
        slug=campaign().slug,
        is_hidden=campaign().stage == CampaignStage.DRAFT,
        draft=draft,
        base=fingerprint(base),
        marks=json.dumps(marks_of(kind, base, state.rules.languages), separators=(",", ":")),
        kind=kind,
        specs=specs,
        texts=words,
        problems=problems,
        problems_at=problems_by_input(problems),
        is_conflict=conflict is not None,
        conflicts=_conflicts(conflict.merged) if conflict and conflict.merged else [],
        changes_of_both=changes_between(kind, base, draft, state.rules.languages)
        if conflict and not conflict.merged
        else [],
        unseen=unseen_pieces(campaign().id, PLACES.get(state.name, ""), day=local_day(current_context().clock.now())),
        fund_choices=_fund_choices(),
        currency_choices=[{"value": code, "label": code} for code in state.rules.bounds],
    )


def _update_id(name: str) -> str:
    return name.removeprefix(UPDATE) if name.startswith(UPDATE) else ""


@dataclass(frozen=True, slots=True)
class ShownConflict:
    """A place where two people have changed the same, as the page shows it."""

    path: str
    kind: ConflictKind
    rows: str
    number: int
    name: str
    language: str
    pieces: tuple[Piece, ...]
    mine: str
    theirs: str


def _conflicts(merged: Merged) -> list[ShownConflict]:
    return [_shown_conflict(conflict, merged) for conflict in merged.conflicts]


def _shown_conflict(conflict: MergeConflict, merged: Merged) -> ShownConflict:
    """Name the row, the field and the language of a conflict, from `sections.story-1.heading.ru`, `title.ru` or `year`."""
    parts = conflict.path.split(".")
    rows = parts.pop(0) if isinstance(merged.draft.get(parts[0]), list) else ""
    keys = [row["key"] for row in merged.draft[rows]] if rows else []
    key = parts.pop(0) if rows and parts else ""
    return ShownConflict(
        path=conflict.path,
        kind=conflict.kind,
        rows=rows,
        number=keys.index(key) + 1 if key in keys else 0,
        name=parts[0] if parts else "",
        language=parts[1] if len(parts) > 1 else "",
        pieces=compare_texts(conflict.theirs, conflict.mine) if conflict.kind is ConflictKind.BOTH_CHANGED else (),
        mine=conflict.mine,
        theirs=conflict.theirs,
    )


def problems_by_input(problems: tuple[FieldProblem, ...]) -> dict[str, str]:
    """Return the sentences by the name of their input; the first one where a field has several."""
    sentences: dict[str, str] = defaultdict(str)
    for problem in problems:
        name = f"{problem.path}.{problem.language}" if problem.language else problem.path
        sentences.setdefault(name, words.problem_in_words(problem))
    return dict(sentences)


def _fund_choices() -> list[dict[str, str]]:
    return [{"value": purpose.code, "label": text_of(purpose.title)} for purpose in purposes_of(campaign().id)]
