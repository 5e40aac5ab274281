"""Posting is exact, idempotent and refused by name; every sum is a sum of postings."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.database import reading, transaction
from campaign.domain.allocation import MoneyMayNotGoThere, NotEnoughFunds
from campaign.domain.errors import DomainError
from campaign.domain.journal import Account, Entry, EntryKind, reversal_of
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction
from campaign.domain.postings import disbursed, gift_settled, refund_made, transferred
from campaign.extensions import db
from campaign.models.fund import Fund
from campaign.services.ledger import entries, posting, sums
from campaign.services.ledger.entries import LedgerFilter
from campaign.services.ledger.posting import EntryConflict
from tests.support.builders import NOW, a_campaign, a_fund, a_paid_gift, general_fund_of, usd

TODAY = NOW.date()


@dataclass
class FundUnderTest:
    """A campaign whose general fund holds a thousand dollars, and an event that it reaches."""

    campaign_id: int
    general: int
    event: int
    theme: int

    def allocation(self, minor: int, *, name: str = "a", currency: str = "USD", source: int | None = None) -> Entry:
        return transferred(
            kind=EntryKind.ALLOCATION,
            public_id=name,
            amount=Money(minor, currency),
            source_fund=source or self.general,
            target_fund=self.event,
            on=TODAY,
        )

    def post(self, entry: Entry) -> bool:
        with transaction() as session:
            return posting.post(session, entry, campaign_id=self.campaign_id, at=NOW)

    def holds(self, fund_id: int, currency: str = "USD") -> int:
        with reading() as session:
            return sums.balance_of(session, fund_id, currency).minor


# Only the books are moved here; the rows of allocations that belong to them are not.
pytestmark = pytest.mark.broken_books


@pytest.fixture
def fund(app: Flask) -> FundUnderTest:
    campaign = a_campaign()
    theme: Fund = a_fund(campaign=campaign)
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event")
    a_paid_gift(campaign=campaign, gift=usd(1000_00), fee_minor=0)
    return FundUnderTest(campaign.id, general_fund_of(campaign).id, event.id, theme.id)


def test_an_entry_is_posted_once(fund: FundUnderTest) -> None:
    assert fund.post(fund.allocation(10))
    assert not fund.post(fund.allocation(10))
    assert fund.holds(fund.event) == 10


def test_the_same_source_with_another_content_is_refused(fund: FundUnderTest) -> None:
    fund.post(fund.allocation(10))
    with pytest.raises(EntryConflict):
        fund.post(fund.allocation(11))
    with pytest.raises(EntryConflict):
        fund.post(replace(fund.allocation(10), effective_on=TODAY + timedelta(days=1)))
    assert fund.holds(fund.event) == 10


def test_several_entries_are_posted_together_and_the_known_ones_left_out(fund: FundUnderTest) -> None:
    first, second = fund.allocation(10, name="a"), fund.allocation(20, name="b")
    fund.post(first)
    with transaction() as session:
        assert posting.post_all(session, [first, second], campaign_id=fund.campaign_id, at=NOW) == 1
    assert fund.holds(fund.event) == 30


def test_of_several_entries_none_stands_when_one_is_refused(fund: FundUnderTest) -> None:
    with pytest.raises(NotEnoughFunds), transaction() as session:
        posting.post_all(
            session,
            [fund.allocation(10, name="a"), fund.allocation(1000_00, name="b")],
            campaign_id=fund.campaign_id,
            at=NOW,
        )
    assert fund.holds(fund.event) == 0


def test_more_than_a_fund_holds_is_refused_by_name(fund: FundUnderTest) -> None:
    with pytest.raises(NotEnoughFunds):
        fund.post(fund.allocation(1000_01))
    fund.post(fund.allocation(1000_00))
    assert (fund.holds(fund.general), fund.holds(fund.event)) == (0, 1000_00)


def test_one_currency_does_not_cover_another(fund: FundUnderTest) -> None:
    with pytest.raises(NotEnoughFunds):
        fund.post(fund.allocation(1, currency="EUR"))


def test_money_outside_its_purpose_is_refused_by_name(fund: FundUnderTest) -> None:
    with pytest.raises(MoneyMayNotGoThere):
        fund.post(replace(fund.allocation(1, source=fund.event), kind=EntryKind.TAKE_BACK))


def test_what_is_spent_is_neither_spent_nor_taken_back_again(fund: FundUnderTest) -> None:
    fund.post(fund.allocation(100))
    spend = disbursed(public_id="d", cost=Account.PROGRAMME, amount=usd(60), fund_id=fund.event, on=TODAY)
    fund.post(spend)
    with pytest.raises(NotEnoughFunds):
        fund.post(replace(spend, source="disbursement:again"))
    with pytest.raises(NotEnoughFunds):
        fund.post(reversal_of(fund.allocation(100), source="reversal:a", on=TODAY))
    assert fund.holds(fund.event) == 40


def test_an_entry_is_reversed_once(fund: FundUnderTest) -> None:
    fund.post(fund.allocation(100))
    spend = disbursed(public_id="d", cost=Account.PROGRAMME, amount=usd(60), fund_id=fund.event, on=TODAY)
    fund.post(spend)
    fund.post(reversal_of(spend, source="reversal:1", on=TODAY))
    with pytest.raises((EntryConflict, IntegrityError)):
        fund.post(reversal_of(spend, source="reversal:2", on=TODAY))
    assert fund.holds(fund.event) == 100


def test_an_involuntary_refund_may_take_a_fund_below_zero(fund: FundUnderTest) -> None:
    fund.post(fund.allocation(1000_00))
    moved = BalanceTransaction("txn_r", usd(1000_00), usd(0))
    fund.post(refund_made(subject="donation:d", refunded=usd(1000_00), settled=moved, fund_id=fund.general, on=TODAY))
    assert fund.holds(fund.general) == -1000_00
    with pytest.raises(NotEnoughFunds):
        fund.post(fund.allocation(1, name="after"))


def test_flows_and_totals_are_sums_of_postings(fund: FundUnderTest, session: Session) -> None:
    fund.post(fund.allocation(300_00))
    fund.post(disbursed(public_id="d", cost=Account.GRANTS, amount=usd(60_00), fund_id=fund.event, on=TODAY))
    fund.post(
        gift_settled(
            subject="donation:x",
            charged=Money(1000_00, "KGS"),
            settled=BalanceTransaction("txn_x", usd(11_40), usd(63)),
            fund_id=fund.theme,
            fee_fund_id=fund.general,
            on=TODAY,
        )
    )
    flows = {(f.fund_id, f.currency): f for f in sums.fund_flows(session, campaign_id=fund.campaign_id)}
    general, event = flows[fund.general, "USD"], flows[fund.event, "USD"]
    assert (general.contributed_minor, general.transferred_out_minor, general.fees_minor) == (1000_00, 300_00, 63)
    assert (event.transferred_in_minor, event.spent_minor, event.balance_minor) == (300_00, 60_00, 240_00)
    assert flows[fund.theme, "KGS"].converted_minor == -1000_00
    assert flows[fund.theme, "USD"].converted_minor == 11_40
    totals = sums.account_totals(session, campaign_id=fund.campaign_id)
    assert totals[Account.BANK, "USD"] == -60_00
    assert totals[Account.GRANTS_PAYABLE, "USD"] == 0
    assert all(sum(minor for (_, cur), minor in totals.items() if cur == code) == 0 for code in ("USD", "KGS"))
    assert sums.balances(session, campaign_id=fund.campaign_id)[fund.event] == {"USD": 240_00}


def test_another_campaigns_money_is_not_counted(fund: FundUnderTest, session: Session) -> None:
    other = a_campaign(slug="other", is_featured=False)
    a_paid_gift(campaign=other, gift=usd(7_00), fee_minor=0)
    assert sums.account_totals(session, campaign_id=other.id)[Account.PROVIDER, "USD"] == 7_00
    assert sums.account_totals(session)[Account.PROVIDER, "USD"] == 1007_00
    assert set(sums.balances(session, campaign_id=other.id)) == {general_fund_of(other).id}


def test_the_journal_is_read_page_by_page_without_loss(fund: FundUnderTest, session: Session) -> None:
    for number in range(5):
        fund.post(fund.allocation(1 + number, name=f"a{number}"))
    filters = LedgerFilter(campaign_id=fund.campaign_id)
    whole = list(entries.ledger_rows(session, filters))
    paged, after = [], None
    while page := list(entries.ledger_rows(session, filters, after=after, limit=3)):
        paged += page
        after = (page[-1].recorded_at, page[-1].entry_id, page[-1].line)
    assert paged == whole
    assert len(whole) == 4 + 5 * 2


def test_the_journal_is_read_by_day_fund_kind_and_story(fund: FundUnderTest, session: Session) -> None:
    fund.post(fund.allocation(1, name="a"))
    fund.post(replace(fund.allocation(2, name="b"), effective_on=date(2027, 1, 5)))

    def amounts(filters: LedgerFilter) -> list[int]:
        return sorted(row.amount_minor for row in entries.ledger_rows(session, filters))

    of = LedgerFilter(campaign_id=fund.campaign_id)
    assert amounts(replace(of, since=date(2027, 1, 1))) == [-2, 2]
    assert amounts(replace(of, until=date(2026, 12, 31), kinds=frozenset({"allocation"}))) == [-1, 1]
    assert amounts(replace(of, fund_id=fund.event)) == [-2, -1]
    assert amounts(replace(of, subject="allocation:b")) == [-2, 2]
    assert [row.amount_minor for row in entries.entries_of(session, fund.campaign_id, "allocation:a")] == [1, -1]


def test_many_hands_never_take_more_than_there_is(fund: FundUnderTest, app: Flask) -> None:
    """Without a lock on the fund, all of them read a thousand and seventeen hundred would leave."""
    threads = 17

    def take(number: int) -> str:
        with app.app_context():
            try:
                fund.post(fund.allocation(100_00, name=f"hand-{number}"))
            except DomainError as refusal:
                return type(refusal).__name__
            finally:
                db.session.remove()
            return "taken"

    with ThreadPoolExecutor(max_workers=threads) as hands:
        answers = list(hands.map(take, range(threads)))
    assert answers.count("taken") == 10
    assert answers.count("NotEnoughFunds") == threads - 10
    assert (fund.holds(fund.general), fund.holds(fund.event)) == (0, 1000_00)
