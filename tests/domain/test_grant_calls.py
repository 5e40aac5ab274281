"""Calls and applications, as rules: when a call takes applications, what an answer must be, who reviews and decides."""

from datetime import date

import pytest

from campaign.domain import grant_application as rules
from campaign.domain.allocation import AllocationState
from campaign.domain.fund import GrantStatus
from campaign.domain.grant_application import ApplicationAct, ApplicationState, ReviewFacts, ReviewState
from campaign.domain.grant_call import (
    AnswerFlaw,
    CallState,
    CallTerms,
    OptionsDiffer,
    Question,
    QuestionKind,
    flaws_of,
    is_eligible,
    options_of,
)

OPENS, CLOSES = date(2026, 11, 1), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("day", "status", "submitted", "state"),
    [
        (OPENS, GrantStatus.OPEN, 0, CallState.OPEN),
        (CLOSES, GrantStatus.OPEN, 1, CallState.OPEN),
        (date(2026, 10, 31), GrantStatus.OPEN, 0, CallState.EARLY),
        (date(2026, 12, 1), GrantStatus.OPEN, 0, CallState.CLOSED),
        (CLOSES, GrantStatus.OPEN, 2, CallState.FULL),
        (CLOSES, GrantStatus.PLANNED, 0, CallState.EARLY),
        (CLOSES, GrantStatus.AWARDED, 0, CallState.CLOSED),
        (CLOSES, GrantStatus.CANCELLED, 0, CallState.OFF),
    ],
)
def test_a_call_takes_applications_on_its_days(
    day: date, status: GrantStatus, submitted: int, state: CallState
) -> None:
    terms = CallTerms(is_online=True, status=status, opens_on=OPENS, closes_on=CLOSES, places=2)
    assert terms.state_on(day, submitted=submitted) is state
    offline = CallTerms(is_online=False, status=status, opens_on=OPENS, closes_on=CLOSES)
    assert offline.state_on(day, submitted=submitted) is CallState.OFF


def a_question(kind: QuestionKind, **more: object) -> Question:
    return Question(public_id=kind.value, kind=kind, label={"en": "?"}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "answer", "flaw"),
    [
        (a_question(QuestionKind.SHORT), "", AnswerFlaw.MISSING),
        (a_question(QuestionKind.SHORT, is_required=False), "", None),
        (a_question(QuestionKind.SHORT, max_length=3), "four", AnswerFlaw.TOO_LONG),
        (a_question(QuestionKind.NUMBER), "12 000,50", None),
        (a_question(QuestionKind.NUMBER), "many", AnswerFlaw.NO_NUMBER),
        (a_question(QuestionKind.NUMBER), "NaN", AnswerFlaw.NO_NUMBER),
        (a_question(QuestionKind.CHOICE, options=({"en": "a"}, {"en": "b"})), "1", None),
        (a_question(QuestionKind.CHOICE, options=({"en": "a"}, {"en": "b"})), "2", AnswerFlaw.NO_CHOICE),
        (a_question(QuestionKind.FILE), "", AnswerFlaw.MISSING),
    ],
)
def test_an_answer_fits_its_question(question: Question, answer: str, flaw: AnswerFlaw | None) -> None:
    assert question.flaw_of(answer) is flaw
    assert flaws_of([question], {question.public_id: answer}).get(question.public_id) is flaw


def test_conditions_are_met_by_the_answers_that_they_need() -> None:
    lives_here = Question(public_id="a", kind=QuestionKind.ELIGIBILITY, label={})
    had_one = Question(public_id="b", kind=QuestionKind.ELIGIBILITY, label={}, needs_yes=False)
    assert is_eligible([lives_here, had_one], {"a": "yes", "b": "no"})
    assert not is_eligible([lives_here, had_one], {"a": "yes", "b": "yes"})
    assert not is_eligible([lives_here], {})


def test_options_have_the_same_number_in_each_language() -> None:
    assert options_of({"en": "Felt\n\nSilk", "ru": "Войлок\nШёлк"}) == (
        {"en": "Felt", "ru": "Войлок"},
        {"en": "Silk", "ru": "Шёлк"},
    )
    for wrong in ({"en": "Felt"}, {"en": "a\nb", "ru": "а"}, {}, {"en": "\n".join("x" * 21)}):
        with pytest.raises(OptionsDiffer):
            options_of(wrong)


