"""An application for a grant: how far it comes, who reviews it, and who may decide on it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from campaign.domain.allocation import AllocationState
from campaign.domain.errors import Conflict, DomainError

REVIEWERS = 2
"""How many people score an application before somebody decides on it."""
SCORES = range(1, 6)
MAX_COMMENT = 2000
MAX_REASON = 2000
MAX_LETTER = 5000
MAX_FILE_BYTES = 8_000_000
MAX_FILES = 5
LINK_KIND, RECEIVED_KIND, LETTER_KIND = "application_link", "application_received", "application_letter"
REVIEW_KIND = "review_due"
"""Emails to reviewers."""
"""Folders of mail templates: of the link to a draft, of the confirmation, and of the letter about the decision."""


class ApplicationState(StrEnum):
    """How far an application has come."""

    DRAFT = "draft"  # its applicant is writing it
    SUBMITTED = "submitted"
    WAITING = "waiting"  # on the waiting list
    AWARDED = "awarded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by its applicant


class ApplicationAct(StrEnum):
    """What becomes of an application: the first three are its applicant's, the others the staff's."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    AWARD = "award"
    REFUSE = "refuse"
    WAIT = "wait"


class ReviewState(StrEnum):
    """How far a reviewer is with an application."""

    ASSIGNED = "assigned"
    SCORED = "scored"
    CONFLICT = "conflict"  # of interest: they neither score nor decide


class FileFlaw(StrEnum):
    """Why a file is not attached."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    OTHER_TYPE = "other_type"
    DAMAGED = "damaged"
    LOCKED = "locked"
    """A PDF that needs a password."""
    TOO_MANY = "too_many"


class ApplicationLinkBroken(DomainError):
    """The link to an application is incomplete, or a newer one has replaced it."""


class ApplicationChanged(Conflict):
    """The application was changed in another window or by somebody else after it was opened."""


class WrongApplicationState(Conflict):
    """The act does not fit what became of the application meanwhile."""


class NotEligible(DomainError):
    """An eligibility question is not answered as the call needs it."""


class ApplicationIncomplete(DomainError):
    """Answers are missing or wrong."""


class FileRefused(DomainError):
    """A file is not attached.

    Attributes:
        flaw: Why.
    """

    def __init__(self, flaw: FileFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


class ReviewersComplete(Conflict):
    """The application has all its reviewers."""


class ReviewGiven(Conflict):
    """The reviewer has given their scores already."""


class NotReviewer(DomainError):
    """This person is not a reviewer of this application."""


class ConflictOfInterest(DomainError):
    """This person declared a conflict of interest."""


class ScoresIncomplete(DomainError):
    """Each criterion needs a score from 1 to 5."""


class ScoresMissing(DomainError):
    """Two reviewers score an application before somebody decides on it."""


class DecisionReasonMissing(DomainError):
    """A decision says why."""


class LetterTooEarly(Conflict):
    """A letter about an award leaves once the money is allocated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts:
    """What is known of one reviewer's work."""

    staff_id: int
    state: ReviewState
    scores: Mapping[str, int] = field(default_factory=dict)

    @property
    def average(self) -> float | None:
        """The mean of the scores; None before they are given."""
        return sum(self.scores.values()) / len(self.scores) if self.scores else None


_MOVES: dict[ApplicationAct, tuple[frozenset[ApplicationState], ApplicationState]] = {
    ApplicationAct.SUBMIT: (frozenset({ApplicationState.DRAFT}), ApplicationState.SUBMITTED),
    ApplicationAct.WITHDRAW: (
        frozenset({ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.WAITING}),
        ApplicationState.WITHDRAWN,
    ),
    ApplicationAct.REOPEN: (frozenset({ApplicationState.WITHDRAWN}), ApplicationState.DRAFT),
    ApplicationAct.AWARD: (
        frozenset({ApplicationState.SUBMITTED, ApplicationState.WAITING}),
        ApplicationState.AWARDED,
    ),
    ApplicationAct.REFUSE: (
        frozenset({ApplicationState.SUBMITTED, ApplicationState.WAITING}),
        ApplicationState.REFUSED,
    ),
    ApplicationAct.WAIT: (frozenset({ApplicationState.SUBMITTED}), ApplicationState.WAITING),
}
DECISIONS = (ApplicationAct.AWARD, ApplicationAct.WAIT, ApplicationAct.REFUSE)
UNDECIDED = frozenset({ApplicationState.SUBMITTED, ApplicationState.WAITING})
HANDED_IN = frozenset(set(ApplicationState) - {ApplicationState.DRAFT, ApplicationState.WITHDRAWN})
"""States that take one of the places of a call."""
FAILED_ALLOCATIONS = frozenset({AllocationState.REJECTED, AllocationState.WITHDRAWN})


