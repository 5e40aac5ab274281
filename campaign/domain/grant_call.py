"""The call of a grant: its questions, when it takes applications, and what is wrong with an answer. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from campaign.domain.errors import Conflict, DomainError
from campaign.domain.fund import GrantStatus

MAX_QUESTIONS = 40
MAX_FILE_QUESTIONS = 5
MAX_LABEL, MAX_HINT = 300, 600
MAX_OPTIONS, MAX_OPTION = 20, 200
MAX_SHORT, MAX_LONG = 300, 10_000
"""Characters of an answer, at most; a question may ask for fewer."""
MAX_NUMBER = 12
"""Characters of a number."""
MAX_ANSWER = MAX_LONG


class QuestionKind(StrEnum):
    """What a line of a call asks for."""

    ELIGIBILITY = "eligibility"  # yes or no; one of them is needed to apply
    SHORT = "short"
    LONG = "long"
    NUMBER = "number"
    CHOICE = "choice"
    FILE = "file"
    CRITERION = "criterion"  # scored by reviewers, from 1 to 5


class CallState(StrEnum):
    """Whether applications can be handed in."""

    OFF = "off"  # not on this site
    EARLY = "early"
    OPEN = "open"
    CLOSED = "closed"
    FULL = "full"


class AnswerFlaw(StrEnum):
    """What is wrong with an answer."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NO_NUMBER = "no_number"
    NO_CHOICE = "no_choice"


class CallClosed(Conflict):
    """The call takes no applications now.

    Attributes:
        state: Why.
    """

    def __init__(self, state: CallState) -> None:
        super().__init__(state.value)
        self.state = state


class TooManyQuestions(DomainError):
    """A call has as many questions as applicants can answer."""


class OptionsDiffer(DomainError):
    """A choice has another number of options in one language than in another, or fewer than two."""


class OptionsFixed(Conflict):
    """Applicants chose among these options: they can be reworded, but none can be added or removed."""


class CallIncomplete(DomainError):
    """A call that takes applications has at least one question and one criterion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTerms:
    """When a call takes applications, and how many."""

    is_online: bool
    status: str
    opens_on: date
    closes_on: date
    places: int | None = None

    def state_on(self, day: date, *, submitted: int) -> CallState:
        """Return whether applications can be handed in on a day, when `submitted` of them are there already."""
        if not self.is_online or self.status == GrantStatus.CANCELLED:
            return CallState.OFF
        if self.status == GrantStatus.PLANNED or day < self.opens_on:
            return CallState.EARLY
        if self.status != GrantStatus.OPEN or day > self.closes_on:
            return CallState.CLOSED
        if self.places is not None and submitted >= self.places:
            return CallState.FULL
        return CallState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRules:
    """What a question asks for, and which answers it takes.

    Attributes:
        needs_yes: For an eligibility question, the answer with which somebody may apply.
        max_length: Characters of a text.
    """

    kind: QuestionKind
    label: Mapping[str, str]
    hint: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = True
    needs_yes: bool = True
    max_length: int = MAX_SHORT


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(QuestionRules):
    """A line of a call.

    Attributes:
        options: Of a choice, a text per language each; an answer is the number of one of them, from 0.
    """

    public_id: str
    options: tuple[Mapping[str, str], ...] = ()

    @property
    def longest(self) -> int:
        """How many characters an answer may have."""
        if self.kind in {QuestionKind.SHORT, QuestionKind.LONG}:
            return self.max_length
        return MAX_NUMBER

    def flaw_of(self, answer: str) -> AnswerFlaw | None:
        """Return what is wrong with an answer; of a file, the answer is its id."""
        if not answer:
            return AnswerFlaw.MISSING if self.is_required else None
        if len(answer) > self.longest and self.kind in _TYPED:
            return AnswerFlaw.TOO_LONG
        if self.kind is QuestionKind.NUMBER and not is_number(answer):
            return AnswerFlaw.NO_NUMBER
        if self.kind is QuestionKind.CHOICE and answer not in map(str, range(len(self.options))):
            return AnswerFlaw.NO_CHOICE
        return None


_TYPED = frozenset({QuestionKind.SHORT, QuestionKind.LONG, QuestionKind.NUMBER})
ANSWERED = frozenset({*_TYPED, QuestionKind.CHOICE})
"""Kinds whose answers are written on the page of questions."""


def is_call_complete(kinds: Iterable[object]) -> bool:
    """Return whether a call with questions of these kinds can take applications: it asks something and scores something."""
    lines = set(kinds)
    return QuestionKind.CRITERION in lines and bool(lines - {QuestionKind.CRITERION})


def is_number(text: str) -> bool:
    """Return whether a text is a number, with a comma or a point."""
    try:
        return Decimal(text.replace(",", ".").replace(" ", "")).is_finite()
    except InvalidOperation:
        return False


def is_eligible(questions: Sequence[Question], answers: Mapping[str, str]) -> bool:
    """Return whether all eligibility questions are answered as needed."""
    return all(
        answers.get(question.public_id) == ("yes" if question.needs_yes else "no")
        for question in questions
        if question.kind is QuestionKind.ELIGIBILITY
    )


def flaws_of(questions: Sequence[Question], answers: Mapping[str, str]) -> dict[str, AnswerFlaw]:
    """Return what is wrong with the answers, by the public id of the question."""
    flaws = {
        question.public_id: question.flaw_of(answers.get(question.public_id, ""))
        for question in questions
        if question.kind in ANSWERED or question.kind is QuestionKind.FILE
    }
    return {public_id: flaw for public_id, flaw in flaws.items() if flaw is not None}


def options_of(by_language: Mapping[str, str]) -> tuple[dict[str, str], ...]:
    """Return the options of a choice, written one per line in each language.

    Raises:
        OptionsDiffer: The languages have different numbers of lines, there are fewer than two, or too many.
    """
    lines = {
        code: [line.strip()[:MAX_OPTION] for line in text.splitlines() if line.strip()]
        for code, text in by_language.items()
    }
    lines = {code: rows for code, rows in lines.items() if rows}
    counts = {len(rows) for rows in lines.values()}
    if len(counts) != 1 or not 2 <= max(counts) <= MAX_OPTIONS:
        raise OptionsDiffer(str(sorted(counts)))
    return tuple({code: rows[place] for code, rows in lines.items()} for place in range(max(counts)))