ALLOWED = {
    (ApplicationAct.SUBMIT, ApplicationState.DRAFT): ApplicationState.SUBMITTED,
    (ApplicationAct.WITHDRAW, ApplicationState.DRAFT): ApplicationState.WITHDRAWN,
    (ApplicationAct.WITHDRAW, ApplicationState.SUBMITTED): ApplicationState.WITHDRAWN,
    (ApplicationAct.WITHDRAW, ApplicationState.WAITING): ApplicationState.WITHDRAWN,
    (ApplicationAct.REOPEN, ApplicationState.WITHDRAWN): ApplicationState.DRAFT,
    (ApplicationAct.AWARD, ApplicationState.SUBMITTED): ApplicationState.AWARDED,
    (ApplicationAct.AWARD, ApplicationState.WAITING): ApplicationState.AWARDED,
    (ApplicationAct.REFUSE, ApplicationState.SUBMITTED): ApplicationState.REFUSED,
    (ApplicationAct.REFUSE, ApplicationState.WAITING): ApplicationState.REFUSED,
    (ApplicationAct.WAIT, ApplicationState.SUBMITTED): ApplicationState.WAITING,
}


@pytest.mark.parametrize("act", ApplicationAct)
@pytest.mark.parametrize("state", ApplicationState)
def test_each_act_belongs_to_some_states(act: ApplicationAct, state: ApplicationState) -> None:
    if (act, state) in ALLOWED:
        assert rules.state_after(act, state) is ALLOWED[act, state]
        return
    with pytest.raises(rules.WrongApplicationState):
        rules.state_after(act, state)


def review(staff_id: int, state: ReviewState = ReviewState.SCORED) -> ReviewFacts:
    return ReviewFacts(staff_id=staff_id, state=state, scores={"c": 4} if state is ReviewState.SCORED else {})


ASSIGNED, CONFLICT = ReviewState.ASSIGNED, ReviewState.CONFLICT


@pytest.mark.parametrize(
    ("reviews", "decider", "error"),
    [
        ([review(1), review(2)], 3, None),
        ([review(1), review(2)], 1, None),
        ([review(1), review(2, ASSIGNED)], 3, rules.ScoresMissing),
        ([review(1), review(2, CONFLICT)], 3, rules.ScoresMissing),
        ([review(1), review(2), review(3, CONFLICT)], 3, rules.ConflictOfInterest),
    ],
)
def test_a_decision_needs_two_scores_and_no_conflict(
    reviews: list[ReviewFacts], decider: int, error: type[Exception] | None
) -> None:
    if error is None:
        rules.check_decision(reviews, decider)
        return
    with pytest.raises(error):
        rules.check_decision(reviews, decider)


def test_two_people_review_and_one_with_a_conflict_is_replaced() -> None:
    rules.check_assignment([review(1, ASSIGNED), review(2, CONFLICT)], 3)
    with pytest.raises(rules.ConflictOfInterest):
        rules.check_assignment([review(2, CONFLICT)], 2)
    for reviews, who in (([review(1), review(2)], 3), ([review(1)], 1)):
        with pytest.raises(rules.ReviewersComplete):
            rules.check_assignment(reviews, who)


def test_scores_are_given_once_and_for_every_criterion() -> None:
    rules.check_review(review(1, ASSIGNED), {"c": 5}, ["c"])
    cases = [
        (None, {"c": 5}, rules.NotReviewer),
        (review(1, CONFLICT), {"c": 5}, rules.ConflictOfInterest),
        (review(1), {"c": 5}, rules.ReviewGiven),
        (review(1, ASSIGNED), {"c": 6}, rules.ScoresIncomplete),
        (review(1, ASSIGNED), {}, rules.ScoresIncomplete),
    ]
    for own, scores, error in cases:
        with pytest.raises(error):
            rules.check_review(own, scores, ["c"])


def test_scores_are_read_by_who_gave_their_own_or_once_all_are_given() -> None:
    reviews = [review(1), review(2, ASSIGNED), review(3, CONFLICT)]
    assert [rules.sees_scores(reviews, who) for who in (1, 2, 3, 4)] == [True, False, False, False]
    assert rules.sees_scores([review(1), review(2)], 4)


def test_an_award_is_open_again_when_its_allocation_fails_and_its_letter_waits_for_the_money() -> None:
    awarded = ApplicationState.AWARDED
    assert rules.present_state(awarded, AllocationState.REJECTED) is ApplicationState.SUBMITTED
    assert rules.present_state(awarded, AllocationState.PROPOSED) is awarded
    rules.check_letter(awarded, AllocationState.APPROVED)
    rules.check_letter(ApplicationState.REFUSED, None)
    with pytest.raises(rules.LetterTooEarly):
        rules.check_letter(awarded, AllocationState.PROPOSED)
    with pytest.raises(rules.WrongApplicationState):
        rules.check_letter(ApplicationState.SUBMITTED, None)
