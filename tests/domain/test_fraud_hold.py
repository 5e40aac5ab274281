"""The rule of suspected fraud: the facts and what persons decided give the hold, and nothing else does."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.disputes import UNDECIDED, DisputeState
from campaign.domain.fraud_hold import HELD, FraudHold, FraudSign, HoldDecided, KnownSign, Suspicion, approve, hold_of

WARNING, REVIEW, RISK = (KnownSign(sign=sign) for sign in (FraudSign.WARNING, FraudSign.REVIEW, FraudSign.RISK))
APPROVED_REVIEW = replace(REVIEW, is_approved=True)
signs = st.builds(KnownSign, sign=st.sampled_from(FraudSign), is_approved=st.booleans())
suspicions = st.builds(
    Suspicion,
    signs=st.lists(signs, max_size=3),
    remaining_minor=st.sampled_from([0, 1, 25_00]),
    is_refund_under_way=st.booleans(),
    disputes=st.frozensets(st.sampled_from(DisputeState), max_size=2),
)


def hold(
    *signs: KnownSign, left: int = 25_00, under_way: bool = False, disputes: tuple[DisputeState, ...] = ()
) -> FraudHold:
    return hold_of(Suspicion(signs=signs, remaining_minor=left, is_refund_under_way=under_way, disputes=disputes))


@given(suspicions)
def test_every_promise_holds_of_any_facts(known: Suspicion) -> None:
    after = hold_of(known)
    assert (after is FraudHold.NONE) == (not known.signs), "only a sign begins a hold"
    if after in HELD:
        assert known.remaining_minor > 0 or known.is_refund_under_way, "what went back is held no more"
        assert not known.is_approved, "a person's decision releases"
    if after is FraudHold.WAITING and known.remaining_minor:
        assert not known.disputes, "the bank decides, not a person"
    if known.signs and any(state in UNDECIDED for state in known.disputes):
        assert after in {*HELD, FraudHold.ENDED, FraudHold.APPROVED}
        assert after is not FraudHold.APPROVED or known.is_approved, "an open dispute never releases a gift"
    if after is FraudHold.WAITING:
        decided = tuple(replace(sign, is_approved=True) for sign in known.signs)
        assert hold_of(replace(known, signs=decided)) is approve(after)


@given(suspicions, st.data())
def test_the_order_of_the_signs_is_of_no_account(known: Suspicion, data: st.DataObject) -> None:
    assert hold_of(replace(known, signs=data.draw(st.permutations(known.signs)))) is hold_of(known)


def test_a_dispute_that_is_heard_with_the_suspicion_holds_the_gift_as_one_heard_later() -> None:
    assert hold(WARNING, disputes=(DisputeState.OPEN,)) is FraudHold.DISPUTED
    assert hold(WARNING, disputes=(DisputeState.WON,)) is FraudHold.APPROVED
    assert hold(disputes=(DisputeState.OPEN,)) is FraudHold.NONE


def test_money_that_goes_back_is_held_until_it_has_left() -> None:
    assert hold(WARNING, left=0, under_way=True) is FraudHold.WAITING
    assert hold(WARNING, left=0, under_way=True, disputes=(DisputeState.CLOSED,)) is FraudHold.WAITING
    assert hold(WARNING, left=0) is FraudHold.ENDED


def test_another_sign_after_an_approval_is_another_suspicion() -> None:
    assert hold(replace(WARNING, is_approved=True), REVIEW) is FraudHold.WAITING


def test_a_review_that_was_approved_covers_the_risk_and_no_warning() -> None:
    assert hold(RISK, APPROVED_REVIEW) is FraudHold.APPROVED
    assert hold(RISK, APPROVED_REVIEW, WARNING) is FraudHold.WAITING
    assert hold(replace(RISK, is_approved=True), REVIEW) is FraudHold.WAITING


@pytest.mark.parametrize("before", sorted({*FraudHold} - {FraudHold.WAITING}))
def test_a_decision_is_made_once(before: FraudHold) -> None:
    with pytest.raises(HoldDecided):
        approve(before)
