"""Applications as staff read them: campaign staff all that were submitted, others those that they review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.database import reading
from campaign.domain.allocation import AllocationState
from campaign.domain.errors import NotFound
from campaign.domain.grant_application import (
    FAILED_ALLOCATIONS,
    HANDED_IN,
    REVIEWERS,
    ApplicationState,
    ReviewFacts,
    ReviewState,
    has_all_scores,
    present_state,
    sees_scores,
)
from campaign.domain.grant_call import Question
from campaign.domain.money import Money
from campaign.models.allocation import Allocation
from campaign.models.application import ApplicationReview, GrantApplication
from campaign.models.fund import Fund
from campaign.models.staff import Staff, StaffGrant
from campaign.services.grants.call import question_of, question_rows
from campaign.services.grants.own_application import OwnApplication, read_own

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A member of staff, and whether they read all applications of the campaign or only those that they review."""

    staff_id: int
    campaign_id: int
    reads_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRow:
    """One line of the list; the average is None until both reviewers have given their scores."""

    public_id: str
    grant_title: dict[str, str]
    state: ApplicationState
    name: str
    place: str
    submitted_at: datetime
    scored: int
    own_review: ReviewState | None
    average: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """One reviewer's work as another person may read it: without scores and comment where they are hidden."""

    staff_id: int
    name: str
    state: ReviewState
    scores: Mapping[str, int]
    comment: str

    @property
    def average(self) -> float | None:
        """The mean of the scores; None where there are none to be read."""
        return sum(self.scores.values()) / len(self.scores) if self.scores else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantDecision:
    """What was decided, by whom and why."""

    state: ApplicationState
    decider: str
    at: datetime
    reason: str
    award: Money | None
    allocation: str | None  # its public id
    allocation_state: AllocationState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskApplication:
    """An application with its reviews and its decision.

    Attributes:
        own: What the applicant wrote; None for a reader with a conflict of interest.
        questions: Those that are asked now, and those that were asked when it was written.
        decision: The last one; a void award stays here until the next.
    """

    public_id: str
    grant_title: dict[str, str]
    grant: str
    state: ApplicationState
    language: str
    own: OwnApplication | None
    questions: tuple[Question, ...]
    reviews: tuple[ReviewView, ...]
    own_review: ReviewState | None
    shows_scores: bool
    decision: GrantDecision | None
    letter: str
    letter_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is to be decided."""
        return self.state in {ApplicationState.SUBMITTED, ApplicationState.WAITING}

    @property
    def needs_reviewers(self) -> bool:
        """Whether there are fewer than two who can score."""
        return sum(review.state is not ReviewState.CONFLICT for review in self.reviews) < REVIEWERS

    @property
    def is_scored(self) -> bool:
        """Whether both reviewers have given their scores."""
        return sum(review.state is ReviewState.SCORED for review in self.reviews) >= REVIEWERS


def list_applications(
    reader: Reader, *, state: str = "", before: str = "", limit: int = PAGE_ROWS
) -> tuple[list[ApplicationRow], bool]:
    """Return a page of submitted applications, the last one first, and whether there are more."""
    query = _visible(reader).order_by(GrantApplication.id.desc()).limit(limit + 1)
    if state:
        query = query.where(_is_in(ApplicationState(state)))
    if before:
        last = select(GrantApplication.id).where(GrantApplication.public_id == before).scalar_subquery()
        query = query.where(GrantApplication.id < last)
    with reading() as session:
        results = session.execute(query).all()
        reviews = _reviews_of(session, [row.id for row, _title, _state in results])
        rows = [_row(row, title, kind, reviews.get(row.id, []), reader) for row, title, kind in results]
    return rows[:limit], len(rows) > limit


def states_count(reader: Reader) -> Mapping[ApplicationState, int]:
    """Return how many applications the reader may read, by state."""
    with reading() as session:
        rows = session.execute(_visible(reader).with_only_columns(GrantApplication.state, Allocation.state)).all()
    states = [present_state(ApplicationState(state), _allocation_state(kind)) for state, kind in rows]
    return {state: states.count(state) for state in ApplicationState if state in HANDED_IN}


def one_application(reader: Reader, public_id: str) -> DeskApplication:
    """Return an application.

    Raises:
        NotFound: The campaign has no such application that this person may read.
    """
    with reading() as session:
        row, title, kind = visible_row(session, reader, public_id)
        facts = review_facts(session, row.id)
        own_state = next((review.state for review in facts if review.staff_id == reader.staff_id), None)
        may_compare = sees_scores(facts, reader.staff_id)
        own = None if own_state is ReviewState.CONFLICT else read_own(session, row)
        fund = session.get_one(Fund, row.fund_id)
        return DeskApplication(
            public_id=row.public_id,
            grant_title=title,
            grant=fund.public_id,
            state=present_state(ApplicationState(row.state), _allocation_state(kind)),
            language=row.language,
            own=own,
            questions=_questions(session, row) if own else (),
            reviews=tuple(_review_views(session, row.id, reader, shows_scores=may_compare)),
            own_review=own_state,
            shows_scores=may_compare,
            decision=_decision(session, row) if own else None,
            letter=row.letter if own else "",
            letter_at=row.letter_at,
        )


def can_review(campaign_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition of people who can review: of this campaign, and not invited only."""
    own = or_(StaffGrant.campaign_id.is_(None), StaffGrant.campaign_id == campaign_id)
    return and_(Staff.active.is_(True), Staff.password.is_not(None), Staff.grants.any(own))