def state_after(act: ApplicationAct, state: ApplicationState) -> ApplicationState:
    """Return the state to which an act leads.

    Raises:
        WrongApplicationState: The act is not possible in this state.
    """
    states, result = _MOVES[act]
    if state not in states:
        raise WrongApplicationState(state)
    return result


def present_state(state: ApplicationState, allocation: AllocationState | None) -> ApplicationState:
    """Return the state of an application: an award whose allocation was not approved is to be decided again."""
    is_void = state is ApplicationState.AWARDED and allocation in FAILED_ALLOCATIONS
    return ApplicationState.SUBMITTED if is_void else state


def has_all_scores(reviews: Sequence[ReviewFacts]) -> bool:
    """Return whether enough reviewers have given their scores."""
    return sum(review.state is ReviewState.SCORED for review in reviews) >= REVIEWERS


def check_decision(reviews: Sequence[ReviewFacts], staff_id: int) -> None:
    """Refuse a decision that comes too early, or of a person with a conflict of interest.

    Raises:
        ConflictOfInterest: This person declared one.
        ScoresMissing: Fewer than two reviewers have given their scores.
    """
    if any(review.staff_id == staff_id and review.state is ReviewState.CONFLICT for review in reviews):
        raise ConflictOfInterest
    if not has_all_scores(reviews):
        raise ScoresMissing


def check_assignment(reviews: Sequence[ReviewFacts], staff_id: int) -> None:
    """Refuse a reviewer more than needed, or one with a conflict of interest.

    Raises:
        ConflictOfInterest: This person declared one.
        ReviewersComplete: There are two, or this person is one of them.
    """
    own = next((review for review in reviews if review.staff_id == staff_id), None)
    if own is not None and own.state is ReviewState.CONFLICT:
        raise ConflictOfInterest
    active = [review for review in reviews if review.state is not ReviewState.CONFLICT]
    if own is not None or len(active) >= REVIEWERS:
        raise ReviewersComplete


def check_review(review: ReviewFacts | None, scores: Mapping[str, int], criteria: Sequence[str]) -> None:
    """Refuse scores that are not this person's to give, or that are not complete.

    Raises:
        NotReviewer: This person is not assigned.
        ConflictOfInterest: They declared one.
        ReviewGiven: They have given their scores.
        ScoresIncomplete: A criterion has no score, or one outside 1 to 5.
    """
    if review is None:
        raise NotReviewer
    if review.state is ReviewState.CONFLICT:
        raise ConflictOfInterest
    if review.state is ReviewState.SCORED:
        raise ReviewGiven
    if not criteria or set(scores) != set(criteria) or any(score not in SCORES for score in scores.values()):
        raise ScoresIncomplete


def sees_scores(reviews: Sequence[ReviewFacts], staff_id: int) -> bool:
    """Return whether a person may read others' scores.

    A reviewer may after giving their own; others once both are given, for until then they may become a reviewer; nobody
    with a conflict of interest may.
    """
    own = next((review for review in reviews if review.staff_id == staff_id), None)
    return has_all_scores(reviews) if own is None else own.state is ReviewState.SCORED


def check_letter(state: ApplicationState, allocation: AllocationState | None) -> None:
    """Refuse a letter that nothing was decided for, or that promises money before it is there.

    Raises:
        WrongApplicationState: Nothing is decided.
        LetterTooEarly: The allocation of the award is not approved yet.
    """
    if state not in {ApplicationState.AWARDED, ApplicationState.REFUSED, ApplicationState.WAITING}:
        raise WrongApplicationState(state)
    if state is ApplicationState.AWARDED and allocation is not AllocationState.APPROVED:
        raise LetterTooEarly
