"""The rule of suspected fraud: whatever happens in whatever order, a suspicion holds a gift until somebody decides."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.disputes import UNDECIDED, DisputeState
from campaign.domain.fraud_hold import HELD, FraudHold, HoldDecided, Suspicion, approve, next_hold

NOTHING = Suspicion(has_new_sign=False, is_cleared=False, remaining_minor=25_00)


def suspicion(
    *,
    new: bool = False,
    cleared: bool = False,
    left: int = 25_00,
    under_way: bool = False,
    disputes: frozenset[DisputeState] = frozenset(),
) -> Suspicion:
    return Suspicion(
        has_new_sign=new, is_cleared=cleared, remaining_minor=left, is_refund_under_way=under_way, disputes=disputes
    )


facts = st.builds(
    suspicion,
    new=st.booleans(),
    cleared=st.booleans(),
    left=st.sampled_from([0, 1, 25_00]),
    under_way=st.booleans(),
    disputes=st.frozensets(st.sampled_from(DisputeState), max_size=2),
)


@given(st.sampled_from(FraudHold), facts)
def test_one_step_keeps_every_promise(hold: FraudHold, known: Suspicion) -> None:
    after = next_hold(hold, known)
    if after in HELD:
        assert known.remaining_minor > 0 or known.is_refund_under_way, "what went back is held no more"
        assert hold not in {FraudHold.NONE, FraudHold.APPROVED} or known.has_new_sign, "only a sign begins a hold"
    if after is FraudHold.WAITING and known.remaining_minor:
        assert not known.disputes, "the bank decides, not a person"
    if any(state in UNDECIDED for state in known.disputes) and hold in {*HELD, FraudHold.ENDED}:
        assert after in {*HELD, FraudHold.ENDED}, "an open dispute never releases a gift"
    if hold is FraudHold.NONE and not known.has_new_sign:
        assert after is FraudHold.NONE
    assert next_hold(after, replace(known, has_new_sign=False)) is after, "the same facts once more change nothing"


@given(st.lists(facts, max_size=8))
def test_a_held_gift_is_released_by_a_decision_alone(story: list[Suspicion]) -> None:
    hold = FraudHold.NONE
    for known in story:
        before, hold = hold, next_hold(hold, known)
        if before in HELD and hold not in HELD:
            is_decided = known.is_cleared or bool(known.disputes) or known.remaining_minor <= 0
            assert is_decided, "nobody has decided"
    if hold is FraudHold.WAITING:
        assert next_hold(approve(hold), suspicion()) is FraudHold.APPROVED


def test_a_refund_that_fails_opens_the_decision_again() -> None:
    waiting = next_hold(FraudHold.NONE, suspicion(new=True))
    ended = next_hold(waiting, suspicion(left=0))
    assert (waiting, ended, next_hold(ended, NOTHING)) == (FraudHold.WAITING, FraudHold.ENDED, FraudHold.WAITING)


def test_another_sign_after_an_approval_is_another_suspicion() -> None:
    assert next_hold(FraudHold.APPROVED, suspicion(new=True)) is FraudHold.WAITING


@pytest.mark.parametrize("hold", sorted({*FraudHold} - {FraudHold.WAITING}))
def test_a_decision_is_made_once(hold: FraudHold) -> None:
    with pytest.raises(HoldDecided):
        approve(hold)
