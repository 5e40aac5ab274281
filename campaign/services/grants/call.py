"""The call of a grant as staff and applicants read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.errors import NotFound
from campaign.domain.fund import FundKind
from campaign.domain.grant_application import HANDED_IN
from campaign.domain.grant_call import ANSWERED, CallState, CallTerms, Question, QuestionKind
from campaign.models.application import CallQuestion, GrantApplication, GrantCall
from campaign.models.fund import Fund, Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """A call with its grant.

    Attributes:
        submitted: How many applications have been handed in.
        begun: How many there are, drafts among them.
        reviews_due_on: The day by which reviewers give their scores.
        questions: Those that are asked now, in their order.
    """

    fund_id: int
    public_id: str
    title: dict[str, str]
    summary: dict[str, str]
    terms: CallTerms
    submitted: int
    begun: int
    reviews_due_on: date | None
    questions: tuple[Question, ...]

    def state_on(self, day: date) -> CallState:
        """Return whether applications can be handed in on a day."""
        return self.terms.state_on(day, submitted=self.submitted)

    def of_kinds(self, *kinds: QuestionKind) -> list[Question]:
        """Return the questions of these kinds."""
        return [question for question in self.questions if question.kind in kinds]

    @property
    def eligibility(self) -> list[Question]:
        """Return what must be answered before anything else."""
        return self.of_kinds(QuestionKind.ELIGIBILITY)

    @property
    def written(self) -> list[Question]:
        """Return what is answered by writing or choosing."""
        return self.of_kinds(*ANSWERED)

    @property
    def files(self) -> list[Question]:
        """Return what is answered by a file."""
        return self.of_kinds(QuestionKind.FILE)

    @property
    def criteria(self) -> list[Question]:
        """Return what reviewers score."""
        return self.of_kinds(QuestionKind.CRITERION)


def call_of(campaign_id: int, public_id: str) -> CallView:
    """Return the call of a grant; one that nobody has written yet has no questions and takes no applications.

    Raises:
        NotFound: The campaign has no such grant.
    """
    with reading() as session:
        return read_call(session, grant_fund(session, campaign_id, public_id))


def grant_fund(session: Session, campaign_id: int, public_id: str, *, is_locking: bool = False) -> Fund:
    """Return the fund of a grant.

    Raises:
        NotFound: The campaign has no such grant.
    """
    query = select(Fund).where(
        Fund.campaign_id == campaign_id, Fund.public_id == public_id, Fund.kind == FundKind.GRANT
    )
    fund = session.execute(query.with_for_update() if is_locking else query).scalar_one_or_none()
    if fund is None:
        raise NotFound(f"grant:{public_id}")
    return fund


def read_call(session: Session, fund: Fund) -> CallView:
    """Return the call of a grant, within the caller's transaction."""
    grant, settings = session.get_one(Grant, fund.id), session.get(GrantCall, fund.id)
    own = GrantApplication.fund_id == fund.id
    is_handed_in = GrantApplication.state.in_(sorted(HANDED_IN))
    begun, submitted = session.execute(
        select(func.count(), func.count().filter(is_handed_in)).select_from(GrantApplication).where(own)
    ).one()
    return CallView(
        fund_id=fund.id,
        public_id=fund.public_id,
        title=fund.title,
        summary=fund.summary,
        terms=CallTerms(
            is_online=settings is not None and settings.is_online,
            status=grant.status,
            opens_on=grant.opens_on,
            closes_on=grant.closes_on,
            places=settings.places if settings else None,
        ),
        submitted=submitted,
        begun=begun,
        reviews_due_on=settings.reviews_due_on if settings else None,
        questions=tuple(question_of(row) for row in question_rows(session, fund.id)),
    )


def question_rows(session: Session, fund_id: int, *, with_removed: bool = False) -> Sequence[CallQuestion]:
    """Return the rows of a call's questions, in their order."""
    query = select(CallQuestion).where(CallQuestion.fund_id == fund_id)
    if not with_removed:
        query = query.where(CallQuestion.is_removed.is_(False))
    return session.execute(query.order_by(CallQuestion.position, CallQuestion.id)).scalars().all()


def question_of(row: CallQuestion) -> Question:
    """Return a question as the rules read it."""
    return Question(
        public_id=row.public_id,
        kind=QuestionKind(row.kind),
        label=row.label,
        hint=row.hint,
        is_required=row.is_required,
        needs_yes=row.needs_yes,
        max_length=row.max_length,
        options=tuple(row.options),
    )