def candidates(campaign_id: int, public_id: str) -> Sequence[tuple[int, str]]:
    """Return the (id, name) of people who can review and are not in the list of reviews yet."""
    known = (
        select(ApplicationReview.staff_id)
        .join(GrantApplication, GrantApplication.id == ApplicationReview.application_id)
        .where(GrantApplication.public_id == public_id)
    )
    query = (
        select(Staff.id, Staff.name)
        .where(can_review(campaign_id), Staff.id.not_in(known))
        .order_by(Staff.name, Staff.id)
    )
    with reading() as session:
        return [(staff_id, name) for staff_id, name in session.execute(query)]


def undecided_applications(campaign_id: int) -> Select[int]:
    """Count the applications of a campaign that are to be decided; those on the waiting list are not counted."""
    return (
        select(func.count())
        .select_from(GrantApplication)
        .outerjoin(Allocation, Allocation.id == GrantApplication.allocation_id)
        .where(GrantApplication.campaign_id == campaign_id, _is_in(ApplicationState.SUBMITTED))
    )


def visible_row(
    session: Session, reader: Reader, public_id: str, *, is_locking: bool = False
) -> tuple[GrantApplication, dict[str, str], str | None]:
    """Return the row of an application, the title of its grant and the state of its allocation.

    Raises:
        NotFound: The campaign has no such application that this person may read.
    """
    query = _visible(reader).where(GrantApplication.public_id == public_id)
    if is_locking:
        query = query.with_for_update(of=GrantApplication)
    match = session.execute(query).one_or_none()
    if match is None:
        raise NotFound(f"application:{public_id}")
    row, title, kind = match
    return row, title, kind


def review_facts(session: Session, application_id: int) -> list[ReviewFacts]:
    """Return what is known of the reviews of an application."""
    return _reviews_of(session, [application_id]).get(application_id, [])


def _visible(reader: Reader) -> Select[GrantApplication, dict[str, str], str]:
    query = (
        select(GrantApplication, Fund.title, Allocation.state)
        .join(Fund, Fund.id == GrantApplication.fund_id)
        .outerjoin(Allocation, Allocation.id == GrantApplication.allocation_id)
        .where(GrantApplication.campaign_id == reader.campaign_id, GrantApplication.state.in_(sorted(HANDED_IN)))
    )
    if reader.reads_all:
        return query
    own = select(ApplicationReview.application_id).where(ApplicationReview.staff_id == reader.staff_id)
    return query.where(GrantApplication.id.in_(own))


