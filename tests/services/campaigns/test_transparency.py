"""Where the money is, per currency and never added across them; every figure follows from the books."""

import csv
import io
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction
from campaign.domain.postings import gift_paid, gift_settled
from campaign.models.campaign import Campaign
from campaign.services.campaigns.fund_figures import CurrencyTotals, Figures
from campaign.services.campaigns.transparency import Transparency, transparency_of
from campaign.services.exports.transparency import csv_of
from campaign.services.ledger import posting, sums
from tests.support.builders import (
    NOW,
    a_campaign,
    a_fund,
    a_paid_gift,
    a_restricted_child,
    an_allocation,
    general_fund_of,
    usd,
)


def adds_up(figures: Figures) -> bool:
    came = figures.raised_minor + figures.received_minor
    went = figures.fees_minor + figures.passed_on_minor + figures.spent_minor
    return came - went == figures.left_minor


def shown(campaign: Campaign) -> Transparency:
    return transparency_of(campaign.id, campaign.currency)


def test_a_campaign_without_a_gift_has_zeros(app: Flask) -> None:
    assert shown(a_campaign()).main == Figures(currency="USD")


def test_raised_less_fees_is_left(app: Flask) -> None:
    campaign = a_campaign()
    a_paid_gift(campaign=campaign, gift=usd(25_00), cover_minor=1_06, fee_minor=1_06)
    main = shown(campaign).main
    assert (main.raised_minor, main.fees_minor, main.left_minor) == (26_06, 1_06, 25_00)


def test_a_target_has_what_its_restricted_child_has(app: Flask) -> None:
    campaign = a_campaign()
    theme = a_fund(campaign=campaign, code="THEME-EVENTS", kind="theme")
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event", goal_minor=60_00)
    child = a_restricted_child(theme=theme, target=event)
    a_paid_gift(campaign=campaign, gift=usd(25_00), fee_minor=0)
    a_paid_gift(campaign=campaign, fund=theme, gift=usd(40_00), fee_minor=0)
    an_allocation("from-general", source=general_fund_of(campaign), target=event, amount=usd(5_00))
    an_allocation("from-theme", source=theme, target=child, amount=usd(30_00))
    money = shown(campaign)
    assert money.targets[0].in_currency("USD").allocated_minor == 35_00
    assert money.main.allocated_minor == 35_00
    assert money.sum_of("event").goal == usd(60_00)
    purposes = {purse.code: purse.in_currency("USD") for purse in money.purposes}
    assert purposes["GEN"].left_minor == 20_00
    assert purposes["THEME-EVENTS"].left_minor == 10_00


@pytest.mark.broken_books  # these are entries alone, without their gift
def test_another_currency_is_on_its_way_until_it_is_converted(app: Flask) -> None:
    campaign = a_campaign()
    fund = general_fund_of(campaign)
    euros = Money(20_00, "EUR")
    paid = gift_paid(
        charge_id="ch_1", subject="donation:1", gift=euros, cover=Money(0, "EUR"), fund_id=fund.id, on=NOW.date()
    )
    with transaction() as session:
        posting.post(session, paid, campaign_id=campaign.id, at=NOW)
    money = shown(campaign)
    assert money.main.raised_minor == 0
    assert money.on_the_way == (euros,)
    assert money.given_in[1] == CurrencyTotals(given=euros, on_the_way=euros, credited=usd(0))
    settled = gift_settled(
        subject="donation:1",
        charged=euros,
        settled=BalanceTransaction("txn_1", usd(21_50), usd(90)),
        fund_id=fund.id,
        fee_fund_id=fund.id,
        on=NOW.date(),
    )
    with transaction() as session:
        posting.post(session, settled, campaign_id=campaign.id, at=NOW)
    money = shown(campaign)
    assert (money.main.raised_minor, money.main.left_minor) == (21_50, 20_60)
    assert money.on_the_way == ()
    assert [(row.currency, row.given_minor) for row in money.totals] == [("USD", 0), ("EUR", 20_00)]
    assert money.given_in[1] == CurrencyTotals(given=euros, on_the_way=Money(0, "EUR"), credited=usd(21_50))
    assert sum((row.credited for row in money.given_in), usd(0)).minor == money.main.raised_minor


def test_a_purpose_asks_for_more_than_its_targets_plan_so_far(app: Flask) -> None:
    campaign = a_campaign()
    theme = a_fund(campaign=campaign, code="THEME-EVENTS", kind="theme", goal_minor=200_00)
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event", goal_minor=60_00)
    a_restricted_child(theme=theme, target=event)
    planned = shown(campaign).sum_of("event")
    assert (planned.goal, planned.requested) == (usd(60_00), usd(200_00))


@pytest.mark.database("sqlite")
def test_the_goal_of_a_purpose_is_said_of_no_kind_where_targets_of_two_kinds_share_it(app: Flask) -> None:
    campaign = a_campaign()
    theme = a_fund(campaign=campaign, code="THEME-CREATIVE", kind="theme", goal_minor=350_00)
    for number, kind in enumerate(("event", "grant")):
        target = a_fund(campaign=campaign, code=f"TARGET-{number}", kind=kind, goal_minor=60_00)
        a_restricted_child(theme=theme, target=target)
    money = shown(campaign)
    assert [money.sum_of(kind).requested for kind in ("event", "grant")] == [usd(0), usd(0)]


def test_every_row_and_total_adds_up_and_equals_the_books(app: Flask, session: Session) -> None:
    campaign = a_campaign()
    event = a_fund(campaign=campaign, code="EVENT-1", kind="event", goal_minor=60_00)
    for number in range(1, 6):
        a_paid_gift(campaign=campaign, gift=usd(number * 10_00))
    an_allocation("one", source=general_fund_of(campaign), target=event, amount=usd(44_00))
    money = shown(campaign)
    rows = [figures for purse in (*money.purposes, *money.targets) for figures in purse.figures]
    assert all(adds_up(row) for row in rows)
    in_books = sums.balances(session, campaign_id=campaign.id)
    assert money.main.left_minor == sum(ledger_balances["USD"] for ledger_balances in in_books.values())


def test_the_file_has_the_same_figures_and_is_harmless_in_a_spreadsheet(app: Flask) -> None:
    campaign = a_campaign()
    a_fund(campaign=campaign, code="=1+1", kind="event", goal_minor=60_00)
    a_paid_gift(campaign=campaign, gift=usd(25_00), fee_minor=1_03)
    text = csv_of(shown(campaign), language="ky", as_of=datetime(2026, 12, 1, tzinfo=UTC), is_demo=True)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    total = next(row for row in rows if row["code"] == "TOTAL")
    assert (total["raised"], total["fees"], total["left"]) == ("25.00", "1.03", "23.97")
    event = next(row for row in rows if row["kind"] == "event")
    assert (event["code"], event["state"], total["state"]) == ("'=1+1", "planned", "")
    later = csv_of(shown(campaign), language="ky", as_of=datetime(2027, 1, 16, tzinfo=UTC), is_demo=True)
    assert later.count('"day_over"') == 1
