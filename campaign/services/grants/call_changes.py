"""Campaign staff write the call of a grant: its questions, and whether it takes applications here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.errors import NotFound
from campaign.domain.grant_call import (
    MAX_FILE_QUESTIONS,
    MAX_QUESTIONS,
    CallIncomplete,
    OptionsFixed,
    QuestionKind,
    QuestionRules,
    TooManyQuestions,
    is_call_complete,
    options_of,
)
from campaign.domain.language import with_hidden_languages
from campaign.gateways.clock import Clock
from campaign.languages import installed
from campaign.models.application import CallQuestion, GrantApplication, GrantCall
from campaign.models.campaign import Campaign
from campaign.models.fund import Fund
from campaign.services.campaigns.plan_changes import record_change
from campaign.services.grants.call import grant_fund, question_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDraft(QuestionRules):
    """What staff write of a question. `options` has one option per line, in each language."""

    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEditor:
    """Who changes the call of which grant."""

    campaign_id: int
    grant: str  # its public id
    actor_id: int
    clock: Clock


def save_call(editor: CallEditor, *, is_online: bool, places: int | None, reviews_due_on: date | None) -> None:
    """Set whether a call takes applications on this site, how many, and by when reviewers give their scores.

    Raises:
        NotFound: The campaign has no such grant.
        CallIncomplete: It has no question, or nothing that reviewers could score.
    """
    with transaction() as session:
        fund = grant_fund(session, editor.campaign_id, editor.grant, is_locking=True)
        if is_online and not is_call_complete(row.kind for row in question_rows(session, fund.id)):
            raise CallIncomplete(editor.grant)
        row = session.get(GrantCall, fund.id) or GrantCall(fund_id=fund.id)
        row.is_online, row.places, row.reviews_due_on = is_online, places, reviews_due_on
        session.add(row)
        _record(session, fund, "call_online" if is_online else "call_offline", editor)


def add_question(editor: CallEditor, draft: QuestionDraft, *, form_id: str) -> None:
    """Add a question at the end; a form that comes twice adds one.

    Raises:
        NotFound: The campaign has no such grant.
        TooManyQuestions: The call is full.
        OptionsDiffer: The options of a choice cannot be read.
    """
    options = _options(draft)
    with transaction() as session:
        fund = grant_fund(session, editor.campaign_id, editor.grant, is_locking=True)
        if session.execute(select(CallQuestion.id).where(CallQuestion.public_id == form_id)).first() is not None:
            return
        rows = question_rows(session, fund.id, with_removed=True)
        present = [row for row in rows if not row.is_removed]
        files = sum(row.kind == QuestionKind.FILE for row in present)
        if len(present) >= MAX_QUESTIONS or (draft.kind is QuestionKind.FILE and files >= MAX_FILE_QUESTIONS):
            raise TooManyQuestions(editor.grant)
        session.add(
            CallQuestion(
                public_id=form_id,
                fund_id=fund.id,
                position=max((row.position for row in rows), default=-1) + 1,
                kind=draft.kind,
                label=dict(draft.label),
                hint=dict(draft.hint),
                is_required=draft.is_required,
                needs_yes=draft.needs_yes,
                max_length=draft.max_length,
                options=options,
            )
        )
        _record(session, fund, "question_add", editor)


def change_question(editor: CallEditor, public_id: str, draft: QuestionDraft) -> None:
    """Change a question; its kind stays.

    Raises:
        NotFound: The call has no such question.
        OptionsDiffer: The options of a choice cannot be read.
        OptionsFixed: Applicants chose among the options, and their number would change.
    """
    with transaction() as session:
        fund = grant_fund(session, editor.campaign_id, editor.grant, is_locking=True)
        row = _question(session, fund, public_id)
        if row.kind == QuestionKind.CHOICE:
            options = _options(draft)
            if len(options) != len(row.options) and _is_answered(session, fund, public_id):
                raise OptionsFixed(public_id)
            row.options = options
        languages = session.get_one(Campaign, fund.campaign_id).languages or installed()
        row.label = with_hidden_languages(draft.label, row.label, languages)
        row.hint = with_hidden_languages(draft.hint, row.hint, languages)
        row.is_required, row.needs_yes, row.max_length = draft.is_required, draft.needs_yes, draft.max_length
        _record(session, fund, "question_change", editor)


def move_question(editor: CallEditor, public_id: str) -> None:
    """Move a question one place up; the first one stays.

    Raises:
        NotFound: The call has no such question.
    """
    with transaction() as session:
        fund = grant_fund(session, editor.campaign_id, editor.grant, is_locking=True)
        row = _question(session, fund, public_id)
        rows = list(question_rows(session, fund.id))
        place = rows.index(row)
        if place:
            before = rows[place - 1]
            before.position, row.position = row.position, before.position
            _record(session, fund, "question_move", editor)


def remove_question(editor: CallEditor, public_id: str) -> None:
    """Ask a question no more. Answers that were given to it stay with their applications.

    Raises:
        NotFound: The call has no such question.
    """
    with transaction() as session:
        fund = grant_fund(session, editor.campaign_id, editor.grant, is_locking=True)
        _question(session, fund, public_id).is_removed = True
        _record(session, fund, "question_remove", editor)


def _options(draft: QuestionDraft) -> list[dict[str, str]]:
    return list(options_of(draft.options)) if draft.kind is QuestionKind.CHOICE else []


def _question(session: Session, fund: Fund, public_id: str) -> CallQuestion:
    row = next((row for row in question_rows(session, fund.id) if row.public_id == public_id), None)
    if row is None:
        raise NotFound(f"question:{public_id}")
    return row


def _is_answered(session: Session, fund: Fund, public_id: str) -> bool:
    answers = session.execute(select(GrantApplication.answers).where(GrantApplication.fund_id == fund.id)).scalars()
    return any(given.get(public_id) for given in answers)


def _record(session: Session, fund: Fund, act: str, editor: CallEditor) -> None:
    record_change(session, fund, act, editor.actor_id, editor.clock)
