"""Days are the organisation's: the same instant is another day in Osh than in Greenwich."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.errors import NotFound
from campaign.domain.money import Money
from campaign.i18n import moment
from campaign.models.campaign import Campaign
from campaign.models.journal import JournalEntry
from campaign.models.receipt import Receipt
from campaign.services.exports.registers import donation_file
from campaign.services.funds.disbursements import NewDisbursement, PaidInTheFuture
from campaign.services.funds.previews import preview_of_payment
from campaign.services.gifts.listing import DonationFilter, donations
from campaign.services.ledger import entries
from campaign.services.ledger.entries import LedgerFilter
from campaign.services.overview.page import overview
from campaign.services.receipts.listing import ReceiptFilter, receipts
from receipts import ReceiptDocument
from tests.services.engine import Engine

pytestmark = pytest.mark.time_zone("Asia/Bishkek")

NEW_YEAR_IN_OSH = datetime(2026, 12, 31, 20, 30, 16, tzinfo=UTC)


def test_half_past_two_at_new_year_is_the_new_year_on_every_paper(engine: Engine) -> None:
    engine.clock.at = NEW_YEAR_IN_OSH
    engine.give()
    engine.work()

    receipt = engine.session.execute(select(Receipt)).scalar_one()
    assert receipt.number == "TEST-WCL-2027-000001"
    document = ReceiptDocument.from_json(receipt.document)
    assert (document.received_on, document.issued_on) == (date(2027, 1, 1), date(2027, 1, 1))
    assert set(engine.session.execute(select(JournalEntry.effective_on)).scalars()) == {date(2027, 1, 1)}


def test_half_past_eleven_is_the_old_year(engine: Engine) -> None:
    engine.clock.at = datetime(2026, 12, 31, 17, 30, 4, tzinfo=UTC)
    engine.give()
    engine.work()
    assert engine.session.execute(select(Receipt.number)).scalar_one() == "TEST-WCL-2026-000001"


def test_a_period_of_the_registers_is_one_of_the_organisations_days(engine: Engine) -> None:
    engine.clock.at = NEW_YEAR_IN_OSH
    public_id = engine.give()
    engine.work()
    campaign_id = engine.donation(public_id).campaign_id
    new_year, old_year = date(2027, 1, 1), date(2026, 12, 31)
    for day, count in ((new_year, 1), (old_year, 0)):
        assert len(donations(DonationFilter(campaign_id=campaign_id, since=day, until=day))[0]) == count
        assert len(receipts(ReceiptFilter(campaign_id=campaign_id, since=day, until=day))) == count


def test_a_gift_that_is_not_paid_is_listed_on_the_day_on_which_it_was_begun(engine: Engine) -> None:
    engine.clock.at = NEW_YEAR_IN_OSH
    public_id = engine.open()
    campaign_id = engine.donation(public_id).campaign_id
    for filters, count in (
        (DonationFilter(campaign_id=campaign_id, since=date(2027, 1, 1)), 1),
        (DonationFilter(campaign_id=campaign_id, until=date(2027, 1, 1)), 1),
        (DonationFilter(campaign_id=campaign_id, until=date(2026, 12, 31)), 0),
    ):
        assert len(donations(filters)[0]) == count
    engine.clock.at = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)  # half an hour before midnight in Osh
    engine.open()
    assert len(donations(DonationFilter(campaign_id=campaign_id, since=date(2027, 1, 1)))[0]) == 1


def test_a_moment_is_shown_by_the_clock_on_the_wall_and_says_so(app: Flask) -> None:
    for code, shown in (("en", "January 1, 2027, 02:30 UTC+6"), ("ru", "1 января 2027 г., 02:30 UTC+6")):
        assert " ".join(moment(NEW_YEAR_IN_OSH, language=code).split()) == shown


def test_money_paid_out_today_is_not_in_the_future(engine: Engine) -> None:
    """At half past one on 2 December in Osh it is still 1 December in Greenwich."""
    engine.clock.at = datetime(2026, 12, 1, 19, 30, tzinfo=UTC)
    with reading() as session:
        campaign_id = session.execute(select(Campaign.id)).scalar_one()
    paid = NewDisbursement(
        campaign_id=campaign_id,
        fund="no-such",
        amount=Money(1_00, "USD"),
        paid_on=date(2026, 12, 2),
        payee="A",
        evidence="B",
    )
    with pytest.raises(NotFound):  # past the question whether the day has come
        preview_of_payment(paid, clock=engine.clock)
    with pytest.raises(PaidInTheFuture):
        preview_of_payment(replace(paid, paid_on=date(2026, 12, 3)), clock=engine.clock)


def test_a_gift_belongs_to_the_month_in_which_it_was_paid_in_every_list_and_file(engine: Engine) -> None:
    """Begun in November and paid in December; another is begun in November and never paid."""
    engine.clock.at = datetime(2026, 11, 30, 17, 57, 4, tzinfo=UTC)
    public_id, unpaid = engine.open(), engine.open()
    engine.clock.at = datetime(2026, 11, 30, 18, 3, 1, tzinfo=UTC)  # three minutes past midnight in Osh
    checkout = engine.checkout_of(public_id)
    engine.payments.pay(checkout)
    engine.payments.settle(checkout, fee_minor=1_03)
    engine.tell("checkout.session.completed", checkout)
    engine.work()
    campaign_id = engine.donation(public_id).campaign_id
    november, december = (date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 12, 1), date(2026, 12, 31))

    for (since, until), gifts, receipt_count in ((november, [unpaid], 0), (december, [public_id], 1)):
        rows, _ = donations(DonationFilter(campaign_id=campaign_id, since=since, until=until))
        assert [row.public_id for row in rows] == gifts
        assert len(receipts(ReceiptFilter(campaign_id=campaign_id, since=since, until=until))) == receipt_count
        with reading() as session:
            lines = entries.ledger_rows(session, LedgerFilter(campaign_id=campaign_id, since=since, until=until))
            assert {line.subject for line in lines} == ({f"donation:{public_id}"} if receipt_count else set())
        filters = DonationFilter(campaign_id=campaign_id, since=since, until=until)
        with donation_file(filters, about=(), file_format="csv") as file:
            table = file.read().decode("utf-8-sig")
        assert [row["Donation"] for row in csv.DictReader(table.splitlines()[2:])][: len(gifts)] == gifts
    assert engine.donation(public_id).paid_on == date(2026, 12, 1)


def test_the_gifts_of_a_day_in_the_chart_are_those_of_the_organisations_day(engine: Engine) -> None:
    engine.clock.at = NEW_YEAR_IN_OSH
    public_id = engine.give(minor=25_00)
    engine.work()
    days = overview(engine.donation(public_id).campaign_id, "USD", at=engine.clock.now()).days
    assert [(one.day, one.minor) for one in days if one.minor] == [(date(2027, 1, 1), 25_00)]


def test_files_show_moments_by_the_organisations_clock_and_name_its_zone(engine: Engine) -> None:
    engine.clock.at = NEW_YEAR_IN_OSH
    campaign_id = engine.donation(engine.give()).campaign_id
    with donation_file(DonationFilter(campaign_id=campaign_id), about=(), file_format="csv") as file:
        [row] = list(csv.DictReader(file.read().decode("utf-8-sig").splitlines()[2:]))[:1]
    assert (row["Paid on"], row["Made at (Asia/Bishkek)"]) == ("2027-01-01", "2027-01-01 02:30:16")
