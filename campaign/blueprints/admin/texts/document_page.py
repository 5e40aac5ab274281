"""The page of a document: its fields side by side, the problems beside them, and what a colleague has changed."""

from collections import defaultdict

from flask import render_template

from campaign.blueprints.admin.frame import campaign
from campaign.blueprints.admin.texts import words
from campaign.domain.campaign_state import CampaignStage
from campaign.domain.documents.differences import changes_between
from campaign.domain.documents.drafts import fingerprint
from campaign.domain.documents.fields import Draft, specs
from campaign.domain.documents.kinds import DOCUMENTS
from campaign.domain.documents.reading import FieldProblem, read
from campaign.i18n import text_of
from campaign.services.campaigns.form_options import purposes_of
from campaign.services.content.editing import DocumentState


def document_page(
    state: DocumentState,
    *,
    typed: Draft | None = None,
    is_conflict: bool = False,
    refusal: str = "",
) -> str:
    """Return the page of a document.

    Args:
        state: The document as it is stored.
        typed: What the person has typed and what could not be saved; it stays in the fields.
        is_conflict: A colleague has saved another text meanwhile, which is shown beside the typed one.
        refusal: Why the typed text could not be saved.
    """
    kind = DOCUMENTS[state.name]
    draft = state.draft if typed is None else typed
    problems = state.problems if typed is None else read(kind, typed, state.rules).problems
    return render_template(
        "admin/texts/document.html",
        state=state,
        refusal=refusal,
        slug=campaign().slug,
        is_hidden=campaign().stage == CampaignStage.DRAFT,
        draft=draft,
        base=fingerprint(state.draft),
        kind=kind,
        specs=specs,
        texts=words,
        problems=problems,
        problems_at=problems_by_input(problems),
        conflicts=changes_between(kind, state.draft, draft, state.rules.languages) if is_conflict else [],
        fund_choices=_fund_choices(),
        currency_choices=[{"value": code, "label": code} for code in state.rules.bounds],
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
