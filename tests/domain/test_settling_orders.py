"""What holds for every gift and whatever the provider reports, in whatever order and however often."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain.donation import DonationState, Fact
from campaign.domain.fraud_hold import FraudHold, FraudSign
from campaign.domain.journal import Account
from campaign.domain.payment import DisputeFacts, FraudWarningFacts, PaymentFacts, RefundFacts
from campaign.domain.settling import PaymentMismatch
from tests.domain.settling_cases import AT, IN_BALANCE, OPEN, PAID, Books, dispute, refund, usd, warning
from tests.support.payment_facts import UNPAID

REFUNDS = ((2_00, 1), (3_00, 2), (5_00, 3))
"""Amount and number of the refunds that a gift may have."""
DISPUTE_STAGES = (
    ("warning_needs_response", 0, 0),
    ("needs_response", 0, 0),
    ("needs_response", 1, 0),
    ("lost", 1, 0),
    ("won", 1, 1),
    ("lost", 2, 1),
    ("a word of tomorrow", 1, 0),
)


def refunds() -> st.SearchStrategy[tuple[RefundFacts, ...]]:
    states = st.sampled_from((None, "pending", "succeeded", "failed", "canceled"))
    return st.tuples(*(states for _ in REFUNDS)).map(
        lambda chosen: tuple(
            refund(number, minor, state) for (minor, number), state in zip(REFUNDS, chosen, strict=True) if state
        )
    )


def disputes() -> st.SearchStrategy[tuple[DisputeFacts, ...]]:
    stages = st.lists(st.sampled_from(DISPUTE_STAGES), max_size=2)
    return stages.map(
        lambda chosen: tuple(
            dispute(number, 6_00, status, withdrawals=withdrawals, returns=returns)
            for number, (status, withdrawals, returns) in enumerate(chosen)
        )
    )


def paid_reports() -> st.SearchStrategy[PaymentFacts]:
    warnings = st.sampled_from(((), (warning(),), (warning(is_actionable=False),)))
    return st.builds(
        lambda base, back, claims, suspicions: replace(base, refunds=back, disputes=claims, warnings=suspicions),
        st.sampled_from((PAID, IN_BALANCE)),
        refunds(),
        disputes(),
        warnings,
    )


def unpaid_reports() -> st.SearchStrategy[PaymentFacts]:
    return st.sampled_from([replace(UNPAID, fact=fact) for fact in Fact if fact is not Fact.PAID])


def reports() -> st.SearchStrategy[PaymentFacts]:
    return unpaid_reports() | paid_reports()


@st.composite
def stories(draw: st.DrawFn) -> list[PaymentFacts]:
    """Growing reports: each refund, each dispute and each sign of fraud goes forward along a path of its own.

    A sign can be acted on until the gift is disputed or nothing is left of it, as the provider says.
    """
    refund_path = draw(st.sampled_from((("pending", "succeeded"), ("pending", "succeeded", "failed"), ("canceled",))))
    dispute_path = DISPUTE_STAGES[: draw(st.integers(0, 5))]
    story = [UNPAID, PAID, IN_BALANCE]
    minor, disputed_minor = draw(st.sampled_from(((4_00, 6_00), (26_00, 6_00), (4_00, 26_00))))
    signs = draw(st.lists(st.sampled_from((*FraudSign, "approved")), max_size=4, unique=True))
    steps = draw(st.permutations(["refund"] * len(refund_path) + ["dispute"] * len(dispute_path) + signs))
    refunded, disputed, signed = 0, 0, list[str]()
    for step in steps:
        refunded, disputed = refunded + (step == "refund"), disputed + (step == "dispute")
        signed += [step] if step in signs else []
        state = refund_path[refunded - 1] if refunded else None
        stage = dispute_path[disputed - 1] if disputed else None
        is_over = bool(stage) or (minor == IN_BALANCE.amount.minor and state in {"pending", "succeeded"})
        story.append(
            replace(
                IN_BALANCE,
                refunds=(refund(1, minor, state),) if state else (),
                disputes=(dispute(1, disputed_minor, stage[0], withdrawals=stage[1], returns=stage[2]),)
                if stage
                else (),
                warnings=_signs(signed, is_over=is_over),
            )
        )
    return story


def _signs(signed: list[str], *, is_over: bool) -> tuple[FraudWarningFacts, ...]:
    is_approved = "approved" in signed
    return tuple(
        warning(
            sign=sign,
            is_actionable=not is_over and not (is_approved and sign is FraudSign.REVIEW),
            is_approved=is_approved and sign is FraudSign.REVIEW,
        )
        for sign in FraudSign
        if sign in signed
    )


def balances(books: Books) -> dict[Account, int]:
    """What the accounts hold; those that hold nothing are left out."""
    sums: dict[Account, int] = defaultdict(int)
    for entry in books.entries.values():
        for line in entry.lines:
            sums[line.account] += line.amount.minor
    return {account: minor for account, minor in sums.items() if minor}


ORDERS = st.lists(reports(), max_size=5)
quick = settings(max_examples=80, deadline=None)


@quick
@given(ORDERS, reports())
def test_the_same_facts_change_nothing_the_second_time(before: list[PaymentFacts], facts: PaymentFacts) -> None:
    books = Books()
    for earlier in before:
        books.apply(earlier)
    books.apply(facts)
    stands = (books.gift, books.known, list(books.history), dict(books.entries))
    again = books.apply(facts, at=AT + timedelta(days=40))
    assert not again.is_change
    assert (again.changed_columns(), again.entries, again.refunds, again.disputes, again.warnings) == (
        {},
        (),
        (),
        (),
        (),
    )
    assert stands == (books.gift, books.known, books.history, books.entries)


@quick
@given(st.lists(unpaid_reports()), paid_reports(), st.data())
def test_facts_in_any_order_end_the_same(older: list[PaymentFacts], paid: PaymentFacts, data: st.DataObject) -> None:
    straight, mixed = Books(), Books()
    straight.apply(paid)
    for facts in data.draw(st.permutations([*older, paid])):
        mixed.apply(facts)
    assert mixed.gift == straight.gift
    assert mixed.entries == straight.entries
    assert mixed.known.refunds == straight.known.refunds


@quick
@given(st.data())
def test_whatever_was_missed_on_the_way_the_end_is_the_same(data: st.DataObject) -> None:
    """A story of a payment in steps: who hears every step and who hears some of them and the last one end alike.

    Reports that were not asked for the whole payment lack the issuer's warnings. A person's decision about what both
    know at the end, and all that the provider reports once more, end alike too.
    """
    story = data.draw(stories())
    is_heard = data.draw(st.lists(st.sampled_from(("whole", "part", "")), min_size=len(story), max_size=len(story)))
    everything, some = Books(), Books()
    for facts, heard in zip(story, is_heard, strict=True):
        everything.apply(facts)
        if heard:
            some.apply(facts if heard == "whole" else replace(facts, warnings=()))
    some.apply(story[-1])
    assert some.gift == everything.gift
    assert balances(some) == balances(everything)
    for books in (everything, some):
        books.approve()
        books.apply(replace(story[-1], warnings=()))
    assert some.gift == everything.gift
    assert everything.gift.fraud_hold is not FraudHold.WAITING


@quick
@given(st.data())
def test_no_order_of_news_gives_another_hold(data: st.DataObject) -> None:
    """The same steps in two orders: what is known at the end is the same, and so is the hold, whatever it was between."""
    story = data.draw(stories())
    straight, mixed = Books(), Books()
    for books, reports in ((straight, story), (mixed, data.draw(st.permutations(story)))):
        for facts in reports:
            if facts.fact is Fact.PAID:
                books.apply(facts)
        books.apply(story[-1])
    assert mixed.gift.fraud_hold is straight.gift.fraud_hold


@quick
@given(ORDERS)
def test_paid_is_never_unpaid_and_money_booked_stays_booked(reports: list[PaymentFacts]) -> None:
    books = Books()
    for facts in reports:
        was_paid, sources = books.gift.is_paid, set(books.entries)
        books.apply(facts)
        assert books.gift.is_paid >= was_paid
        assert set(books.entries) >= sources
        assert books.gift.is_paid == ("charge:ch_1" in books.entries)


@quick
@given(ORDERS)
def test_totals_are_sums_of_the_rows(reports: list[PaymentFacts]) -> None:
    books = Books()
    for facts in reports:
        books.apply(facts)
        sent_back = [row for row in books.known.refunds if row.status.state in {"pending", "succeeded"}]
        lost = [row.status for row in books.known.disputes if row.status.state == "lost"]
        assert books.gift.refunded_minor == sum(row.amount_minor for row in sent_back)
        assert books.gift.charged_back_minor == sum(status.amount_minor for status in lost)
        assert books.gift.remaining == max(books.gift.charge - books.gift.returned, usd(0), key=lambda left: left.minor)


@quick
@given(ORDERS)
def test_entries_balance_and_have_names_of_their_own(reports: list[PaymentFacts]) -> None:
    books = Books()
    for facts in reports:
        entries = books.apply(facts).entries
        assert len({entry.source for entry in entries}) == len(entries)
        for entry in entries:
            sums: dict[str, int] = defaultdict(int)
            for line in entry.lines:
                sums[line.amount.currency] += line.amount.minor
            assert set(sums.values()) == {0}
            assert entry.subject == "donation:g1"


@quick
@given(disputes())
def test_disputed_money_is_nowhere_in_doubt_once_it_is_decided(claims: tuple[DisputeFacts, ...]) -> None:
    books = Books()
    books.apply(replace(IN_BALANCE, disputes=claims))
    lines = [line for entry in books.entries.values() for line in entry.lines]
    in_doubt = sum(line.amount.minor for line in lines if line.account is Account.DISPUTED)
    undecided = [claim for claim in claims if len(claim.withdrawals) > len(claim.returns) and claim.status != "lost"]
    assert in_doubt == sum(claim.amount.minor for claim in undecided)


@quick
@given(ORDERS, paid_reports(), st.sampled_from(("amount", "mode", "name", "refund")))
def test_a_mismatch_changes_nothing(before: list[PaymentFacts], facts: PaymentFacts, what: str) -> None:
    wrong = {
        "amount": replace(facts, amount=usd(1)),
        "mode": replace(facts, livemode=True),
        "name": replace(facts, donation_public_id="g2"),
        "refund": replace(facts, refunds=(refund(9, 1_00, amount=replace(usd(1_00), currency="EUR")),)),
    }[what]
    books = Books()
    for earlier in before:
        books.apply(earlier)
    stands = (books.gift, books.known, list(books.history), dict(books.entries))
    with pytest.raises(PaymentMismatch):
        books.apply(wrong)
    assert stands == (books.gift, books.known, books.history, books.entries)


@quick
@given(ORDERS)
def test_the_history_begins_where_the_gift_was_and_names_every_state(reports: list[PaymentFacts]) -> None:
    books = Books()
    state = OPEN.state
    for facts in reports:
        settled = books.apply(facts)
        moves = [line for line in settled.history if line.kind in set(DonationState)]
        assert [line.detail["from"] for line in moves] == ([state.value] if settled.gift.state is not state else [])
        state = settled.gift.state
