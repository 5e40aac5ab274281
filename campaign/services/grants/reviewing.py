"""Reviews: two people are assigned, each gives scores without knowing the other's, and says where their interest lies."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.allocation import AllocationState
from campaign.domain.errors import NotFound
from campaign.domain.grant_application import (
    UNDECIDED,
    ApplicationState,
    DecisionReasonMissing,
    ReviewState,
    WrongApplicationState,
    check_assignment,
    check_review,
    present_state,
)
from campaign.domain.grant_call import QuestionKind
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.models.application import ApplicationReview, GrantApplication
from campaign.models.staff import Staff
from campaign.services import audit
from campaign.services.grants.call import question_rows
from campaign.services.grants.desk import Reader, can_review, review_facts, visible_row
from campaign.services.grants.review_mails import tell_reviewer


def assign(reader: Reader, public_id: str, staff_id: int, *, context: Context) -> None:
    """Assign a reviewer of this campaign and tell them by email; one who is assigned already stays so.

    Raises:
        NotFound: There is no such application or person, or the person has not accepted their invitation.
        WrongApplicationState: It is decided.
        ReviewersComplete, ConflictOfInterest: See there.
    """
    at = context.clock.now()
    with transaction() as session:
        row = undecided(session, reader, public_id)
        reviews = review_facts(session, row.id)
        if any(each.staff_id == staff_id and each.state is ReviewState.ASSIGNED for each in reviews):
            return
        check_assignment(reviews, staff_id)
        _refuse_stranger(session, reader.campaign_id, staff_id)
        _add(session, row, staff_id, ReviewState.ASSIGNED, reader, at)
        if staff_id != reader.staff_id:
            tell_reviewer(session, row, staff_id, public_url=context.public_url, at=at)
        _record(session, reader, row, "assign", at, {"staff": staff_id})


def unassign(reader: Reader, public_id: str, staff_id: int, *, clock: Clock) -> None:
    """Take a reviewer off who has not given their scores; one who is off already is no error.

    Raises:
        NotFound: There is no such application.
        WrongApplicationState: It is decided, or the reviewer has given their scores or declared a conflict.
    """
    with transaction() as session:
        row = undecided(session, reader, public_id)
        review = session.get(ApplicationReview, (row.id, staff_id))
        if review is None:
            return
        if review.state != ReviewState.ASSIGNED:
            raise WrongApplicationState(review.state)
        session.delete(review)
        _record(session, reader, row, "unassign", clock.now(), {"staff": staff_id})


def give_scores(reader: Reader, public_id: str, scores: Mapping[str, int], *, comment: str, clock: Clock) -> None:
    """Give the scores of the person who reads; they are given once.

    Raises:
        NotFound: There is no such application that this person may read.
        WrongApplicationState: It is decided.
        NotReviewer, ConflictOfInterest, ReviewGiven, ScoresIncomplete: See there.
    """
    at = clock.now()
    with transaction() as session:
        row = undecided(session, reader, public_id)
        reviews = review_facts(session, row.id)
        own = next((each for each in reviews if each.staff_id == reader.staff_id), None)
        criteria = [
            each.public_id for each in question_rows(session, row.fund_id) if each.kind == QuestionKind.CRITERION
        ]
        check_review(own, scores, criteria)
        review = session.get_one(ApplicationReview, (row.id, reader.staff_id))
        review.state, review.scores, review.comment, review.given_at = ReviewState.SCORED, dict(scores), comment, at
        _record(session, reader, row, "score", at, {})


def declare_conflict(reader: Reader, public_id: str, *, reason: str, clock: Clock) -> None:
    """Declare a conflict of interest: scores that this person gave no longer count, and they decide nothing.

    Raises:
        NotFound: There is no such application that this person may read.
        WrongApplicationState: It is decided.
        DecisionReasonMissing: There is no reason.
    """
    at = clock.now()
    if not reason.strip():
        raise DecisionReasonMissing(public_id)
    with transaction() as session:
        row = undecided(session, reader, public_id)
        review = session.get(ApplicationReview, (row.id, reader.staff_id))
        if review is None:
            review = _add(session, row, reader.staff_id, ReviewState.CONFLICT, reader, at)
        review.state, review.scores, review.comment, review.given_at = ReviewState.CONFLICT, {}, reason.strip(), at
        _record(session, reader, row, "conflict", at, {})


def undecided(session: Session, reader: Reader, public_id: str) -> GrantApplication:
    """Return the row of an application that is to be decided, locked until the transaction ends.

    Raises:
        NotFound: There is no such application that this person may read.
        WrongApplicationState: It is decided.
    """
    row, _title, kind = visible_row(session, reader, public_id, is_locking=True)
    state = present_state(ApplicationState(row.state), AllocationState(kind) if kind else None)
    if state not in UNDECIDED:
        raise WrongApplicationState(state)
    return row


def _refuse_stranger(session: Session, campaign_id: int, staff_id: int) -> None:
    query = select(Staff.id).where(Staff.id == staff_id, can_review(campaign_id))
    if session.execute(query).first() is None:
        raise NotFound(f"staff:{staff_id}")


def _add(
    session: Session, row: GrantApplication, staff_id: int, state: ReviewState, reader: Reader, at: datetime
) -> ApplicationReview:
    review = ApplicationReview(
        application_id=row.id,
        staff_id=staff_id,
        state=state,
        scores={},
        comment="",
        assigned_by=reader.staff_id,
        assigned_at=at,
    )
    session.add(review)
    return review


def _record(
    session: Session, reader: Reader, row: GrantApplication, act: str, at: datetime, detail: dict[str, object]
) -> None:
    subject = f"application:{row.public_id}"
    audit.record(session, actor_id=reader.staff_id, action=f"application:{act}", subject=subject, at=at, detail=detail)
