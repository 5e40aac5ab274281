"""The rules of allocation, without a database: who decides, what is available, what the donors' purpose allows."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.allocation import (
    AllocationReasonMissing,
    AlreadyDecided,
    BalancesChanged,
    FundPlace,
    FundTransfer,
    Holding,
    MoneyMayNotGoThere,
    MoreThanIsMissing,
    NotEnoughFunds,
    NothingToMove,
    NotProposer,
    Proposal,
    SelfApproval,
    check_amount,
    check_reason,
    keeps_restriction,
    receiving_fund,
)
from campaign.domain.errors import DomainError
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money

GENERAL, THEME = FundPlace(id=1, kind="general"), FundPlace(id=2, kind="theme")
EVENT, GRANT = FundPlace(id=3, kind="event"), FundPlace(id=4, kind="grant")
THEME_IN_EVENT = FundPlace(id=5, kind="restricted", target_id=EVENT.id)
ALLOCATION, TAKE_BACK, COVER = EntryKind.ALLOCATION, EntryKind.TAKE_BACK, EntryKind.COVER
MINOR = st.integers(-10_000, 10_000)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def a_transfer(kind: EntryKind, minor: int, *, holds: int, disputed: int = 0, target: int = 0) -> FundTransfer:
    return FundTransfer(
        kind=kind, amount=usd(minor), source=Holding(usd(holds), usd(disputed)), target_before=usd(target)
    )


class TestPurpose:
    @pytest.mark.parametrize(
        ("kind", "source", "target", "allowed", "receiver"),
        [
            (ALLOCATION, GENERAL, EVENT, (EVENT, GRANT), EVENT),
            (ALLOCATION, THEME, EVENT, (THEME_IN_EVENT,), THEME_IN_EVENT),
            (TAKE_BACK, EVENT, GENERAL, (GENERAL,), GENERAL),
            (TAKE_BACK, THEME_IN_EVENT, THEME, (THEME,), THEME),
            (COVER, GENERAL, THEME, (), THEME),
            (COVER, EVENT, GENERAL, (), GENERAL),
        ],
    )
    def test_the_fund_that_receives(
        self, kind: EntryKind, source: FundPlace, target: FundPlace, allowed: tuple[FundPlace, ...], receiver: FundPlace
    ) -> None:
        assert receiving_fund(kind, source, target, allowed) is receiver

    @pytest.mark.parametrize(
        ("kind", "source", "target", "allowed"),
        [
            (ALLOCATION, THEME, GRANT, (THEME_IN_EVENT,)),
            (ALLOCATION, GENERAL, THEME, (EVENT, GRANT)),
            (TAKE_BACK, EVENT, THEME, (GENERAL,)),
            (TAKE_BACK, GRANT, EVENT, (THEME_IN_EVENT,)),
            (COVER, THEME, EVENT, (EVENT,)),
            (COVER, THEME_IN_EVENT, GENERAL, (GENERAL,)),
            (COVER, GENERAL, GENERAL, ()),
        ],
    )
    def test_money_goes_nowhere_else(
        self, kind: EntryKind, source: FundPlace, target: FundPlace, allowed: tuple[FundPlace, ...]
    ) -> None:
        with pytest.raises(MoneyMayNotGoThere):
            receiving_fund(kind, source, target, allowed)

    def test_money_of_a_theme_stays_restricted_until_it_covers(self) -> None:
        assert keeps_restriction(ALLOCATION, THEME, THEME_IN_EVENT)
        assert keeps_restriction(TAKE_BACK, THEME_IN_EVENT, THEME)
        assert not keeps_restriction(ALLOCATION, GENERAL, EVENT)
        assert not keeps_restriction(COVER, GENERAL, THEME_IN_EVENT)


class TestBalances:
    def test_all_that_is_available_may_move_and_no_cent_more(self) -> None:
        a_transfer(ALLOCATION, 60, holds=100, disputed=40).check()
        with pytest.raises(NotEnoughFunds):
            a_transfer(ALLOCATION, 61, holds=100, disputed=40).check()

    def test_a_cover_ends_at_zero(self) -> None:
        a_transfer(COVER, 30, holds=100, target=-30).check()
        with pytest.raises(MoreThanIsMissing):
            a_transfer(COVER, 31, holds=100, target=-30).check()

    def test_an_approval_is_of_the_balances_that_were_shown(self) -> None:
        shown = a_transfer(ALLOCATION, 10, holds=100, disputed=20, target=5)
        shown.check_shown("100:5:20")
        for figures in ("100:5:0", "99:5:20", "100:6:20", ""):
            with pytest.raises(BalancesChanged):
                shown.check_shown(figures)

    @given(
        kind=st.sampled_from((ALLOCATION, TAKE_BACK, COVER)), minor=st.integers(1, 10_000), holds=MINOR, target=MINOR
    )
    def test_what_passes_takes_no_fund_below_zero(self, kind: EntryKind, minor: int, holds: int, target: int) -> None:
        disputed = max(holds // 3, 0)
        transfer = a_transfer(kind, minor, holds=holds, disputed=disputed, target=target)
        try:
            transfer.check()
        except (NotEnoughFunds, MoreThanIsMissing):
            assert transfer.is_too_much or transfer.is_beyond_zero
            return
        assert transfer.source_after.minor >= disputed >= 0
        assert transfer.source_after + transfer.target_after == transfer.source.balance + transfer.target_before
        assert kind is not COVER or transfer.target_after.minor <= 0


class TestPeople:
    PROPOSER, ANOTHER = 7, 8

    @pytest.mark.parametrize("state", ["approved", "rejected", "withdrawn"])
    def test_what_is_decided_stays_decided(self, state: str) -> None:
        proposal = Proposal(state=state, proposed_by=self.PROPOSER)
        with pytest.raises(AlreadyDecided):
            proposal.check_decision(self.ANOTHER)
        with pytest.raises(AlreadyDecided):
            proposal.check_withdrawal(self.PROPOSER)

    @given(proposer=st.integers(1, 5), actor=st.integers(1, 5))
    def test_one_person_proposes_and_another_decides(self, proposer: int, actor: int) -> None:
        proposal = Proposal(state="proposed", proposed_by=proposer)
        may_decide = not _is_refused(SelfApproval, proposal.check_decision, actor)
        may_withdraw = not _is_refused(NotProposer, proposal.check_withdrawal, actor)
        assert (may_decide, may_withdraw) == (actor != proposer, actor == proposer)

    def test_a_reason_is_more_than_blanks(self) -> None:
        assert check_reason("  for the studio ") == "for the studio"
        for reason in ("", " \n"):
            with pytest.raises(AllocationReasonMissing):
                check_reason(reason)

    def test_an_amount_is_more_than_nothing(self) -> None:
        check_amount(usd(1))
        for minor in (0, -1):
            with pytest.raises(NothingToMove):
                check_amount(usd(minor))


def _is_refused(error: type[DomainError], check: Callable[[int], None], actor: int) -> bool:
    try:
        check(actor)
    except error:
        return True
    return False