def _is_in(state: ApplicationState) -> ColumnElement[bool]:
    """Return whether an application is in a state; a void award counts as submitted."""
    is_void = and_(
        GrantApplication.state == ApplicationState.AWARDED,
        func.coalesce(Allocation.state, "").in_(sorted(FAILED_ALLOCATIONS)),
    )
    if state is ApplicationState.SUBMITTED:
        return or_(GrantApplication.state == state, is_void)
    return and_(GrantApplication.state == state, ~is_void)


def _reviews_of(session: Session, application_ids: Sequence[int]) -> dict[int, list[ReviewFacts]]:
    reviews: dict[int, list[ReviewFacts]] = {}
    query = select(ApplicationReview).where(ApplicationReview.application_id.in_(application_ids))
    for row in session.execute(query.order_by(ApplicationReview.assigned_at, ApplicationReview.staff_id)).scalars():
        reviews.setdefault(row.application_id, []).append(
            ReviewFacts(staff_id=row.staff_id, state=ReviewState(row.state), scores=_scores(row))
        )
    return reviews


def _scores(row: ApplicationReview) -> dict[str, int]:
    return {name: int(str(score)) for name, score in row.scores.items()}


def _row(
    row: GrantApplication, title: dict[str, str], kind: str | None, reviews: list[ReviewFacts], reader: Reader
) -> ApplicationRow:
    own = next((review.state for review in reviews if review.staff_id == reader.staff_id), None)
    is_hidden = own is ReviewState.CONFLICT
    averages = [review.average for review in reviews if review.state is ReviewState.SCORED and review.average]
    shows_average = has_all_scores(reviews) and sees_scores(reviews, reader.staff_id)
    return ApplicationRow(
        public_id=row.public_id,
        grant_title=title,
        state=present_state(ApplicationState(row.state), _allocation_state(kind)),
        name="" if is_hidden else row.name,
        place="" if is_hidden else row.place,
        submitted_at=row.submitted_at or row.changed_at,
        scored=len(averages),
        own_review=own,
        average=sum(averages) / len(averages) if shows_average and averages else None,
    )


def _review_views(session: Session, application_id: int, reader: Reader, *, shows_scores: bool) -> list[ReviewView]:
    query = (
        select(ApplicationReview, Staff.name)
        .join(Staff, Staff.id == ApplicationReview.staff_id)
        .where(ApplicationReview.application_id == application_id)
        .order_by(ApplicationReview.assigned_at, ApplicationReview.staff_id)
    )
    views = []
    for row, name in session.execute(query):
        is_shown = shows_scores or row.staff_id == reader.staff_id
        views.append(
            ReviewView(
                staff_id=row.staff_id,
                name=name,
                state=ReviewState(row.state),
                scores=_scores(row) if is_shown else {},
                comment=row.comment if is_shown else "",
            )
        )
    return views


def _questions(session: Session, row: GrantApplication) -> tuple[Question, ...]:
    rows = question_rows(session, row.fund_id, with_removed=True)
    return tuple(question_of(each) for each in rows if not each.is_removed or row.answers.get(each.public_id))


def _decision(session: Session, row: GrantApplication) -> GrantDecision | None:
    if row.decided_by is None or row.closed_at is None:
        return None
    allocation = session.get(Allocation, row.allocation_id) if row.allocation_id else None
    has_award = row.award_minor is not None and row.award_currency is not None
    return GrantDecision(
        state=ApplicationState(row.state),
        decider=session.get_one(Staff, row.decided_by).name,
        at=row.closed_at,
        reason=row.reason,
        award=Money(row.award_minor or 0, row.award_currency or "") if has_award else None,
        allocation=allocation.public_id if allocation else None,
        allocation_state=AllocationState(allocation.state) if allocation else None,
    )


def _allocation_state(kind: str | None) -> AllocationState | None:
    return AllocationState(kind) if kind else None
